# POSIX sh, sent after host.sh. `facts` prints the facts for `doctor` about the broker's host, one per line, for
# parse_facts, and changes nothing. Set by the caller, beside host.sh's own: program broker_user home journal,
# given (paths, one a line), most and most_of_configuration (bytes of a file).

# absence MESSAGE: whether a failed command reported that the path does not exist, rather than no permission.
absence() {
  case $1 in *": No such file or directory" | *": Not a directory") echo missing ;; *) echo unknown ;; esac
}

# tell_change PATH: prints when that file has changed last, seconds since 1970.
tell_change() {
  changed=$(stat -L -c %Y -- "$1" 2>/dev/null) && printf 'changed %s %s\n' "$changed" "$1"
}

# is_plain FILE: true if reading it ends: it is a regular file, and none that the kernel generates.
is_plain() {
  [ -f "$1" ] && case $(readlink -f -- "$1") in /proc/* | /sys/*) false ;; esac
}

# tell_state WORD PATH: prints `WORD readable|missing|unknown PATH`.
tell_state() {
  if [ -r "$2" ]; then
    printf '%s readable %s\n' "$1" "$2"
  else
    printf '%s %s %s\n' "$1" "$(absence "$(ls -d -- "$2" 2>&1)")" "$2"
  fi
}

# lines_of FILE: prints the file and those of its lines that may be shown.
lines_of() {
  tell_state configuration "$1"
  tell_change "$1"
  is_plain "$1" || return 0
  head -c "$most_of_configuration" -- "$1" 2>/dev/null | tr -d '\r' | broker_public_lines | head -n 500 | sed 's/^/line /'
}

# configuration: lines_of the configuration and its includes.
configuration() {
  lines_of "$conf"
  is_plain "$conf" || return 0
  head -c "$most_of_configuration" -- "$conf" 2>/dev/null | tr -d '\r' | broker_includes |
    while IFS= read -r part; do
      [ ! -e "$part" ] || lines_of "$part"
    done | head -n 2000
}

# name_of UID: prints the user's name, or the number if it has none.
name_of() {
  found=$(sed -n "s/^\([^:]*\):[^:]*:$1:.*/\1/p" /etc/passwd | head -n 1)
  echo "${found:-$1}"
}

# as_reader COMMAND...: runs it as the broker's user, in the $way that find_way has found.
as_reader() {
  case $way in
    self) "$@" ;;
    setpriv) setpriv --reuid="$reader" --regid="$group" --init-groups -- "$@" ;;
    su) su -s /bin/sh -c '"$@"' -- "$reader" sh "$@" ;;
    *) return 1 ;;
  esac
}

# find_way: setpriv bypasses PAM, and leaves no line in a log; busybox has none that can do it.
find_way() {
  way=self
  [ "$(id -un)" != "$reader" ] || return 0
  group=$(id -g -- "$reader" 2>/dev/null)
  for way in setpriv su none; do
    as_reader true </dev/null >/dev/null 2>&1 && return 0
  done
}

# may TEST PATH: whether that test(1) is true for the broker's user; unknown if we cannot become that user.
may() {
  if [ $way = none ]; then
    echo unknown
  elif as_reader test "$1" "$2" 2>/dev/null; then
    echo yes
  else
    echo no
  fi
}

