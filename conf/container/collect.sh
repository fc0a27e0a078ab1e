#!/usr/bin/env bash
# What an image is made of, from what was built: DIRECTORY/suprsync, the program without its debug symbols, and
# DIRECTORY/packages, the Debian packages that it runs with, those of its shared libraries among them.
#
#   conf/container/collect.sh BUILD_DIRECTORY DIRECTORY
set -euo pipefail
# shellcheck source=conf/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/../packages.sh"
[ $# -eq 2 ] || { echo "usage: conf/container/collect.sh BUILD_DIRECTORY DIRECTORY" >&2; exit 2; }
program=$1/suprsync
directory=$2

mkdir -p -- "$directory"
strip -o "$directory/suprsync" "$program"
# By folder and name: where a package has a library and where the loader finds it differ by the link /lib -> usr/lib.
libraries=$(ldd "$program" | sed -n 's|.* => .*\(/[^/]*/[^/ ]*\) (.*|*\1|p')
mapfile -t libraries <<<"$libraries"
owners=$(dpkg-query --search "${libraries[@]}")
owners=$(sed '/^diversion/d; s/[:,].*//' <<<"$owners")
printf '%s\n' "${run_packages[@]}" "$owners" | sort -u >"$directory/packages"
