#!/usr/bin/env bash
# Everything that must hold before a change is kept: installs what is missing (Debian 12), checks the format of
# the sources, then builds and tests the release and the dev (sanitizers) presets.
#
#   tests/run.sh [PRESET...]     default: release dev
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. conf/packages.sh

install_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}"

echo "== format"
find . -path ./build -prune -o \( -name '*.cpp' -o -name '*.hpp' \) -print0 |
  xargs -0 clang-format-19 --dry-run --Werror

presets=("$@")
[ ${#presets[@]} -gt 0 ] || presets=(release dev)
jobs=$(nproc)
failed=()
for preset in "${presets[@]}"; do
  echo "== $preset: build"
  cmake --preset "$preset"
  cmake --build --preset "$preset" -j "$jobs"
done
for preset in "${presets[@]}"; do
  echo "== $preset: test"
  # At most two at a time: the tests measure who waits for whom, and each starts several processes.
  ctest --preset "$preset" --output-on-failure --no-tests=error -j 2 || failed+=("$preset")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "tests failed under: ${failed[*]}" >&2
  exit 1
fi
