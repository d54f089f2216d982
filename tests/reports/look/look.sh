#!/bin/sh
# Looks at both HTML reports: screenshots at three widths, light and dark, prints on A4, and axe-core's findings.
#   tests/reports/look/look.sh BUILD_FOLDER OUT_FOLDER
# Wants the target html_samples built, chromium, node and npm; npm packages go to a temporary folder. LOOK_ONLY is a
# pattern of pages' names. The exit code is 1 if a page is wider than its window, asks for anything, or axe-core finds
# something serious.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
out=$2
modules=${LOOK_NPM:-$(mktemp -d)}
[ -n "${LOOK_NPM:-}" ] || trap 'rm -rf "$modules"' EXIT
[ -d "$modules/node_modules/axe-core" ] || npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$modules" puppeteer-core axe-core
mkdir -p "$out"
"$build/html_samples" "$here/../../../scenarios/mqtts-lab.json" "$out/pages"
LOOK_MODULES=$modules LOOK_CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)} \
  node "$here/look.mjs" "$out/pages" "$out/shots"
