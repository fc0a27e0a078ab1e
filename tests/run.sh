#!/usr/bin/env bash
# Everything that must hold before a change is kept, from nothing but git and Debian 12: installs what is missing,
# checks the form of the sources, builds, and runs every test once where it tells most:
#
#   release   the program as it is shipped, driven from outside (end_to_end), killed and with calls that fail (torture), its
#             page in a real browser, 200 simulated days of the engine, and the rules on the sources
#   dev       every room's own tests, under the address and undefined behaviour sanitizers, and 20 s of each
#             fuzz target (SUPRSYNC_FUZZ_SECONDS)
#   tsan      the rooms with threads (storage, net/process, http), under the thread sanitizer
#
# With release, also the package: made from what was built, installed and used on a Debian that systemd-nspawn boots
# (tests/package/run.sh). That alone is left out where nothing can be booted, and then named in the last lines.
#
#   tests/run.sh [PRESET...]     default: release dev tsan
#
# tests/all.sh runs every test under release and dev, and what takes longer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. conf/packages.sh

declare -A targets=(
  [release]="suprsync end_to_end_tests simulation_tests benchmarks"
  [dev]="engine_tests net_tests storage_tests http_tests fuzz_targets"
  [tsan]="net_tests storage_tests http_tests"
)
declare -A chosen_tests=(
  [release]="-L ^(end_to_end|page|simulation|sources|torture)$"
  [dev]="-LE ^(container|end_to_end|page|simulation|sources|torture|long)$"
  [tsan]="-L ^(storage/.*|net/process|http/.*)$ -LE ^long$"
)

presets=("$@")
[ ${#presets[@]} -gt 0 ] || presets=(release dev tsan)
for preset in "${presets[@]}"; do
  [ -n "${targets[$preset]:-}" ] || { echo "error: there is no preset '$preset': release, dev or tsan" >&2; exit 2; }
done

stage() { printf '\n== %4d s: %s\n' "$SECONDS" "$1"; }

stage "packages"
install_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}" \
  "${package_packages[@]}" "${package_test_packages[@]}" "${page_packages[@]}"

stage "format, shell"
git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-19 --dry-run --Werror
tests/shell.sh

build() {
  cmake --preset "$1"
  # shellcheck disable=SC2086  # a list of words
  cmake --build --preset "$1" -j "$(nproc)" --target ${targets[$1]}
}

with_the_time_that_is_left() { chrt --idle --pid 0 "$BASHPID" || true; }  # where that may not be set, they share

# What goes on beside the tests of a preset: with the processor time that these leave the build of the next one, and,
# beside those of dev, clang-tidy; beside the last ones the package, which waits more than it computes.
beside() {
  if [ -n "$2" ]; then (with_the_time_that_is_left; build "$2"); fi
  if [ "$1" = dev ]; then (with_the_time_that_is_left; tests/tidy.sh ${TIDY:+"$TIDY"}); fi
  if [ -z "$2" ] && [ -n "$package" ]; then
    tests/package/run.sh || { [ $? -eq 77 ] && touch build/package-skipped; }
  fi
}
package=
for preset in "${presets[@]}"; do [ "$preset" != release ] || package=yes; done
aside=
trap '[ -z "$aside" ] || kill -- "-$aside" 2>/dev/null || true' EXIT

mkdir -p build
rm -f build/package-skipped
if [ -n "$package" ]; then
  (with_the_time_that_is_left; tests/package/run.sh --prepare) >build/package-prepared.log 2>&1 &
fi
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
  stage "what went on beside: ${next:+the build of $next }$([ "$preset" != dev ] || echo "clang-tidy ")$(
    [ -n "$next" ] || echo "${package:+the package}")"
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
if [ -e build/package-skipped ]; then
  printf '\nnot tested: the package as it is installed; %s\n' "$(grep '^skipped: ' build/beside.log)"
fi
if [ ${#failed[@]} -gt 0 ]; then
  echo "tests failed under: ${failed[*]}" >&2
  exit 1
fi
