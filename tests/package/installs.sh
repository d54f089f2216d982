#!/usr/bin/env bash
# Usage: installs.sh SOURCES SUITE FOLDER: lintian and try.sh, for the newest package of that suite in FOLDER.
set -euo pipefail
sources=$1 suite=$2 folder=$3

skip() {
  printf 'skipped: %s\n' "$*"
  exit 77
}

case $suite in
  bookworm) release=debian12 ;;
  trixie) release=debian13 ;;
esac
# shellcheck disable=SC2012  # names of our own making
package=$(ls -t "$folder"/*~"$release"_*.deb 2>/dev/null | head -n 1) || true
[ -n "$package" ] || skip "no package for $suite: fixtures/package/build.sh $suite $folder"
[ "$(id -u)" -eq 0 ] || skip 'a fresh system is made as root'
command -v mmdebstrap >/dev/null || skip 'mmdebstrap is missing'
if command -v lintian >/dev/null; then lintian --fail-on error "$package"; fi
"$sources/fixtures/package/try.sh" "$suite" "$package"
