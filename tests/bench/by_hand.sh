#!/usr/bin/env bash
# The lab's four stages and thirteen questions as a shell script would do them: openssl, ssh and mosquitto_pub. It looks at
# exit codes only, and proves nothing of why a client was refused. Usage: by_hand.sh MQTTS_EMBEDDED_HOST
set -euo pipefail
folder=$(mktemp -d)
coproc HOST { exec "$1"; }
# shellcheck disable=SC2034  # as {lifeline}
lifeline=${HOST[1]}
trap 'exec {lifeline}>&-; rm -rf "$folder"' EXIT # the host ends with its standard input
read -r answer <&"${HOST[0]}"
target=$(python3 -c 'import json, sys; print(json.loads(sys.argv[1])["target"])' "$answer")
get() { python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."): value = value[key]
print("\n".join(value) if isinstance(value, list) else value)' "$target" "$1"; }
conf=$(get broker.configuration) base=$(get broker.base) stop=$(get broker.stop) start=$(get broker.start)
plain=$(get mqtt.plain_port) tls=$(get mqtt.tls_port) user=$(get ssh.user) ssh_port=$(get ssh.port)
login=(ssh -F none -i "$(get ssh.identity_file)" -o "UserKnownHostsFile=$(get ssh.known_hosts_file)" -o IdentitiesOnly=yes
       -p "$ssh_port" "$user@127.0.0.1")

begin=$EPOCHREALTIME
cd "$folder"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj '/CN=Lab CA' -days 30 2>/dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.crt -subj '/CN=x' 2>/dev/null
issue() { # NAME SUBJECT CA
  openssl req -new -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -out "$1.crt" -days 30 2>/dev/null
}
issue server /CN=127.0.0.1 ca
issue client /CN=userclient ca
issue stranger /CN=userclient other
mosquitto_passwd -b -c passwords userclient secret

apply() { # PORT LINES...
  local wait_for=$1
  shift
  { echo "$base"; printf '%s\n' "$@"; } >stage.conf
  tar -c stage.conf ca.crt server.crt server.key passwords |
    "${login[@]}" "tar -x -C '$(dirname "$conf")'; cd '$(dirname "$conf")'; mv stage.conf '$conf'; $stop; $start 2>/dev/null"
  for _ in {1..200}; do
    (: </dev/tcp/127.0.0.1/"$wait_for") 2>/dev/null && return
    sleep 0.01
  done
}
asked=0
send() { timeout 5 mosquitto_pub -h 127.0.0.1 -t your/topic -m hello -q 1 "$@" >/dev/null 2>&1; }
let_in() { asked=$((asked + 1)); send "$@" || echo "kept out: $*"; }
kept_out() { asked=$((asked + 1)); ! send "$@" || echo "let in: $*"; }
at() { dirname "$conf"; }
tls_lines=("listener $tls 127.0.0.1" "cafile $(at)/ca.crt" "certfile $(at)/server.crt" "keyfile $(at)/server.key")
by_tls=(-p "$tls" --cafile ca.crt)
named=(-u userclient -P secret)

apply "$plain" "listener $plain 127.0.0.1" 'allow_anonymous true'
let_in -p "$plain"
apply "$tls" "${tls_lines[@]}" 'allow_anonymous true'
let_in "${by_tls[@]}"
kept_out -p "$tls" --cafile other.crt
kept_out -p "$plain"
apply "$tls" "${tls_lines[@]}" 'allow_anonymous false' "password_file $(at)/passwords"
let_in "${by_tls[@]}" "${named[@]}"
kept_out "${by_tls[@]}"
kept_out "${by_tls[@]}" -u userclient -P wrong
kept_out "${by_tls[@]}" -u nobody -P secret
apply "$tls" "${tls_lines[@]}" 'allow_anonymous false' "password_file $(at)/passwords" 'require_certificate true'
let_in "${by_tls[@]}" "${named[@]}" --cert client.crt --key client.key
kept_out "${by_tls[@]}" "${named[@]}"
kept_out "${by_tls[@]}" "${named[@]}" --cert stranger.crt --key stranger.key
kept_out "${by_tls[@]}" -u userclient -P wrong --cert client.crt --key client.key
kept_out -p "$plain"
python3 -c 'import sys; print(f"{float(sys.argv[2]) - float(sys.argv[1]):.2f} s for {sys.argv[3]} questions by hand")' \
  "$begin" "$EPOCHREALTIME" "$asked"
