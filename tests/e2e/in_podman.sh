#!/usr/bin/env bash
# Runs a test where podman works: in namespaces of its own, on a base image made of this machine's packages.
#   in_podman.sh STORAGE TEST [ARGUMENT...]
# STORAGE/base.tar is the base image; `fixtures/machines/base-image.sh STORAGE/base.tar` makes it. Exits with 77, and
# the reason, where the test cannot be run.
set -euo pipefail

skip() {
  printf 'skipped: %s\n' "$*"
  exit 77
}

machines=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../fixtures/machines" && pwd)
storage=$1
shift
[ "$(id -u)" -eq 0 ] || skip 'it makes namespaces, and so needs root'
command -v podman >/dev/null || skip 'podman is not installed: apt-get install podman'
[ -e "$storage/base.tar" ] || skip "no base image: fixtures/machines/base-image.sh $storage/base.tar"
reason=$("$machines/podman-namespace.sh" "$storage" podman info 2>&1 >/dev/null) ||
  skip "podman does not run here: $reason"

export MQTTS_HARNESS_CONTAINER_ENGINE=podman MQTTS_HARNESS_CONTAINER_BASE=localhost/mqtts-harness-base:test
# shellcheck disable=SC2016  # the inner shell's own
exec "$machines/podman-namespace.sh" "$storage" sh -eu -c '
  podman image exists "$MQTTS_HARNESS_CONTAINER_BASE" ||
    podman import --quiet "$0" "$MQTTS_HARNESS_CONTAINER_BASE" >/dev/null
  exec "$@"' "$storage/base.tar" "$@"
