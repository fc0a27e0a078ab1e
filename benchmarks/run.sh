#!/usr/bin/env bash
# Builds the release preset and measures it: the table goes to standard output and to build/benchmarks/results.md,
# the same with every single sample to build/benchmarks/results.json. README.md beside this file says how to read it.
#
#   benchmarks/run.sh [--quick] [--list] [SCENARIO...]     default: all of them (about an hour; a quiet machine)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. conf/packages.sh

install_packages "${build_packages[@]}" "${run_packages[@]}" "${bench_packages[@]}" >&2
cmake --preset release >&2
cmake --build --preset release --target suprsync benchmarks >&2
exec env PYTHONPATH=benchmarks python3 -m bench --build build/release --results build/benchmarks "$@"
