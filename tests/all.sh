#!/usr/bin/env bash
# What is run by hand before an issue is closed: all of tests/run.sh, every test under every preset that it can run
# under, the long ones, clang-tidy on the whole program, and another compiler.
#
#   tests/all.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests/run.sh
failed=()
step() {
  printf '\n== %5d s: %s\n' "$SECONDS" "$1"
  shift
  "$@" || failed+=("$*")
}
every_test() {
  cmake --build --preset "$1" -j "$(nproc)" && ctest --preset "$1" --output-on-failure --no-tests=error -j 2
}
step "release: every test" every_test release
step "dev: every test" every_test dev
step "clang-tidy on the whole program" tests/tidy.sh --all
step "another compiler" tests/other_compiler.sh
printf '\n== %5d s\n' "$SECONDS"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "all of it passed"
