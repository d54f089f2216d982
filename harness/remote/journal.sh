# POSIX sh, sent after host.sh. The journal stores the state of the host before a run changed it. It appears complete,
# by one rename, before the first change, and goes once everything is proven to be restored: while it exists, something
# may be changed, and its maker holds the host. Set by the caller: journal (its folder), token (of this run).
#
#   index      the state of each path, and the service: as `prove` prints them
#   files/N    the N-th path's file or link, with all that `cp -a` keeps of it
#   kept       when a run with --keep left its last stage in place, in UTC; not there: it was interrupted
#   holder.N   holders of the host, the highest N being the last: TOKEN|BOOT|SHELL|DOOR|WORDS

# standing PATH: prints its state, in one line.
standing() {
  if [ -L "$1" ]; then
    sum=$(readlink -n -- "$1" | sha256sum) && facts=$(stat -c %u:%g -- "$1") && echo "link $facts ${sum%% *}"
  elif [ -f "$1" ]; then
    sum=$(sha256sum <"$1") && facts=$(stat -c '%a %u:%g %Y' -- "$1") && echo "file $facts ${sum%% *}"
  elif [ -e "$1" ]; then
    echo other
  else
    echo absent
  fi
}

# place PATH: prints it, and each missing folder above it.
place() {
  printf 'path %s\n' "$1"
  folder=${1%/*}
  while [ -n "$folder" ] && [ ! -e "$folder" ]; do
    printf 'missing %s\n' "$folder"
    folder=${folder%/*}
  done
}

# tell_service: prints whether the broker runs, its process, and its ports.
tell_service() {
  if find_broker; then
    find_listening
    find_ports
    echo "running $pid:$born$ports"
  else
    echo stopped
  fi
}

# keep PATH COPY: copies the path, and prints its state. Exits if it could not be restored exactly.
keep() {
  place "$1"
  before=$(standing "$1") || exit
  case $before in
    other) echo "$1 is neither a file nor a link" >&2; exit 1 ;;
    file* | link*)
      cp -a -- "$1" "$2" || exit
      kept=$(standing "$2") || exit
      if [ "$kept" != "$before" ]; then
        echo "$1 could not be brought back as it is: it is \"$before\", and a copy is \"$kept\"" >&2
        exit 1
      fi
      ;;
  esac
  printf '%s\n' "$before"
}

# door PID: prints the identity of the SSH server's process above PID, which ends with the connection; "-": none.
door() {
  process=$1
  while [ "$process" -gt 1 ]; do
    read -r short 2>/dev/null <"/proc/$process/comm" && read -r line 2>/dev/null <"/proc/$process/stat" || break
    case $short in sshd* | dropbear*) identity "$process"; return ;; esac
    set -- ${line##*) }
    process=$2
  done
  echo -
}

# holder_line WORDS: prints this shell as a holder.
holder_line() {
  read -r boot </proc/sys/kernel/random/boot_id
  printf '%s|%s|%s|%s|%s\n' "$token" "$boot" "$(identity $$)" "$(door $$)" "$1"
}

# find_holder: the last holder's number and fields. False if there is no journal.
find_holder() {
  [ -d "$journal" ] || return 1
  number=0 holder= boot= shell= door= words=
  while [ -e "$journal/holder.$((number + 1))" ]; do number=$((number + 1)); done
  IFS='|' read -r holder boot shell door words <"$journal/holder.$number" || :
}

# journal_state: none; ours; held (its shell lives, and its connection, too); orphaned (its shell still runs something,
# but the connection has gone); left (its shell has gone).
journal_state() {
  find_holder || { state=none; return; }
  read -r now_boot </proc/sys/kernel/random/boot_id
  if [ "$holder" = "$token" ]; then
    state=ours
  elif [ -z "$shell" ] || [ "$boot" != "$now_boot" ] || [ "$(identity "${shell%%:*}")" != "$shell" ]; then
    state=left
  elif [ "$door" != - ] && [ "$(identity "${door%%:*}")" != "$door" ]; then
    state=orphaned
  else
    state=held
  fi
}

# tell_holder: prints the state of the journal, and when its maker kept its last stage, if it did.
tell_holder() {
  printf '%s %s\n' "$state" "$words"
  [ ! -f "$journal/kept" ] || printf 'kept %s\n' "$(cat -- "$journal/kept")"
}

# keep_stage: notes that the stage is left in place on purpose.
keep_stage() {
  must_hold
  umask 077
  date -u '+%Y-%m-%d %H:%M:%S UTC' >"$journal/kept"
}

# must_hold: exits with 9 if the journal is not ours, since then we may change nothing here.
must_hold() {
  journal_state
  [ $state = ours ] || { tell_holder >&2; exit 9; }
}

# sweep: removes journals that were never completed, or were finished with, and whose makers have gone: their folders
# are named after their holders. Another broker's journal may have a name that begins like ours.
sweep() {
  for journal in "$wanted".*; do
    [ -d "$journal" ] || continue
    journal_state
    case $state in
      held | ours) ;;
      *) [ "$journal" != "$wanted.$holder" ] || rm -rf -- "$journal" ;;
    esac
  done
  journal=$wanted
}

# take WORDS PATH...: journals these paths and the service, and makes this shell the holder. Prints "taken" and the
# index; or else the state of the existing journal, and its holder's words.
take() {
  own_words=$1
  shift
  wanted=$journal
  sweep
  journal_state
  [ $state = none ] || { tell_holder; return; }
  new=$journal.$token
  trap 'rm -rf -- "$new"; rmdir -- "${journal%/*}" 2>/dev/null' EXIT
  umask 077
  mkdir -p -- "${journal%/*}" && mkdir -- "$new" "$new/files" && holder_line "$own_words" >"$new/holder.0" || exit
  number=0 names=
  for path; do
    number=$((number + 1))
    keep "$path" "$new/files/$number" >>"$new/index" || exit
    case $before in file*) names="$names files/$number" ;; esac
  done
  tell_service >>"$new/index" || exit
  (cd -- "$new" && sync -- $names index holder.0 files . 2>/dev/null) || sync
  if mv -T -- "$new" "$journal" 2>/dev/null; then
    sync -- "${journal%/*}" 2>/dev/null || sync
    echo taken
    cat -- "$journal/index"
  else
    journal_state
    [ $state != none ] || { echo "$journal cannot be made" >&2; exit 1; }
    tell_holder
  fi
}

# claim WORDS: makes this shell the holder after the one that find_holder has found. False if another was faster.
claim() {
  next=$journal/holder.$((number + 1))
  umask 077
  holder_line "$1" >"$journal/claim.$token" && ln -- "$journal/claim.$token" "$next"
  claimed=$?
  rm -f -- "$journal/claim.$token"
  return $claimed
}

# remove_half_done: removes what holders were writing when they ended.
remove_half_done() {
  for file in "$journal"/holder.*; do
    IFS='|' read -r former line <"$file" || continue
    while IFS= read -r line; do
      case $line in "path "*) path=${line#path } && rm -rf -- "${path%/*}/.mqtts-$former" ;; esac
    done <"$journal/index"
  done
}

# reclaim WORDS: if the journal is ours, from a broken shell, makes this one its holder.
reclaim() {
  rm -rf -- "$journal.$token"
  journal_state
  [ $state = ours ] || return 0
  claim "$1" && remove_half_done
}

# succeed FORCE WORDS: takes over a journal whose holder has gone; with FORCE, "yes" or "no", any. Prints the state and
# the former holder's words; "ours" on success. The end of a connection is noticed here with a delay.
succeed() {
  journal_state
  now
  patience=$((now + 200))
  while [ $state = held ] && [ "$1" = no ] && [ "$now" -lt $patience ]; do
    nap
    journal_state
    now
  done
  case $state in
    held) [ "$1" = yes ] || { tell_holder; return; } ;;
    none | ours) tell_holder; return ;;
  esac
  [ $state = left ] || end_tree "${shell%%:*}"
  former=$words
  claim "$2" || { journal_state; tell_holder; return; }
  remove_half_done
  state=ours words=$former
  tell_holder
  rm -f -- "$journal/kept"
}

# bring_back LINE: gives $path the state in LINE, from files/$number. Leaves alone what has it already. A full disk may
# still have space for a rename.
bring_back() {
  [ "$(standing "$path")" != "$1" ] || return 0
  staging=${path%/*}/.mqtts-$token
  mkdir -m 700 -- "$staging" &&
    cp -a -- "$journal/files/$number" "$staging/file" &&
    { sync -- "$staging/file" 2>/dev/null || sync; } &&
    mv -fT -- "$staging/file" "$path"
  rm -rf -- "$staging"
  [ "$(standing "$path")" = "$1" ] || mv -fT -- "$journal/files/$number" "$path"
}

# put_back: restores everything but the service. Removes files first, since that frees space.
put_back() {
  while IFS= read -r line; do
    case $line in
      "path "*) path=${line#path } ;;
      absent) [ "$(standing "$path")" = absent ] || rm -f -- "$path" ;;
    esac
  done <"$journal/index"
  number=0
  while IFS= read -r line; do
    case $line in
      "path "*) path=${line#path } number=$((number + 1)) ;;
      file* | link*) bring_back "$line" ;;
    esac
  done <"$journal/index"
  # A folder with other files stays, and the proof will report it.
  sed -n 's/^missing //p' "$journal/index" | sort -r | while IFS= read -r folder; do
    [ ! -d "$folder" ] || rmdir -- "$folder"
  done
}

# restore CENTISECONDS: restores everything, the service too. A broker that was not changed keeps running.
restore() {
  must_hold
  [ "$(prove)" != "$(cat -- "$journal/index")" ] || return 0
  put_back
  read -r was process ports <<END
$(tail -n 1 "$journal/index")
END
  if [ "$was" = running ]; then
    said=$journal/said
    : >"$said" || said=/dev/null
    is_up() { someone_listens $ports; }
    restart_broker "$1" is_up
    [ $state = up ] || report_words >&2
  else
    (stop_broker) >&2
  fi
}

# prove: prints the current state, in the index's format.
prove() {
  while IFS= read -r line; do
    case $line in "path "*) place "${line#path }" && standing "${line#path }" ;; esac
  done <"$journal/index"
  tell_service
}

# forget: removes the whole journal; and the folder that it was in, if that is empty.
forget() {
  journal_state
  [ $state = none ] || { must_hold && mv -T -- "$journal" "$journal.$token"; }
  rm -rf -- "$journal.$token"
  rmdir -- "${journal%/*}" 2>/dev/null
  [ ! -e "$journal" ]
}
