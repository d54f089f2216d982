# POSIX sh, sent after facts.sh. `security` prints what the host tells of the broker's protection, one fact a line, for
# parse_security, and changes nothing. No key, password or hash leaves the host. Set by the caller, beside the variables
# of facts.sh: told_words known_words (see broker_numbered_lines), most_of_log (bytes).

# tell_process: prints `process PID UID NAME` of the running broker; `started`, by the host's clock; how it was started.
tell_process() {
  if ! find_broker; then
    pid=
    echo stopped
    return
  fi
  read -r up _ </proc/uptime
  uid=$(sed -n 's/^Uid:[[:space:]]*[0-9]*[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
  gid=$(sed -n 's/^Gid:[[:space:]]*[0-9]*[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
  printf 'process %s %s %s %s\n' "$pid" "$uid" "$gid" "$(name_of "$uid")"
  printf 'started %s\n' $(($(date +%s) - ${up%.*} + ${born:-0} / 100))
  broker_names_conf && echo reads_configuration
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | broker_is_verbose && echo verbose
  running=$(readlink "/proc/$pid/exe" 2>/dev/null)
  case $running in
    *" (deleted)") echo replaced ;;
    ?*)
      program=$running
      echo sees_program
      ;;
  esac
}

# tell_package: prints whose package the program is of, and which system this is.
tell_package() {
  program=$(command -v -- "$program" || command -v -- "$name") || return 0
  printf 'program %s\n' "$program"
  broker_version "$program" | sed 's/^/version /'
  system=$(sed -n 's/^ID=//p;s/^VERSION_CODENAME=/\//p' /etc/os-release 2>/dev/null | tr -d '"' | sort -r | tr -d '\n')
  case $system in ?*/?*) printf 'system %s\n' "$system" ;; esac
  command -v dpkg-query >/dev/null || return 0
  real=$(readlink -f -- "$program")
  # Mostly the package that has its name; a search in all of them costs 0.1 s of CPU.
  package=${real##*/}
  dpkg-query -L "$package" 2>/dev/null | grep -qxF -- "$real" ||
    package=$(dpkg-query -S "$real" 2>/dev/null | sed -n '1s/: .*//p')
  if [ -n "$package" ]; then
    dpkg-query -W -f 'package dpkg ${Version} ${Package}\n' "$package" 2>/dev/null
  else
    echo package none
  fi
}

# tell_sandbox: prints what the service manager keeps the broker from.
tell_sandbox() {
  [ -n "$pid" ] && [ -d /run/systemd/system ] || return 0
  case $(systemctl show --property MainPID -- "$name" 2>/dev/null) in "MainPID=$pid") ;; *) return 0 ;; esac
  echo sandboxes
  systemctl show --property NoNewPrivileges --property ProtectSystem --property ProtectHome --property PrivateTmp \
    --property PrivateDevices --property ProtectKernelTunables --property ProtectKernelModules \
    --property ProtectControlGroups --property RestrictSUIDSGID --property MemoryDenyWriteExecute \
    --property LockPersonality --property SystemCallFilter -- "$name" 2>/dev/null | cut -c 1-200 | sed 's/^/sandbox /'
}

# tell_text FILE: prints `text readable|missing|unknown|cut FILE`, and its lines, each after `line`.
tell_text() {
  if ! is_plain "$1" || [ ! -r "$1" ]; then
    tell_state text "$1" | sed 's/^text readable /text unknown /'
  elif [ "$(wc -c <"$1")" -gt "$most_of_configuration" ]; then
    printf 'text cut %s\n' "$1"
  else
    printf 'text readable %s\n' "$1"
    tell_change "$1"
    tr -d '\r' <"$1" | broker_numbered_lines "$told_words" "$known_words" | head -n 2000 | sed 's/^/line /'
  fi
}

tell_texts() {
  tell_text "$conf"
  is_plain "$conf" || return 0
  tr -d '\r' <"$conf" 2>/dev/null | head -c "$most_of_configuration" | broker_includes |
    while IFS= read -r part; do
      # A folder that may not be looked into may hold any.
      if [ -e "$part" ]; then tell_text "$part"
      elif [ ! -r "${part%/*}" ] || [ ! -x "${part%/*}" ]; then printf 'text unknown %s\n' "$part"; fi
    done
}

