# POSIX sh. Sends files of the broker's host, for parse_fetched. Set by the caller: token (random, so that no file holds
# it), most (bytes of a file).

# absence MESSAGE: whether a failed command reported that the path does not exist, rather than no permission.
absence() {
  case $1 in *": No such file or directory" | *": Not a directory") echo missing ;; *) echo unreadable ;; esac
}

# state_of FILE: prints file, or why it cannot be sent. Files that the kernel generates are regular, too, and may never
# end, or never begin.
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

# bring FILE: prints a line `TOKEN STATE` and, for a file, its bytes and a newline.
bring() {
  state=$(state_of "$1")
  printf '%s %s\n' "$token" "$state"
  [ "$state" != file ] || { head -c "$most" -- "$1"; echo; }
}
