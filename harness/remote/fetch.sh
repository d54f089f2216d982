# POSIX sh. Brings files of the broker's host, whoever has put them there, for parse_fetched. Set by the caller: token
# (random, so that no file holds it), most (bytes of a file).

# absence MESSAGE: whether a command that failed said that the thing is not there, rather than not ours to see.
absence() {
  case $1 in *": No such file or directory" | *": Not a directory") echo missing ;; *) echo unreadable ;; esac
}

# state_of FILE: file, or why it is none that can be brought. What the kernel makes up is a regular file, too, and may
# never end, or never begin.
state_of() {
  seen=$(ls -dL -- "$1" 2>&1) || { absence "$seen"; return; }
  case $(readlink -f -- "$1") in /proc/* | /sys/*) echo special; return ;; esac
  if [ ! -f "$1" ]; then
    echo special
  elif [ ! -r "$1" ]; then
    echo unreadable
  elif [ "$(head -c $((most + 1)) -- "$1" | wc -c)" -gt "$most" ]; then
    echo big
  else
    echo file
  fi
}

# bring FILE: a line `TOKEN STATE` and, of a file, its bytes and a line's end.
bring() {
  state=$(state_of "$1")
  printf '%s %s\n' "$token" "$state"
  [ "$state" != file ] || { head -c "$most" -- "$1"; echo; }
}
