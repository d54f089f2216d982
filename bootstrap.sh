#!/usr/bin/env bash
# Takes a fresh Debian 12, Debian 13 or Ubuntu 24.04 to a running harness. Does only what is still to be done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'EOF'
Usage: ./bootstrap.sh run [OPTION...]   build, then run the lab on a private broker of this machine
       ./bootstrap.sh test [OPTION...]  build, then run all tests (options go to ctest)
       ./bootstrap.sh build             build only: build/mqtts-harness, and build/mqtts-class, a class to try `grade` on
       ./bootstrap.sh install           build mqtts-harness and install it, in /usr/local (as root, or by sudo)
       ./bootstrap.sh package           build a Debian package of it, in build/packages

Installs the Debian packages that are missing (as root, or by sudo). Options of `run` go to
`mqtts-harness run scenarios/mqtts-lab.json`; try ./bootstrap.sh run --lang fr

Read from the environment: CMAKE_BUILD_TYPE (Release) and, of a build folder that is still to be made, CXXFLAGS;
DESTDIR, where `install` puts everything instead, as the user that you are.
EOF
}

build_packages=(g++ cmake ninja-build libssl-dev libssh-dev libpaho-mqtt-dev nlohmann-json3-dev libpugixml-dev
  libcli11-dev libexpected-dev libfmt-dev libcsv-dev)
run_packages=(openssh-server mosquitto)
test_packages=(faketime libgtest-dev libgmock-dev libvalijson-dev mosquitto-clients openssl openssh-client libxml2-utils
  python3 ruby)

say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf 'bootstrap.sh: %s\n' "$*" >&2
  exit 2
}

missing=
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    [ -z "$missing" ] || die "packages are missing ($missing) and there is no sudo; as root, run: apt-get install $missing"
    die "this needs root and there is no sudo; as root, run: $*"
  fi
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]; }

# The broker and the SSH server are wanted as programs: the harness starts its own. Services that come with packages
# installed here are neither started now nor at the next boot.
install_packages() {
  local services=() policy=/usr/sbin/policy-rc.d
  is_installed mosquitto || services+=(mosquitto.service)
  is_installed openssh-server || services+=(ssh.service ssh.socket)
  say "installing: $missing"
  # A machine that has just started may still be updating itself.
  local apt=(apt-get -o DPkg::Lock::Timeout=300)
  as_root "${apt[@]}" update -qq
  if [ ${#services[@]} -gt 0 ] && [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  # shellcheck disable=SC2086  # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -qq --no-install-recommends $missing >&2
  if [ ${#services[@]} -gt 0 ]; then
    as_root rm -f $policy
    trap - EXIT
    if [ -d /run/systemd/system ]; then
      as_root systemctl disable --quiet "${services[@]}" 2>/dev/null || true
    fi
  fi
}

need() {
  local package installed
  missing=
  installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    grep -qx "ii $package" <<<"$installed" || missing+="${missing:+ }$package"
  done
  [ -z "$missing" ] || install_packages
  missing=
}

# What packing needs, besides; it runs no broker.
package_packages=(dpkg-dev file)

# What installing needs; ninja's own default would also build the tests.
installable=(mqtts-harness mqtts-embedded-host completions)

# configure OPTION...: only if the build folder was not configured so before.
configure() {
  local asked="$*"
  if [ ! -f build/build.ninja ] || [ "$(cat build/configured-as 2>/dev/null)" != "$asked" ]; then
    say configuring
    cmake -S . -B build -G Ninja "$@" >/dev/null
    printf '%s' "$asked" >build/configured-as
  fi
}

# As one unit a library, which takes a fifth of the CPU.
options=("-DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE:-Release}" -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0)
if [ "${CI:-}" = true ]; then options+=(-DMQTTS_WARNINGS_AS_ERRORS=ON); fi

# Says every 10 seconds how far the compiler is.
report_steps() {
  local step
  while sleep 10 >/dev/null 2>&1; do
    step=$(grep -o '^step [0-9]* of [0-9]*' "$1" | tail -n 1) || continue
    say "compiling: $step"
  done
}

# compile TARGET...: all, if none is named. One line on a terminal; else the compiler's words only if it fails.
compile() {
  local log=build/compile.log status=0 reporter
  if [ -t 2 ] && [ "${CI:-}" != true ]; then
    NINJA_STATUS='==> compiling: step %f of %t: ' ninja -C build "$@" >&2
    return
  fi
  : >$log
  report_steps $log &
  reporter=$!
  NINJA_STATUS='step %f of %t: ' ninja -C build "$@" >$log 2>&1 || status=$?
  kill $reporter 2>/dev/null || true
  wait $reporter 2>/dev/null || true
  [ $status -eq 0 ] || grep -v '^step ' $log >&2
  [ $status -ne 0 ] || say compiled
  return $status
}

# build_program TESTS PACKAGE...: what it needs besides, and with the tests if TESTS is "tests".
build_program() {
  local tests=$1
  shift
  command -v dpkg-query >/dev/null ||
    die 'this script is for Debian 12, Debian 13 and Ubuntu 24.04; see CONTRIBUTING.md for other systems'
  need "${build_packages[@]}" "$@"
  # A folder that tests were built in stays so: the program is the same.
  if [ "$tests" = tests ] || grep -qs BUILD_TESTING=ON build/configured-as; then
    configure "${options[@]}" -DBUILD_TESTING=ON
  else
    configure "${options[@]}" -DBUILD_TESTING=OFF
  fi
}

command=${1:-}
[ $# -eq 0 ] || shift
for option in "$@"; do
  case $option in -h | --help) [ "$command" = run ] || { usage; exit 0; } ;; esac
done

case $command in
  run)
    build_program none "${run_packages[@]}"
    compile "${installable[@]}"
    exec build/mqtts-harness run scenarios/mqtts-lab.json "$@"
    ;;
  test)
    build_program tests "${run_packages[@]}" "${test_packages[@]}"
    compile
    # Three more than there are cores: most tests of real servers wait most of their time.
    exec ctest --test-dir build --output-on-failure -j "$(($(nproc) + 3))" "$@"
    ;;
  build)
    build_program none "${run_packages[@]}"
    compile "${installable[@]}" mqtts-class
    say 'built: build/mqtts-harness, build/mqtts-class'
    ;;
  package)
    build_program none "${package_packages[@]}"
    compile "${installable[@]}"
    (cd build && cpack >/dev/null 2>packages.log) || { cat build/packages.log >&2; exit 1; }
    say "made: $(ls -t build/packages/*.deb | head -n 1)"
    ;;
  install)
    build_program none "${run_packages[@]}"
    compile "${installable[@]}"
    if [ -n "${DESTDIR:-}" ]; then
      cmake --install build >/dev/null
    else
      as_root cmake --install build >/dev/null
    fi
    say "installed: ${DESTDIR:-}/usr/local/bin/mqtts-harness"
    ;;
  -h | --help | help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
