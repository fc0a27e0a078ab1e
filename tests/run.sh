#!/usr/bin/env bash
# Everything that must hold before a change is kept, from nothing but git and Debian 12: installs what is missing,
# checks the form of the sources, builds, and runs every test once where it tells most:
#
#   release   the program as it is shipped, driven from outside (end_to_end), and the rules on the sources
#   dev       every room's own tests, under the address and undefined behaviour sanitizers, and a minute of each
#             fuzz target (SUPRSYNC_FUZZ_SECONDS)
#   tsan      the rooms with threads (storage, net/process, http), under the thread sanitizer
#
#   tests/run.sh [PRESET...]     default: release dev tsan
#
# tests/all.sh runs every test under release and dev, and what takes longer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. conf/packages.sh

declare -A targets=(
  [release]="suprsync end_to_end_tests benchmarks"
  [dev]="engine_tests net_tests storage_tests http_tests fuzz_targets"
  [tsan]="net_tests storage_tests http_tests"
)
declare -A chosen_tests=(
  [release]="-L ^(end_to_end|sources)$"
  [dev]="-LE ^(container|end_to_end|sources|long)$"
  [tsan]="-L ^(storage/.*|net/process|http/.*)$ -LE ^long$"
)

presets=("$@")
[ ${#presets[@]} -gt 0 ] || presets=(release dev tsan)
for preset in "${presets[@]}"; do
  [ -n "${targets[$preset]:-}" ] || { echo "error: there is no preset '$preset': release, dev or tsan" >&2; exit 2; }
done

stage() { printf '\n== %4d s: %s\n' "$SECONDS" "$1"; }

stage "packages"
install_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}"

stage "format, shell"
git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-19 --dry-run --Werror
tests/shell.sh

build() {
  cmake --preset "$1"
  # shellcheck disable=SC2086  # a list of words
  cmake --build --preset "$1" -j "$(nproc)" --target ${targets[$1]}
}

# What goes on beside the tests of a preset, with the processor time that these leave: the build of the next one, and,
# beside those of dev, clang-tidy.
beside() {
  chrt --idle --pid 0 "$BASHPID" || true  # where that may not be set, they share
  if [ -n "$2" ]; then build "$2"; fi
  if [ "$1" = dev ]; then tests/tidy.sh ${TIDY:+"$TIDY"}; fi
}
aside=
trap '[ -z "$aside" ] || kill -- "-$aside" 2>/dev/null || true' EXIT

mkdir -p build
stage "${presets[0]}: build"
build "${presets[0]}"
failed=()
for index in "${!presets[@]}"; do
  preset=${presets[index]}
  next=${presets[index + 1]:-}
  set -m  # a process group of its own, which can be ended whole
  beside "$preset" "$next" >build/beside.log 2>&1 &
  aside=$!
  set +m
  stage "$preset: test"
  # At most two at a time: the tests measure who waits for whom, and each starts several processes.
  # shellcheck disable=SC2086  # a list of words
  ctest --preset "$preset" --output-on-failure --no-tests=error -j 2 ${chosen_tests[$preset]} |
    tee "build/$preset-tests.log" || failed+=("$preset")
  stage "what went on beside: ${next:+the build of $next }$([ "$preset" != dev ] || echo clang-tidy)"
  status=0
  wait "$aside" || status=$?
  aside=
  if [ "$status" -ne 0 ]; then
    cat build/beside.log
    exit "$status"
  fi
  tail -n 3 build/beside.log
done

stage "done; the slowest tests"
for preset in "${presets[@]}"; do
  sed -n "s/^ *[0-9]*\/[0-9]* Test *#[0-9]*: \([^ ]*\) .* \([0-9.]*\) sec.*\$/\2 s  $preset \1/p" "build/$preset-tests.log"
done | sort -rn | sed -n 1,10p
for preset in "${presets[@]}"; do
  printf '\n%s:\n' "$preset"
  sed -n '/tests passed\|^Total Test time\|^The following tests/,$p' "build/$preset-tests.log"
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "tests failed under: ${failed[*]}" >&2
  exit 1
fi
