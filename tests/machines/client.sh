#!/bin/sh
# Usage: client.sh SOURCES FOLDER
# A client's harness as `vagrant up` brings, builds and installs it, from the very archive that the Vagrantfile makes, in
# FOLDER: nothing else of the sources is there.
set -eu
sources=$1 folder=$2
if ! command -v dpkg-query >/dev/null; then
  echo 'skipped: bootstrap.sh builds on Debian and Ubuntu only'
  exit 77
fi
rm -rf -- "$folder"
mkdir -p "$folder"

ruby -r "$sources/fixtures/machines/sources.rb" -e 'Sources.pack(*ARGV)' "$sources" "$folder/sources.tar.gz"
MQTTS_SOURCE=$folder/sources.tar.gz sh "$sources/fixtures/machines/provision.sh" unpack "$folder/client"

# Fast to compile: how fast it runs is no matter here.
CMAKE_BUILD_TYPE=None CXXFLAGS=-O0 DESTDIR=$folder/root bash "$folder/client/bootstrap.sh" install

if [ -e "$folder/client/build/mqtts-class" ]; then
  echo 'FAILED: mqtts-class was built, which a client does not need' >&2
  exit 1
fi
# From here on only what is installed may count.
rm -rf -- "$folder/client"
cd /
harness=$folder/root/usr/local/bin/mqtts-harness
"$harness" version
"$harness" validate mqtts-lab
[ -x "$folder/root/usr/local/libexec/mqtts-harness/mqtts-embedded-host" ] || {
  echo 'FAILED: the embedded host is not installed' >&2
  exit 1
}
