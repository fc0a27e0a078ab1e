#!/usr/bin/env bash
# Runs one fuzz target: for SUPRSYNC_FUZZ_SECONDS (20), or where SUPRSYNC_FUZZ_RUNS is set, its share (of a
# thousand) of so many inputs.
# It begins with the seeds and with what is kept of earlier runs (keep.sh); what it makes of them stays in
# DIRECTORY/<target>/corpus, and the next run begins with that, too.
#
#   tests/fuzz/run.sh PROGRAM DIRECTORY SHARE LONGEST
set -euo pipefail
program=$1 directory=$2 share=$3 longest=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${program##*/fuzz_}
work=$directory/$target
found=$work/found/$(date -u +%Y%m%d-%H%M%S)
mkdir -p "$work/corpus" "$work/found"
# What was freed is kept for less than by default: it takes a quarter of the time to fetch new memory instead.
export ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=16}

how=("-max_total_time=${SUPRSYNC_FUZZ_SECONDS:-20}")
[ -z "${SUPRSYNC_FUZZ_RUNS:-}" ] || how=("-runs=$((SUPRSYNC_FUZZ_RUNS * share / 1000))")
[ ! -f "$here/$target.dict" ] || how+=("-dict=$here/$target.dict")
begins=("$work/corpus" "$here/seeds/$target")
[ ! -d "$here/corpus/$target" ] || begins+=("$here/corpus/$target")
status=0
"$program" "${how[@]}" "-max_len=$longest" -rss_limit_mb=1024 -timeout=10 -verbosity=0 -print_final_stats=1 \
  "-exact_artifact_path=$found" "${begins[@]}" || status=$?
if [ -f "$found" ]; then
  printf '\nfuzz.%s found an input, see above what must hold. To repeat it:\n  %s %s\n' "$target" "$program" "$found"
fi
exit "$status"
