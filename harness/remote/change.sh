# POSIX sh, sent after host.sh and configuration.sh. Reports the state of the broker's configuration, of the files that
# it names, and of the broker's process, for parse_broker_state: digests, which change with content, mode, owner or
# place. It runs every other second. Set by the caller, beside those scripts' own: material (paths, one per line),
# listeners (the ports of the profile's listeners, hexadecimal).

# told NAME: prints the digest of its input.
told() {
  sum=$(sha256sum)
  printf '%s %s\n' "$1" "${sum%% *}"
}

# stand: prints the state of each path in its input, links followed, its time first; the error if it is missing.
stand() {
  while read -r path; do
    [ -z "$path" ] || stat -L -c '%Y %i %s %y %z %a %u:%g %n' -- "$path" 2>&1
  done
}

broker_state() {
  conf_parts=$(parts)
  lines=$(printf '%s\n' "$conf_parts" | while read -r part; do printf '# %s\n' "$part"; text_of "$part"; done)
  files=$(broker_files all)
  of_parts=$(printf '%s\n' "$conf_parts" | stand)
  of_files=$(printf '%s\n' "$files" | stand)
  printf '%s\n%s\n' "$lines" "$of_parts" | told configuration
  printf '%s\n' "$of_files" | told files
  printf '%s\n' "$material" | stand | told material
  newest=$(printf '%s\n%s\n' "$of_parts" "$of_files" | sed -n 's/^\([0-9][0-9]*\) .*/\1/p' | sort -n | sed -n '$p')
  if ! loops && find_serving $listeners; then
    read -r up _ </proc/uptime
    printf 'broker %s:%s\n' "$pid" "$born"
    # Ticks are hundredths of a second on every machine that Linux is sold for.
    printf 'started %s\n' $(($(date +%s) - ${up%.*} + ${born:-0} / 100))
  else
    echo broker none
  fi
  printf 'newest %s\n' "${newest:-0}"
  echo end
}
broker_state
