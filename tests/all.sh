#!/usr/bin/env bash
# What is run by hand before an issue is closed: all of tests/run.sh, every test under release (the long
# ones included) and under dev (without those: ten million rows take too long under sanitizers), ten million inputs over
# the fuzz targets, clang-tidy on the whole program, each file by itself, guards of the rules that are broken on purpose,
# campaigns of kill -9, of power cuts, of failing system calls and of failing allocations, another compiler, and the package
# on the next Debian. Under tsan there is nothing to add to tests/run.sh: engine and end_to_end never run there.
#
#   tests/all.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

TIDY=--all tests/run.sh
failed=()
step() {
  printf '\n== %5d s: %s\n' "$SECONDS" "$1"
  shift
  "$@" || failed+=("$*")
}
every_test() {
  cmake --build --preset "$1" -j "$(nproc)" && ctest --preset "$@" --output-on-failure --no-tests=error -j 2
}
ten_million_inputs() {
  cmake --preset fuzz && cmake --build --preset fuzz -j "$(nproc)" --target fuzz_targets &&
    SUPRSYNC_FUZZ_RUNS=10000000 ctest --preset fuzz -L '^fuzz$' --no-tests=error -j 2
}
step "release: every test" every_test release
step "dev: every test but the long ones" every_test dev -LE '^(long|fuzz|container|page|torture)$'
each_file_alone() {
  cmake --preset one_by_one && cmake --build --preset one_by_one -j "$(nproc)" &&
    ctest --preset one_by_one -R '^standalone_headers$' --no-tests=error
}
step "each file and header alone" each_file_alone
step "fuzz: ten million inputs" ten_million_inputs
step "guards that are broken, each found in a simulated day" tests/simulation/mutants.sh
step "kill -9, 50 rounds (500 by hand, on a quiet machine, after a change of what is written)" tests/torture/run.sh 50
# 77: no disks can be made here; it says so.
every_trouble() { tests/torture/run.sh --everything 100 || [ $? -eq 77 ]; }
step "kills and every trouble at once, 100 rounds" every_trouble
power_cuts() { tests/torture/run.sh --power 100 || [ $? -eq 77 ]; }
step "power cuts, 100 rounds (1,000 by hand)" power_cuts
step "system calls that fail, a tenth of them (all by hand)" tests/torture/run.sh --sweep --stride 10
step "kills at system calls, a tenth of them (all by hand)" tests/torture/run.sh --sweep --kill --stride 10
step "allocations that fail, 200 of them (2,000 by hand)" tests/torture/run.sh --malloc --points 200
step "the image, compiled in itself" tests/container/run.sh --whole
step "another compiler" tests/other_compiler.sh
# 77: nothing can be booted here; it says so.
package_of_next_debian() { tests/package/run.sh --release trixie || [ $? -eq 77 ]; }
step "the package on Debian 13, as committed" package_of_next_debian
printf '\n== %5d s\n' "$SECONDS"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "all of it passed"
