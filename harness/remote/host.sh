# POSIX sh, sent in front of every script. Forks cost a millisecond each on small machines, so what the shell can do
# by itself it does. Set by the caller: name conf log pid_file; functions stop_broker and start_broker; and those of the
# broker's driver, whose names begin with broker_ (brokers/mosquitto.sh).

# now: centiseconds since the machine started.
now() {
  read -r up _ </proc/uptime
  now=$((${up%.*} * 100 + 1${up#*.} - 100))
}

nap() { sleep 0.005 2>/dev/null || sleep 1; }

# is_broker PID: true if that process lives and is the broker. born: when it started; cmd: its command line, from which
# the shell has dropped the NULs between the arguments.
is_broker() {
  born= cmd=
  read -r cmd 2>/dev/null <"/proc/$1/cmdline" || [ -n "$cmd" ] || return 1
  case $cmd in *"$name"*) ;; *) return 1 ;; esac
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  set -- ${line##*) }
  born=${20}
}

# find_namesakes: $namesakes, the processes with the broker's name, whatever file they were started with.
find_namesakes() {
  namesakes=
  for folder in /proc/[0-9]*; do
    read -r short 2>/dev/null <"$folder/comm" || continue
    case $name in "$short"*) ;; *) continue ;; esac
    ! is_broker "${folder#/proc/}" || namesakes="$namesakes ${folder#/proc/}"
  done
}

# find_broker: pid and born of the running broker that we control, by its pid file or else by its command line.
find_broker() {
  pid=
  read -r pid 2>/dev/null <"$pid_file"
  case $pid in *[!0-9]*) pid= ;; esac
  [ -n "$pid" ] && is_broker "$pid" && return 0
  find_namesakes
  for pid in $namesakes; do
    is_broker "$pid" && broker_names_conf && return 0
  done
  pid= born=
  return 1
}

# find_serving PORT...: the same for a broker that was started with another file and visibly listens on one of these
# hexadecimal ports, if the one that we control does not run.
find_serving() {
  find_broker && return 0
  for pid in $namesakes; do
    find_listening
    find_ports || continue
    for port; do
      case " $ports " in *" $port "*) is_broker "$pid" && return 0 ;; esac
    done
  done
  pid= born=
  return 1
}

# find_listening: the lines of the open ports of this machine (proc(5), /proc/net/tcp), by grep: a shell reads a file
# byte by byte, and the tables of a busy machine are long.
find_listening() {
  listening=$(grep -h ' 0A ' "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6" 2>/dev/null)
}

# find_ports: sets ports to those of $listening that process $pid owns, in hexadecimal. False without permission.
find_ports() {
  ports=
  sockets=$(ls -l "/proc/$pid/fd" 2>/dev/null) && [ -n "$sockets" ] || return 1
  while read -r _ address _ _ _ _ _ _ _ inode _; do
    case $sockets in *"socket:[$inode]"*) ports="$ports ${address##*:}" ;; esac
  done <<END
$listening
END
}

# someone_listens PORT...: true if each hexadecimal port is open in that network, for any process.
someone_listens() {
  find_listening
  for port; do
    case $listening in *":$port 0"*) ;; *) return 1 ;; esac
  done
}

# in_some_network COMMAND...: whether it is true with $pid in this machine's own network, or in that of a broker, which
# may be a container's.
in_some_network() {
  find_broker
  find_namesakes
  for pid in self $pid $namesakes; do "$@" && return 0; done
  return 1
}

# runs PORT...: true if a process has the broker's name, or any process listens on one of these hexadecimal ports: this
# finds a broker that was started with another file or under another name, too.
runs() {
  find_broker || [ -n "$namesakes" ] && return 0
  for port; do in_some_network someone_listens "$port" && return 0; done
  return 1
}

# listens PORT...: true if the broker listens on each hexadecimal port. If its sockets are hidden, its log must say so.
listens() {
  someone_listens "$@" || return 1
  if find_ports; then
    for port; do
      case " $ports " in *" $port "*) ;; *) return 1 ;; esac
    done
  else
    lines=$(new_lines)
    for port; do
      broker_opened $((0x$port)) || return 1
    done
  fi
}

log_size() {
  size=0
  [ -r "$log" ] && size=$(wc -c <"$log")
  size=$((size))
}

# new_lines: prints what was added to the log since $offset.
new_lines() {
  [ -r "$log" ] || return 0
  tail -c +$((offset + 1)) -- "$log"
}

# restart_broker SECONDS UP: stops it, starts it, and waits until UP, a command, is true of a new process. state:
#   up; refused (the start command failed); died; absent (no process came); old (the former one still runs);
#   mute (alive and listening, without a readable log); waiting (alive, but UP was not true in time)
# The output of both commands goes to the file $said.
restart_broker() {
  now
  start=$now
  end=$((now + $1))
  find_broker
  old="$pid $born"
  (stop_broker) >"$said" 2>&1
  log_size
  offset=$size
  state=waiting
  (start_broker) >>"$said" 2>&1 || state=refused
  now
  patience=$((now + 30))
  seen=
  while [ $state = waiting ]; do
    find_broker
    if [ -z "$pid" ]; then
      [ -z "$seen" ] || state=died
      now
      [ "$now" -lt $patience ] || state=absent
    elif [ "$pid $born" != "$old" ]; then
      seen=yes
      $2 && state=up
    fi
    [ $state = waiting ] || break
    now
    [ "$now" -lt $end ] || break
    nap
  done
  [ "$state $pid $born" != "waiting $old" ] || state=old
  now
}

