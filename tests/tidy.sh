#!/usr/bin/env bash
# clang-tidy on the rooms of the program that a change touches: those in which a file differs from the merge base with
# main. On main itself, where nothing differs, on the whole program: five minutes of one core. That is no more because
# the files of a room are checked as one (preset tidy, a unity build): nearly all of the cost is other people's headers.
# So names in the unnamed namespaces of a room must differ. Headers are checked where they are included, and together
# with those that no .cpp file includes first (tests/standalone_headers.cmake).
#
#   tests/tidy.sh [--all]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

main=$(git rev-parse --verify --quiet origin/main || git rev-parse --verify --quiet main || git rev-parse HEAD)
base=$(git merge-base HEAD "$main")
changed=$({ git diff --name-only "$base"; git ls-files --others --exclude-standard; } |
  grep -E '^((engine|net|storage|http)/.*\.[ch]pp|\.clang-tidy|CMakePresets.json)$' || true)
if [ "${1:-}" != --all ] && [ "$base" != "$(git rev-parse HEAD)" ] && [ -z "$changed" ]; then
  echo "no source of the program differs from main"
  exit 0
fi

cmake --preset tidy >/dev/null
cmake --build --preset tidy --target suprsync_version >/dev/null
# The program's translation units as that build has them: a room, or a file that stands alone there.
mapfile -t units < <(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' build/tidy/compile_commands.json |
  grep -E "^$PWD/(build/tidy/CMakeFiles/|build/tidy/tests/CMakeFiles/standalone_headers|(engine|net|storage|http)/)")
if [ "${1:-}" != --all ] && [ "$base" != "$(git rev-parse HEAD)" ] && ! grep -q '^[.C]' <<<"$changed"; then
  touched=("standalone_headers\.dir/")
  while IFS= read -r file; do
    room=${file%/*}
    case $room in
      engine/commands) touched+=("/suprsync\.dir/") ;;
      *) touched+=("/suprsync_${room//\//_}\.dir/" "/$room/[^/]*\.cpp$") ;;
    esac
  done <<<"$changed"
  mapfile -t units < <(printf '%s\n' "${units[@]}" | grep -E "$(IFS='|'; echo "${touched[*]}")")
fi
[ ${#units[@]} -gt 0 ] || { echo "error: nothing to check in build/tidy/compile_commands.json" >&2; exit 1; }
echo "${#units[@]} translation units"
# What it counts of other people's headers is left out; what it cannot do is shown. The largest first.
{
  find "${units[@]}" -printf '%s %p\n' | sort -rn | cut -d ' ' -f 2- |
    xargs -d '\n' -n 1 -P "$(nproc)" clang-tidy-19 -p build/tidy --quiet 2>&1 >&3 |
    sed '/^[0-9]* warnings\{0,1\} generated\.$/d' >&2
} 3>&1
