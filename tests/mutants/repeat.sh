#!/usr/bin/env bash
# Usage: tests/mutants/repeat.sh BUILD TIMES [busy]
# Compares the matrix of mutants with its golden tables TIMES times; with `busy`, beside a loop on each core. A cell that
# changes is a defect of the harness or of the test: it is mended there, never in the table.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }
build=$1 times=$2 failed=0 loops=()
trap '[ ${#loops[@]} -eq 0 ] || kill "${loops[@]}"' EXIT

if [ "${3:-}" = busy ]; then
  for ((core = 0; core < $(nproc); ++core)); do
    while :; do :; done &
    loops+=($!)
  done
fi

for ((round = 1; round <= times; ++round)); do
  start=$SECONDS
  result='as written' log=$build/matrix-$round.log
  ctest --test-dir "$build" -R MutationMatrix -j "$(nproc)" --output-on-failure --no-tests=error \
    >"$log" 2>&1 || {
    failed=$((failed + 1))
    result="differs, see $log"
  }
  [ "$result" != 'as written' ] || rm "$log"
  echo "$round of $times: $result, $((SECONDS - start)) s"
done
[ $failed -eq 0 ]