# tell_blocked PATH: prints the first of its folders that the broker's user cannot enter.
tell_blocked() {
  [ $way != none ] || return 0
  folder=
  rest=${1#/}
  while [ "$rest" != "${rest#*/}" ]; do
    folder=$folder/${rest%%/*}
    rest=${rest#*/}
    [ "$(may -x "$folder")" = yes ] || { printf 'blocked %s\n' "$folder"; return 0; }
  done
}

# tell_certificates FILE: prints the text of certificates and revocation lists. A key in the same file stays on the host.
tell_certificates() {
  is_plain "$1" || return 0
  head -c "$most" -- "$1" 2>/dev/null | sed -n '/BEGIN .*PRIVATE KEY/,/END .*PRIVATE KEY/d
    /^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/s/^/pem /p
    /^-----BEGIN X509 CRL-----/,/^-----END X509 CRL-----/s/^/pem /p'
}

# tell_file KIND PATH: prints `file KIND ANSWER MODE OWNER PATH`, and what may be told of its content.
tell_file() {
  if seen=$(stat -L -c '%a %U' -- "$2" 2>&1); then
    answer=$(may -r "$2")
    printf 'file %s %s %s %s\n' "$1" "$answer" "$seen" "$2"
    [ "$answer" != no ] || tell_blocked "$2"
    tell_change "$2"
  else
    printf 'file %s %s - - %s\n' "$1" "$(absence "$seen")" "$2"
  fi
  if broker_names_pem "$1"; then
    tell_certificates "$2"
  elif broker_names_accounts "$1"; then
    tell_accounts "$2"
  else
    tell_public "$2"
  fi
}

# tell_public FILE: prints the public half of the private key in it, if openssl can read that without a passphrase. The
# key itself stays on the host.
tell_public() {
  is_plain "$1" && head -c "$most" -- "$1" 2>/dev/null | grep -q 'PRIVATE KEY-----' || return 0
  openssl pkey -in "$1" -pubout -passin pass: 2>/dev/null </dev/null | sed 's/^/public /'
}

# tell_accounts FILE: prints the names of the accounts in it.
tell_accounts() {
  is_plain "$1" && [ -r "$1" ] || return 0
  echo accounts
  head -c "$most" -- "$1" | broker_account_names | head -n 500 | sed 's/^/name /'
}

# tell_given: of each path in $given, one a line, prints `given READABLE MODE OWNER PATH`, and what tell_file prints of a
# certificate and of a key.
tell_given() {
  printf '%s\n' "$given" | while IFS= read -r path; do
    [ -n "$path" ] || continue
    if seen=$(stat -L -c '%a %U' -- "$path" 2>&1); then
      [ -r "$path" ] && answer=yes || answer=no
      printf 'given %s %s %s\n' $answer "$seen" "$path"
      tell_certificates "$path"
      tell_public "$path"
    else
      printf 'given %s - - %s\n' "$(absence "$seen")" "$path"
    fi
  done
}

# tell_files: tell_file for each file that $told, the lines of the configuration, names by an absolute path.
tell_files() {
  while read -r line word rest; do
    case $line-$rest in
      line-/*) ! broker_names_file "$word" || printf '%s %s\n' "$word" "$rest" ;;
    esac
  done <<END | sort -u | head -n 40 | while read -r word rest; do tell_file "$word" "$rest"; done
$told
END
}

# free_space FOLDER: prints the free KiB there, or in the nearest existing folder above it; - if unknown.
free_space() {
  place=$1
  while [ -n "$place" ] && [ ! -d "$place" ]; do place=${place%/*}; done
  df -Pk -- "${place:-/}" 2>/dev/null | sed -n '$p' | {
    read -r _ _ _ free _
    echo "${free:--}"
  }
}

# tell_folder PURPOSE FOLDER: prints `folder PURPOSE (writable by us: yes|no) KIB FOLDER`.
tell_folder() {
  [ -w "$2" ] && writable=yes || writable=no
  printf 'folder %s %s %s %s\n' "$1" $writable "$(free_space "$2")" "$2"
}

broker() {
  if ! loops && find_broker; then
    read -r up _ </proc/uptime
    uid=$(sed -n 's/^Uid:[[:space:]]*[0-9]*[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
    reader=$(name_of "$uid")
    # Ticks are hundredths of a second on every machine that Linux is sold for.
    printf 'started %s\n' $(($(date +%s) - ${up%.*} + ${born:-0} / 100))
    printf 'running %s %s %s\n' "$pid" $((${up%.*} - ${born:-0} / 100)) "$reader"
    program=$(readlink "/proc/$pid/exe" 2>/dev/null || echo "$program")
  else
    pid=
    echo stopped
    printf 'error %s\n' "$(last_error "$manager")"
  fi
  program=$(command -v -- "$program" || command -v -- "$name") &&
    broker_version "$program" | sed 's/^/version /'
  [ -z "$program" ] || printf 'program %s\n' "$program"
}

ports() {
  find_listening
  if [ -z "$pid" ]; then
    echo ports none
  elif find_ports; then
    echo "ports of$ports"
  else
    echo ports unknown
  fi
  while read -r _ address _; do
    [ -z "$address" ] || printf 'listens %s\n' "$address"
  done <<END
$listening
END
}

firewall() {
  if words=$(ufw status 2>/dev/null) && [ "${words#Status: active}" != "$words" ]; then
    kind=ufw
  elif words=$(nft list ruleset 2>/dev/null); then
    kind=nft
  elif words=$(iptables -S 2>/dev/null); then
    kind=iptables
  else
    kind=unknown
  fi
  echo "firewall $kind"
  printf '%s\n' "$words" | head -c 65536 | head -n 500 | sed 's/^/rule /'
}

facts() {
  date '+clock %s'
  printf 'account %s\n' "$(id -un)"
  reader=$broker_user
  broker
  told=$(configuration)
  printf '%s\n' "$told"
  if [ -z "$pid" ]; then
    as_told=$(printf '%s\n' "$told" | sed -n 's/^line //p' | broker_runs_as)
    reader=${as_told:-$reader}
  fi
  find_way
  printf 'reader %s\n' "$reader"
  tell_files
  tell_given
  ports
  firewall
  tell_state log "$log"
  if [ -e "$log" ]; then printf 'log_writable %s\n' "$(may -w "$log")"
  else printf 'log_writable %s\n' "$(may -w "${log%/*}")"; fi
  tell_folder configuration "${conf%/*}"
  tell_folder log "${log%/*}"
  [ -z "$home" ] || [ ! -d "$home" ] || printf 'home %s %s\n' "$(may -x "$home")" "$home"
  if [ -n "$journal" ]; then
    tell_folder journal "$journal"
    # An empty folder is no journal.
    if left=$(ls -A -- "$journal" 2>&1); then
      [ -n "$left" ] && echo journal yes || echo journal no
      [ ! -r "$journal/kept" ] || echo "journal_kept $(cat -- "$journal/kept")"
    else
      [ "$(absence "$left")" = missing ] && echo journal no || echo journal unknown
    fi
  fi
  echo end
}
