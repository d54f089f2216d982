# POSIX sh, sent after fetch.sh. Reads the broker's configuration. Set by the caller: conf, most; for named: lines, the
# text of all parts.

# parts: prints the files of the configuration.
parts() {
  echo "$conf"
  text_of "$conf" | sed -n 's/^ *include_dir  *//p' | head -n 8 | while read -r folder; do
    for part in "$folder"/*.conf; do printf '%s\n' "$part"; done
  done | head -n 100
}

# text_of FILE: prints its beginning, if it is a regular file, with line ends like ours.
text_of() {
  [ "$(state_of "$1")" = file ] || return 0
  head -c "$most" -- "$1" | tr -d '\r'
  echo
}

# named DIRECTIVE: prints the files that the configuration gives for it.
named() {
  printf '%s\n' "$lines" | sed -n "s/^ *$1  *//p" | sort -u | head -n 8
}
