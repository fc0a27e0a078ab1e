#!/usr/bin/env bash
# Builds and tests with the compiler and the Boost of the next Debian (13: GCC 14, Boost 1.83), in a system made by
# debootstrap, which is kept in build/debian and used again. Needs root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. conf/packages.sh
. conf/debian_root.sh

install_packages debootstrap
names=$(DEBIAN_CODENAME=trixie bash -c '. conf/packages.sh
  echo "${build_packages[*]} ${run_packages[*]} ${test_packages[*]}"')
# shellcheck disable=SC2086  # a list of words
root=$(debian_root trixie other-compiler g++ $names)
source=$root/suprsync/source
rm -rf -- "$source"
mkdir -p -- "$source"
git ls-files -z | tar --create --null --files-from=- --ignore-failed-read 2>/dev/null | tar --extract --directory "$source"

# shellcheck disable=SC2016  # for the shell in there
in_root "$root" bash -euo pipefail -c '
  cd /suprsync/source
  g++ --version | sed -n 1p
  cmake -S . -B /suprsync/build -G Ninja -D CMAKE_CXX_COMPILER=g++ -D CMAKE_BUILD_TYPE=None -D CMAKE_CXX_FLAGS=-O1
  cmake --build /suprsync/build -j "$(nproc)" -- -k 0
  ctest --test-dir /suprsync/build --output-on-failure --no-tests=error -j 2 -LE "^(long|container)$"
'
