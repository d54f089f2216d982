# POSIX sh, sent after fetch.sh. Reads the broker's configuration. Set by the caller: conf, most; and the functions of
# the broker's driver (brokers/mosquitto.sh).

# parts: prints the files of the configuration.
parts() {
  echo "$conf"
  text_of "$conf" | broker_includes | head -n 100
}

# text_of FILE: prints its beginning, if it is a regular file, with line ends like ours.
text_of() {
  [ "$(state_of "$1")" = file ] || return 0
  head -c "$most" -- "$1" | tr -d '\r'
  echo
}