# has_loaded: true if the log says that this start has read our configuration, and is done. size: the log's, by then.
has_loaded() {
  [ -r "$log" ] || state=mute
  lines=$(new_lines; echo .)
  size=$((offset + ${#lines} - 1))
  broker_loaded
}

# report_words: prints the output of the commands and the log since the stop; if both are empty, the service manager's.
report_words() {
  words=$(cat "$said"; new_lines | tail -c 16384)
  if [ -n "$words" ]; then
    printf '%s\n' "$words"
  elif [ -d /run/systemd/system ]; then
    systemctl status --no-pager --full --lines 20 "$name" 2>&1
  fi
}

# report_restart PATH...: prints how restart_broker ended, for parse_applied.
report_restart() {
  [ $state = up ] || log_size
  [ -r "$log" ] && readable=readable || readable=unreadable
  printf 'state %s\nprocess %s\nrestart %s\nlog %s\nlog_size %s\n' \
    $state "${pid:-0}" $((now - start)) $readable $size
  echo sums
  sha256sum -- "$@"
  echo words
  [ $state = up ] || report_words
  return 0
}

# identity PID: names that process, distinct from a later one with its number.
identity() {
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  set -- "$1" ${line##*) }
  echo "$1:${21}"
}

# end_tree PID: kills a process and its descendants, but no daemon that has left them.
end_tree() {
  tree=" $1 "
  grown=yes
  while [ -n "$grown" ]; do
    grown=
    for folder in /proc/[0-9]*; do
      process=${folder#/proc/}
      read -r line 2>/dev/null <"$folder/stat" || continue
      set -- ${line##*) }
      case $tree in *" $process "*) continue ;; *" $2 "*) tree="$tree$process " grown=yes ;; esac
    done
  done
  kill -s KILL $tree
}

# take_over FORMER: ends what another shell, by its identity, still runs, and prints the identity of this one.
take_over() {
  # File contents are written with printf; another program's arguments would be readable by all users.
  [ "$(command -v printf)" = printf ] || { echo 'the sh of this machine has no printf of its own' >&2; exit 1; }
  [ -z "$1" ] || [ "$(identity "${1%%:*}")" != "$1" ] || end_tree "${1%%:*}"
  identity $$
}

# is_starting: true if the service manager runs process $pid, and still waits for its readiness.
is_starting() {
  [ -d /run/systemd/system ] || return 1
  words=$(systemctl show --property ActiveState --property MainPID -- "$name" 2>/dev/null; echo .)
  case $words in *"MainPID=$pid
"*) ;; *) return 1 ;; esac
  case $words in *"ActiveState=activating
"*) ;; *) return 1 ;; esac
}

# loops: true if the broker's process is younger than two seconds, or still starting, and ends or stays so for two
# seconds, as when a service manager restarts it again and again.
loops() {
  find_broker || return 1
  young="$pid $born"
  now
  end=$((now + 200))
  while [ "$now" -lt $end ]; do
    is_broker "${young% *}" && [ "$pid $born" = "$young" ] || return 0
    [ $((now - ${born:-0})) -lt 200 ] || is_starting || return 1
    sleep 0.1 2>/dev/null || sleep 1
    now
  done
  is_starting
}

# first_error: of a log on its input, the first error of the last start that had one, without the time before it, and
# the second, which says why (OpenSSL's words about a key, the system's about a file); nothing if a start since then succeeded.
first_error() {
  tail -c 16384 | broker_events | {
    error= is_first=yes
    while read -r event words; do
      case $event in
        error)
          case $is_first in
            yes) error=$words is_first=second ;;
            second) error="$error $words" is_first= ;;
          esac
          ;;
        start) is_first=yes ;;
        up) error= ;;
      esac
    done
    printf '%s\n' "$error" | head -c 400
  }
}

# last_error systemd|none: prints what the last start of a stopped broker reported, to its service manager or in its
# log: a broker may report a mistake in its configuration before it has a log.
last_error() {
  error=
  if [ "$1" = systemd ] && invocation=$(systemctl show --property InvocationID --value -- "$name" 2>/dev/null); then
    [ -z "$invocation" ] ||
      error=$(journalctl --no-pager --output cat "_SYSTEMD_INVOCATION_ID=$invocation" 2>/dev/null | first_error)
  fi
  # A log that is older than the configuration, or than what that includes, tells of another one.
  newer=$({ printf '%s\n' "$conf"; head -c 65536 -- "$conf" 2>/dev/null | tr -d '\r' | broker_includes; } |
    while IFS= read -r part; do [ ! "$part" -nt "$log" ] || echo yes; done)
  [ -n "$error" ] || [ -n "$newer" ] || error=$(cat -- "$log" 2>/dev/null | first_error)
  printf '%s\n' "$error"
}
