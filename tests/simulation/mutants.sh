#!/usr/bin/env bash
# Breaks guards of the engine one at a time (mutants.cmake), and says in how many simulated days each is found: the test of
# the simulation.
#
#   tests/simulation/mutants.sh [NAME...]     default: all of them
#
# SUPRSYNC_MUTANT_DAYS: how many days each has to be found in (1000). Fails where one is not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

days=${SUPRSYNC_MUTANT_DAYS:-1000}
directory=build/release/tests/simulation
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target simulation_mutants

if [ -s "$directory/mutants/stale" ]; then
  cat "$directory/mutants/stale" >&2
  exit 1
fi
mutants=("$@")
[ ${#mutants[@]} -gt 0 ] || mapfile -t mutants <"$directory/mutants/names"

# What the simulation says of the seeds from $2 on, $3 of them, with mutant $1.
simulate() {
  local told
  told=$(SUPRSYNC_MUTANT=$1 "$directory/simulation_mutants" --from "$2" --days "$3" --no-shrink) || true
  [[ $told == *" days (seeds from "* ]] || return 255
  echo "$told"
}
# Prints one line; 1 where it is not found. A seed that fails where nothing is broken, too, says nothing of any mutant: 255,
# which ends the whole run.
find_one() {
  local told seed
  told=$(simulate "$1" 1 "$2") || return 255
  seed=$(sed -n 's/^seed \([0-9]*\) of .*/\1/p' <<<"$told")
  if [ -z "$seed" ]; then
    printf '%-40s NOT FOUND in %s days\n' "$1" "$2"
    return 1
  fi
  if [[ $(simulate none "$seed" 1) == *"seed $seed of "* ]]; then
    echo "error: seed $seed fails where nothing is broken: tests/simulation/replay $seed" >&2
    return 255
  fi
  printf '%-40s day %4s: %s\n' "$1" "$seed" "$(sed -n 's/^  //p' <<<"$told" | sed -n 1p)"
}
export -f find_one simulate
export directory
printf '%s\n' "${mutants[@]}" | xargs -P "$(nproc)" -I '{}' bash -c "find_one '{}' $days"
