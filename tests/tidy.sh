#!/usr/bin/env bash
# clang-tidy on the program's sources that a change touches: those that differ from the merge base with main, a header
# by its .cpp file, or where it has none by the one that the build makes for it (tests/standalone_headers.cmake). Wants
# build/dev (its compile commands). On main itself nothing differs; the whole program takes half an hour of two cores
# and is part of tests/all.sh.
#
#   tests/tidy.sh [--all]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

sources() { git ls-files 'engine/*.cpp' 'net/*.cpp' 'storage/*.cpp' 'http/*.cpp'; }
if [ "${1:-}" = --all ]; then
  mapfile -t files < <(sources)
else
  main=$(git rev-parse --verify --quiet origin/main || git rev-parse --verify --quiet main || git rev-parse HEAD)
  base=$(git merge-base HEAD "$main")
  mapfile -t files < <({ git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } |
    grep -E '^(engine|net|storage|http)/.*\.[ch]pp$' | while IFS= read -r file; do
    case $file in
      *.cpp) echo "$file" ;;
      *) if [ -f "${file%.hpp}.cpp" ]; then echo "${file%.hpp}.cpp"; else echo "build/dev/tests/standalone/$file.cpp"; fi ;;
    esac
  done | sort -u)
fi
if [ ${#files[@]} -eq 0 ]; then
  echo "no source of the program differs from main"
  exit 0
fi
echo "${#files[@]} files"
# What it counts of other people's headers is left out; what it cannot do is shown.
{
  printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 -p build/dev --quiet 2>&1 >&3 |
    sed '/^[0-9]* warnings\{0,1\} generated\.$/d' >&2
} 3>&1
