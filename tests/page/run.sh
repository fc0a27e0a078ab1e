#!/usr/bin/env bash
# The page in a real browser: Debian's Chromium, without a screen, on daemons of its own. What the tests need beside
# packages is in package-lock.json and goes to build/page, where the screenshots stay, too.
#
#   tests/page/run.sh [BUILD_DIRECTORY [FILE...]]     default: build/release, and every tests/page/*_test.mjs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. conf/packages.sh
build=$(realpath "${1:-build/release}")
shift $(($# > 0 ? 1 : 0))
install_packages "${page_packages[@]}"

work=$PWD/build/page
mkdir -p "$work"
exec {turn}>"$work/lock"
flock "$turn"
if ! cmp -s tests/page/package-lock.json "$work/installed"; then
  cp tests/page/package.json tests/page/package-lock.json tests/page/.npmrc "$work"
  npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund
  cp tests/page/package-lock.json "$work/installed"
fi
rm -rf -- "$work/screenshots"

files=("$@")
[ ${#files[@]} -gt 0 ] || files=(tests/page/*_test.mjs)
export SUPRSYNC_BINARY=${SUPRSYNC_BINARY:-$build/suprsync} SUPRSYNC_PAGE_BUILD=$work
# One file at a time: each has a browser and several daemons.
failed=()
for file in "${files[@]}"; do node --test --test-reporter=spec "$file" || failed+=("$file"); done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}; the screenshots are in $work/screenshots" >&2
  exit 1
fi
