#!/bin/sh
# Usage: sources.sh SOURCES FOLDER
# The sources of a tree with a picture and with a file whose line ends git has changed have one stamp, whichever way they
# come to a machine; and their archive is made anew by what it holds.
set -eu
sources=$1 folder=$2
rm -rf -- "$folder"
mkdir -p "$folder/tree/fixtures/machines" "$folder/tree/docs/out" "$folder/tree/docs/.hidden" "$folder/bin"
tree=$folder/tree archive=$folder/sources.tar.gz
export TMPDIR="$folder"

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
equal() { [ "$2" = "$3" ] || fail "$1: \"$2\" is not \"$3\""; }

# ---- a tree ---------------------------------------------------------------------------------------
cp "$sources/fixtures/machines/provision.sh" "$tree/fixtures/machines/"
printf '# a list\r\nbootstrap.sh\r\ndocs # pictures\n!docs/out\nfixtures/machines\n' >"$tree/fixtures/machines/sources.txt"
printf '#!/bin/sh\r\necho built\r\n' >"$tree/bootstrap.sh"
printf '\211PNG\r\n\032\n\000\000\000\rIHDR\r\n' >"$tree/docs/picture.png"
printf 'one\r\ntwo \r three\r\n' >"$tree/docs/with space.txt"
printf 'hidden\n' >"$tree/docs/.hidden/file"
printf 'a report\n' >"$tree/docs/out/report"
printf 'not listed\n' >"$tree/other"

pack() { ruby -r "$sources/fixtures/machines/sources.rb" -e 'puts Sources.pack(*ARGV)' "$tree" "$archive"; }
stamp_of() { # SOURCE: a folder or an archive, unpacked as a client's are
  rm -rf "$folder/unpacked"
  MQTTS_SOURCE=$1 sh "$sources/fixtures/machines/provision.sh" unpack "$folder/unpacked"
}
names() { tar -tzf "$archive" | LC_ALL=C sort | tr '\n' ' '; }

# ---- one stamp, three ways --------------------------------------------------------------------------
equal 'the archive is made' "$(pack)" true
equal 'what it holds' "$(names)" \
  'bootstrap.sh docs/.hidden/file docs/picture.png docs/with space.txt fixtures/machines/provision.sh fixtures/machines/sources.txt '
tar -xzOf "$archive" docs/picture.png | cmp - "$tree/docs/picture.png" || fail 'the archive changes bytes'
tar -xzOf "$archive" bootstrap.sh | cmp - "$tree/bootstrap.sh" || fail 'the archive changes line ends'

by_archive=$(stamp_of "$archive")
cmp "$folder/unpacked/docs/picture.png" "$tree/docs/picture.png" || fail 'a picture was changed'
equal 'line ends' "$(od -c "$folder/unpacked/docs/with space.txt")" "$(printf 'one\ntwo \r three\n' | od -c)"
equal 'a program' "$(sh "$folder/unpacked/bootstrap.sh")" built
by_folder=$(stamp_of "$tree")
# What make-box.sh copies into the box, and what is built there from it.
MQTTS_SOURCE=$tree sh "$sources/fixtures/machines/provision.sh" unpack "$folder/box" >/dev/null
by_box=$(stamp_of "$folder/box")
equal 'by archive and by folder' "$by_archive" "$by_folder"
equal 'by archive and in a box' "$by_archive" "$by_box"
equal 'letters' "${#by_archive}" 64

# ---- what ninja has built stays, what has gone goes -------------------------------------------------
mkdir "$folder/unpacked/build"
echo built >"$folder/unpacked/build/file"
echo old >"$folder/unpacked/docs/old"
MQTTS_SOURCE=$archive sh "$sources/fixtures/machines/provision.sh" unpack "$folder/unpacked" >/dev/null
[ -e "$folder/unpacked/build/file" ] || fail 'what was built has gone'
[ ! -e "$folder/unpacked/docs/old" ] || fail 'what has gone from the sources is still there'
mkdir "$folder/home"
echo mine >"$folder/home/file"
! MQTTS_SOURCE=$archive sh "$sources/fixtures/machines/provision.sh" unpack "$folder/home" 2>"$folder/said" ||
  fail "somebody's folder was taken for ours"
[ -e "$folder/home/file" ] || fail "somebody's file has gone"

# ---- the archive is as new as its sources -----------------------------------------------------------
equal 'nothing has changed' "$(pack)" false
touch "$tree/docs/picture.png"
equal 'only a time has changed' "$(pack)" false
rm "$tree/docs/.hidden/file"
equal 'a file was removed' "$(pack)" true
equal 'what it holds then' "$(names)" \
  'bootstrap.sh docs/picture.png docs/with space.txt fixtures/machines/provision.sh fixtures/machines/sources.txt '
touch -d '2001-01-01' "$tree/docs/picture.png"
printf 'older\n' >"$tree/docs/added"
touch -d '2001-01-01' "$tree/docs/added"
equal 'an old file was added' "$(pack)" true
printf '!docs/picture.png\n' >>"$tree/fixtures/machines/sources.txt"
equal 'the list was changed' "$(pack)" true
! names | grep -q picture || fail 'what the list leaves out is still in the archive'
[ "$(stamp_of "$archive")" != "$by_archive" ] || fail 'other sources have the same stamp'
equal 'and the folder has the same' "$(stamp_of "$tree")" "$(stamp_of "$archive")"
equal 'nothing half-written' "$(find "$folder" -maxdepth 1 -name "*part*" | wc -l)" 0

printf 'gone\n' >>"$tree/fixtures/machines/sources.txt"
! pack 2>"$folder/said" || fail 'a list that names what is not there was taken'
grep -q 'names gone' "$folder/said" || fail "it is not told what is not there: $(cat "$folder/said")"
! stamp_of "$tree" >/dev/null 2>"$folder/said" || fail 'the same by folder'
grep -q 'names gone' "$folder/said" || fail "it is not told what is not there: $(cat "$folder/said")"

# ---- the real list ----------------------------------------------------------------------------------
MQTTS_SOURCE=$sources sh "$sources/fixtures/machines/provision.sh" unpack "$folder/real" >/dev/null
for name in bootstrap.sh fixtures/machines/sources.txt scenarios/mqtts-lab.json; do
  [ -e "$folder/real/$name" ] || fail "a client lacks $name"
done
for name in tests fixtures/class reports/out; do
  [ ! -e "$folder/real/$name" ] || fail "a client has $name, which it does not need"
done
