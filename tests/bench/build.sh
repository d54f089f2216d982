#!/usr/bin/env bash
# CPU and wall seconds of configuring and compiling from nothing, as bootstrap.sh does it, without ccache.
# Usage: build.sh SOURCE
set -euo pipefail
source=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TIMEFORMAT='%U + %S s CPU, %R s'
measure() { # WHAT TARGETS OPTIONS...
  local what=$1 targets=$2
  shift 2
  echo "$what:"
  # shellcheck disable=SC2086  # several words
  time {
    cmake -S "$source" -B "$folder/$what" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON \
      -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 -DCCACHE=OFF "$@" >/dev/null
    ninja -C "$folder/$what" $targets >/dev/null
  }
}
measure run 'mqtts-harness mqtts-embedded-host completions' -DBUILD_TESTING=OFF
measure test all
