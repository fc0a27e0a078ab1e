#!/usr/bin/env bash
# Builds and tests with the compiler and the Boost of the next Debian (13: GCC 14, Boost 1.83), in a system made by
# debootstrap. It is kept, and used again, in the directory named (build/debian-13 where none is). Needs root.
#
#   tests/other_compiler.sh [DIRECTORY]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. conf/packages.sh

root=$(realpath -m "${1:-build/debian-13}")
install_packages debootstrap
if [ ! -e "$root/made" ]; then
  rm -rf -- "$root"
  mkdir -p -- "$root"
  as_root debootstrap --variant=minbase --include=ca-certificates,git trixie "$root"
  touch "$root/made"
fi
# The packages' proxy settings, where this machine has any.
if [ -d /etc/apt/apt.conf.d ]; then as_root cp -rT /etc/apt/apt.conf.d "$root/etc/apt/apt.conf.d"; fi
rm -rf -- "$root/suprsync/source"
mkdir -p -- "$root/suprsync/source"
git ls-files -z | tar --create --null --files-from=- --ignore-failed-read 2>/dev/null |
  tar --extract --directory "$root/suprsync/source"

as_root unshare --mount --pid --fork --mount-proc="$root/proc" bash -s "$root" <<'IN_A_NAMESPACE'
set -euo pipefail
root=$1
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/run"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  bash -c '
    set -euo pipefail
    cd /suprsync/source
    . conf/packages.sh
    apt-get update -qq
    install_packages g++ "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
    g++ --version | sed -n 1p
    cmake -S . -B /suprsync/build -G Ninja -D CMAKE_CXX_COMPILER=g++ -D CMAKE_BUILD_TYPE=None -D CMAKE_CXX_FLAGS=-O1
    cmake --build /suprsync/build -j "$(nproc)" -- -k 0
    ctest --test-dir /suprsync/build --output-on-failure --no-tests=error -j 2 -LE "^(long|container)$"
  '
IN_A_NAMESPACE
