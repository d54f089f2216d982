#!/bin/sh
# npm_readers.sh GOLDEN: readers from npm read the approved reports. They are looked for in $MQTTS_NPM_READERS, a folder
# where this was run; without it the test skips itself:
#   npm install ajv-cli ajv-formats ctrf junit-to-ctrf tap-parser xunit-viewer @microsoft/sarif-multitool-linux
set -eu
golden=$1
readers=${MQTTS_NPM_READERS:-}/node_modules
[ -x "$readers/.bin/ajv" ] || { echo "skipped: MQTTS_NPM_READERS names no folder with npm's readers"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export NODE_PATH="$readers"

valid() {  # SPEC SCHEMA REPORT
  cp "$3" "$folder/report.json"
  (cd "$readers/.." && "$readers/.bin/ajv" validate --spec="$1" -c ajv-formats --strict=false -s "$2" -d "$folder/report.json")
}

for run in lab-all-pass.0 lab-troubled.4 lab-class.3; do
  valid draft7 "$readers/ctrf/dist/ctrf-schema-0.0.json" "$golden/$run.ctrf"
  valid draft2020 "$readers/@microsoft/sarif-multitool-linux/sarif-2.1.0.json" "$golden/$run.sarif"
done

# The exit code of this one is that of the tests.
"$readers/.bin/tap-parser" -j <"$golden/lab-all-pass.0.tap" >/dev/null
! "$readers/.bin/tap-parser" -j <"$golden/lab-troubled.4.tap" >"$folder/tap.json"
grep -q '"count": 6,' "$folder/tap.json" && grep -q '"fail": 5,' "$folder/tap.json" ||
  { echo "tap-parser does not see 6 tests and 5 failures"; exit 1; }

"$readers/.bin/junit-to-ctrf" "$golden/lab-troubled.4.junit.xml" -o "$folder/junit.json" >/dev/null
grep -q '"failed": 5' "$folder/junit.json" || { echo "junit-to-ctrf does not see 5 failures"; exit 1; }

# It guesses a file's encoding, and takes a file with U+FFFD in it for cp1252, which it does not know.
"$readers/.bin/xunit-viewer" -r "$golden/lab-all-pass.0.junit.xml" -o "$folder/junit.html" -c false >/dev/null
[ -s "$folder/junit.html" ]
