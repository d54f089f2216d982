# POSIX sh, sent after fetch.sh. Tells what no two students' brokers should have in common, for parse_traits. Set by the
# caller: conf, most.

# parts: the files of the configuration.
parts() {
  echo "$conf"
  text_of "$conf" | sed -n 's/^ *include_dir  *//p' | head -n 8 | while read -r folder; do
    for part in "$folder"/*.conf; do printf '%s\n' "$part"; done
  done | head -n 100
}

# text_of FILE: its beginning, if it is a file at all, in lines that end as ours do.
text_of() {
  [ "$(state_of "$1")" = file ] || return 0
  head -c "$most" -- "$1" | tr -d '\r'
  echo
}

# named DIRECTIVE: the files that the configuration gives for it.
named() {
  printf '%s\n' "$lines" | sed -n "s/^ *$1  *//p" | sort -u | head -n 8
}

# No hash leaves the host: only the digest of the whole of it, salt and all. One that is the same is a copied one.
traits() {
  lines=$(parts | while read -r part; do text_of "$part"; done)
  named password_file | while read -r file; do
    text_of "$file" | sed -n 's/^[^:]*:\(\$.*\)/\1/p' | head -n 40 | while read -r hash; do
      printf %s "$hash" | sha256sum
    done
  done | sed 's/^\([0-9a-f]*\).*/password-hash \1/'
  named cafile | while read -r file; do
    echo authorities
    text_of "$file" | sed -n '/^-----BEGIN CERTIFICATE-----/,/^-----END CERTIFICATE-----/s/^/pem /p'
  done
}
traits
