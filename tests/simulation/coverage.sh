#!/usr/bin/env bash
# Which branches of the engine's rules simulated days reach: lines and branches of each file, and those that none reached.
#
#   tests/simulation/coverage.sh [DAYS]       default: 1000
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

days=${1:-1000}
build=build/simulation_coverage
cmake --preset release -B "$build" -DCMAKE_CXX_FLAGS="-fprofile-instr-generate -fcoverage-mapping" >/dev/null
cmake --build "$build" -j "$(nproc)" --target simulation_tests
program=$build/tests/simulation/simulation_tests
rm -f "$build"/*.profraw
export LLVM_PROFILE_FILE=$PWD/$build/%p.profraw
half=$(((days + 1) / 2))
"$program" --from 1 --days "$half" --failures 1000 --no-shrink >/dev/null &
"$program" --from $((half + 1)) --days $((days - half)) --failures 1000 --no-shrink >/dev/null || true
wait $! || true
llvm-profdata-19 merge -o "$build/days.profdata" "$build"/*.profraw
mapfile -t rules < <(git ls-files 'engine/rules/*.cpp')
llvm-cov-19 report "$program" -instr-profile="$build/days.profdata" -show-branch-summary "${rules[@]}"
llvm-cov-19 show "$program" -instr-profile="$build/days.profdata" -show-branches=count -format=text "${rules[@]}" \
  >"$build/branches.txt"
echo "branch by branch: $build/branches.txt"
