#!/bin/sh
# Usage: box.sh SOURCES FOLDER
# make-box.sh, when mmdebstrap fails or is stopped half-way, removes nothing that is still mounted in its root, and tells
# the cause last. mmdebstrap and its kind are played here, in a mount namespace of their own.
set -eu
sources=$1 folder=$2
if [ "$(id -u)" -ne 0 ] || ! unshare --mount true 2>/dev/null; then
  echo 'skipped: only root may mount'
  exit 77
fi
if ! grep -qE '^VERSION_CODENAME=(bookworm|noble)$' /etc/os-release; then
  echo 'skipped: make-box.sh knows Debian 12 and Ubuntu 24.04 only'
  exit 77
fi
if [ -z "${MQTTS_IN_NAMESPACE-}" ]; then
  exec env MQTTS_IN_NAMESPACE=yes unshare --mount --propagation private "$0" "$@"
fi

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

rm -rf -- "$folder"
mkdir -p "$folder/bin" "$folder/tmp" "$folder/precious"
echo keep >"$folder/precious/file"
for program in mke2fs sfdisk qemu-img grub-mkimage vagrant; do
  ln -s /bin/true "$folder/bin/$program"
done
printf '#!/bin/sh\necho "deb http://127.0.0.1/ bookworm main"\n' >"$folder/bin/apt-get"
printf '#!/bin/sh\necho %s/keys/vagrant.pub\n' "$folder" >"$folder/bin/dpkg"
mkdir "$folder/keys"
echo 'ssh-rsa AAAA' >"$folder/keys/vagrant.pub"
cat >"$folder/bin/mmdebstrap" <<'END'
#!/bin/bash
for word; do case $word in */root) root=$word ;; esac; done
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc"
mount --bind "$PRECIOUS" "$root/dev"
echo 'I: downloading'
echo 'E: unable to download http://127.0.0.1/: 404 Not Found'
for i in {1..270}; do echo "I: cleaning $i"; done
touch "$PRECIOUS/../mounted"
while [ -n "$HANGS" ]; do sleep 0.1; done
exit 25
END
chmod +x "$folder"/bin/*
export PATH="$folder/bin:$PATH" TMPDIR="$folder/tmp" PRECIOUS="$folder/precious" HANGS=

! bash "$sources/fixtures/machines/make-box.sh" "$folder/x.box" >"$folder/said" 2>&1 || fail 'a failure was not told'
tail -n 1 "$folder/said" | grep -q '404 Not Found' || fail "the cause is not last: $(tail -n 3 "$folder/said")"
[ -s "$folder/x.box.log" ] || fail 'there is no log'
[ -e "$folder/precious/file" ] || fail 'what was mounted was removed'
[ -z "$(ls "$folder/tmp")" ] || fail 'something was left'

rm "$folder/mounted"
HANGS=yes setsid bash "$sources/fixtures/machines/make-box.sh" "$folder/x.box" >"$folder/said" 2>&1 &
process=$!
tries=0
until [ -e "$folder/mounted" ]; do
  tries=$((tries + 1))
  [ $tries -lt 200 ] || fail "mmdebstrap was not run: $(cat "$folder/said")"
  sleep 0.1
done
kill -s TERM -- "-$process"
wait "$process" || true
[ -e "$folder/precious/file" ] || fail 'what was mounted was removed when it was stopped'
[ -z "$(ls "$folder/tmp")" ] || fail 'something was left when it was stopped'