# tell_access FILE: prints `node MODE UID GID LINKS PATH` of the file that it is, and `above MODE UID GID LINKS PATH` of each
# folder above that; `lists` if one of them has an access control list, which these do not tell.
tell_access() {
  real=$(readlink -f -- "$1")
  stat -c 'node %a %u %g %h %n' -- "$real" 2>/dev/null
  set --
  folder=${real%/*}
  while [ -n "$folder" ]; do
    set -- "$@" "$folder"
    folder=${folder%/*}
  done
  stat -c 'above %a %u %g 1 %n' -- / "$@" 2>/dev/null
  ls -ldn -- / "$real" "$@" 2>/dev/null | sed -n '/^..........+/s/.*/lists/p' | head -n 1
}

# tell_secrets: of each file that only the broker should read, `secret KIND readable|missing|unknown PATH`, who may reach
# it, and how its passwords are hashed.
tell_secrets() {
  printf '%s\n' "$texts" | sed -n 's/^line //p' | broker_secret_files | while read -r kind path; do
    case $path in
      /*) ;;
      *) printf 'secret %s unknown %s\n' "$kind" "$path"; continue ;;
    esac
    if ! seen=$(stat -L -c %a -- "$path" 2>&1); then
      printf 'secret %s %s %s\n' "$kind" "$(absence "$seen")" "$path"
      continue
    fi
    printf 'secret %s readable %s\n' "$kind" "$path"
    tell_access "$path"
    [ "$kind" != key ] && is_plain "$path" && [ -r "$path" ] || continue
    echo hashes
    head -c "$most" -- "$path" | broker_hash_schemes "$kind" | head -n 500 | sed 's/^/hash /'
    [ "$(wc -c <"$path")" -le "$most" ] || echo hashes_cut
  done
  printf '%s\n' "$texts" | sed -n 's/^line //p' | broker_rule_files | while read -r path; do
    is_plain "$path" && [ -r "$path" ] &&
      printf 'rules %s %s\n' "$(grep -cE '^[^#]*[^# ]' "$path")" "$path"
  done
}

# tell_people: prints who is on this machine, for the question who may read a file.
tell_people() {
  { getent passwd || cat /etc/passwd; } 2>/dev/null | head -n 1000 | sed -nE 's/^([^:]*):[^:]*:([0-9]+):([0-9]+):.*/user \2 \3 \1/p'
  { getent group || cat /etc/group; } 2>/dev/null | head -n 1000 | sed -nE 's/^[^:]*:[^:]*:([0-9]+):(.+)/group \1 \2/p'
}

# tell_neighbours: of each folder with the broker's certificates, the private keys and the certificates in it: `place
# readable|missing|unknown|cut FOLDER`, `key PATH` with its public half, `certificate PATH` with its text.
tell_neighbours() {
  {
    printf '%s\n' "$texts" | sed -n 's/^line //p' | broker_certificate_files | sed -n 's/^\(\/.*\)\/[^\/]*$/\1/p'
    [ -z "$home" ] || printf '%s\n' "$home"
  } | sort -u | head -n 8 | while IFS= read -r place; do
    if [ ! -d "$place" ] || [ ! -r "$place" ] || [ ! -x "$place" ]; then
      printf 'place %s %s\n' "$([ -e "$place" ] && echo unknown || absence "$(ls -d -- "$place" 2>&1)")" "$place"
      continue
    fi
    printf 'place readable %s\n' "$place"
    files=$(find -L "$place" -maxdepth 1 -type f -size -129 2>/dev/null | head -n 301)
    [ "$(printf '%s\n' "$files" | wc -l)" -le 300 ] || printf 'place cut %s\n' "$place"
    printf '%s\n' "$files" | head -n 300 | while IFS= read -r file; do
      is_plain "$file" || continue
      if [ ! -r "$file" ]; then
        printf 'unread %s\n' "$file"
      elif grep -q 'PRIVATE KEY-----' "$file"; then
        printf 'key %s\n' "$file"
        tell_public "$file"
      elif grep -q '^-----BEGIN CERTIFICATE-----' "$file"; then
        printf 'certificate %s\n' "$file"
        tell_certificates "$file"
      fi
    done
  done
}

# tell_sockets: prints `socket ADDRESS NAME` of each open TCP port of this machine, ? if we may not see whose it is, and
# `ours PORT` of the broker's.
tell_sockets() {
  broker=$pid
  pid=self
  [ -r /proc/self/net/tcp ] || return 0
  find_listening
  echo sockets
  holders=$(ls -l /proc/[0-9]*/fd 2>/dev/null |
    sed -n 's/^\/proc\/\([0-9]*\)\/fd:$/\1/p;s/.*socket:\[\([0-9]*\)\]$/[\1]/p')
  while read -r _ address _ _ _ _ _ _ _ inode _; do
    [ -n "$address" ] || continue
    holder=$(printf '%s\n' "$holders" | sed -n "/^[0-9]/h;/^\[$inode\]\$/{g;p;q;}")
    owner=
    [ -z "$holder" ] || read -r owner 2>/dev/null <"/proc/$holder/comm"
    printf 'socket %s %s\n' "$address" "${owner:-?}"
  done <<END
$listening
END
  pid=$broker
  [ -n "$pid" ] && find_listening && find_ports && for port in $ports; do printf 'ours %s\n' "$port"; done
  grep -qsv ' lo$' /proc/net/if_inet6 && echo ipv6
  set -- ${SSH_CONNECTION:-}
  [ $# -lt 4 ] || printf 'ssh_port %s\n' "$4"
}

# tell_log: prints `log readable|cut|missing|unknown`, what the log tells of logins, and `log_secret KIND LINE` of each
# line that holds a secret.
tell_log() {
  if ! is_plain "$log" || [ ! -r "$log" ]; then
    tell_state log "$log" | sed 's/^log readable /log unknown /'
    return
  fi
  if [ "$(wc -c <"$log")" -gt "$most_of_log" ]; then echo "log cut $log"; else echo "log readable $log"; fi
  head -c "$most_of_log" -- "$log" | broker_counts_logins
  for kind in key password token; do
    case $kind in
      key) pattern='PRIVATE KEY-----' ;;
      password) pattern='([Pp]assword|[Pp]asswd)=[^ *&]|"[Pp]ass(word|wd)" *: *"[^"*]' ;;
      token) pattern='eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.' ;;
    esac
    head -c "$most_of_log" -- "$log" | grep -anE -e "$pattern" | head -n 20 | sed "s/^\([0-9]*\):.*/log_secret $kind \1/"
  done
}

security() {
  date '+clock %s'
  printf 'account %s %s\n' "$(id -u)" "$(id -un)"
  tell_process
  tell_package
  tell_sandbox
  texts=$(tell_texts)
  printf '%s\n' "$texts"
  tell_secrets
  tell_people
  tell_neighbours
  tell_sockets
  tell_log
}
