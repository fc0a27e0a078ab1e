#!/usr/bin/env bash
# Keeps in tests/fuzz/corpus what runs of the fuzz targets made of the seeds: of each target the fewest inputs that
# reach all code which those in DIRECTORY/<target>/corpus, the seeds and the ones that are kept already do, but the
# seeds themselves. Where they are more than 300 files or 100,000 bytes, the smallest.
#
#   tests/fuzz/keep.sh [TARGET...]     default: every target that was built
#
# SUPRSYNC_FUZZ_BUILD: where they were built and run (build/fuzz/tests/fuzz)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
directory=${SUPRSYNC_FUZZ_BUILD:-build/fuzz/tests/fuzz}
most_files=300 most_bytes=100000

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for program in "$directory"/fuzz_*; do
    [ ! -x "$program" ] || targets+=("${program##*/fuzz_}")
  done
fi
if [ ${#targets[@]} -eq 0 ]; then
  echo "error: nothing is built in $directory: cmake --build --preset fuzz --target fuzz_targets" >&2
  exit 1
fi

fewest=$(mktemp -d)
trap 'rm -rf "$fewest"' EXIT
for target in "${targets[@]}"; do
  kept=tests/fuzz/corpus/$target
  mkdir -p "$kept" "$directory/$target/corpus"
  rm -rf "${fewest:?}"/*
  # What the first directory reaches needs no other input.
  cp -r "tests/fuzz/seeds/$target" "$fewest/inputs"
  "$directory/fuzz_$target" -set_cover_merge=1 -use_counters=0 -rss_limit_mb=1024 -timeout=10 -verbosity=0 \
    "$fewest/inputs" "$kept" "$directory/$target/corpus"
  for seed in "tests/fuzz/seeds/$target"/*; do rm -f "$fewest/inputs/${seed##*/}"; done
  rm -rf "$kept"
  mkdir "$kept"
  files=0 bytes=0
  while read -r size name; do
    if [ "$files" -ge "$most_files" ] || [ $((bytes + size)) -gt "$most_bytes" ]; then break; fi
    files=$((files + 1)) bytes=$((bytes + size))
    cp "$fewest/inputs/$name" "$kept/"
  done < <(find "$fewest/inputs" -type f -printf '%s %f\n' | sort -n)
  echo "$target: $files of $(find "$fewest/inputs" -type f | wc -l) inputs are kept, $bytes bytes"
done
