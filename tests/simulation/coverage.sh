#!/usr/bin/env bash
# Which branches of engine/rules and engine/run no simulated day reaches: place, side and text of each, but for those of which
# unreached.txt says why.
#
#   tests/simulation/coverage.sh [DAYS [FROM]]       default: 1000 days, seeds from 1
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

command -v llvm-cov-19 >/dev/null || { echo "error: llvm-cov-19 is not there: apt install llvm-19" >&2; exit 2; }
days=${1:-1000}
from=${2:-1}
directory=build/release/tests/simulation
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target simulation_coverage
program=$directory/simulation_coverage
rm -f "$directory"/*.profraw
export LLVM_PROFILE_FILE=$PWD/$directory/%p.profraw
half=$(((days + 1) / 2))
failed=0
"$program" --from "$from" --days "$half" --failures 1000 --no-shrink >"$directory/days.1" &
"$program" --from $((from + half)) --days $((days - half)) --failures 1000 --no-shrink >"$directory/days.2" || failed=1
wait $! || failed=1
[ "$failed" = 0 ] || grep -h -A 3 '^seed' "$directory"/days.[12] || true
llvm-profdata-19 merge -o "$directory/days.profdata" "$directory"/*.profraw
rm -f "$directory"/*.profraw
llvm-cov-19 export "$program" -instr-profile="$directory/days.profdata" -skip-expansions -skip-functions \
  >"$directory/branches.json"
tests/simulation/unreached.py "$directory/branches.json" tests/simulation/unreached.txt
