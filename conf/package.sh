#!/usr/bin/env bash
# Makes the Debian package: build/packages/ has it, its debug symbols, what it is made of (SPDX), and the sums of these.
# Prints the path of the package on the last line, and nothing else, to standard output.
#
#   conf/package.sh                       for each Debian release, that of this machine last
#   conf/package.sh --release CODENAME... bookworm or trixie: what is committed, in a system of that release's own
#                                         (debootstrap, kept in build/debian; needs root)
#   conf/package.sh --here                as this directory is, on this machine and for its release; what was built in
#                                         build/release is not compiled again
#
# SUPRSYNC_PACKAGE_CLEAN=1: without the compiler's cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec 3>&1 1>&2
. conf/packages.sh
. conf/debian_root.sh

usage() {
  sed -n 's/^#   \(conf\/package.sh.*\)/usage: \1/p' conf/package.sh
  exit 2
}

# When these sources were committed, in seconds since the epoch; where nothing tells, now.
committed_at() {
  if [ -e .git ]; then
    git log -1 --format=%ct
  else
    sed -n 's/^time: \([0-9]\{1,\}\)$/\1/p' .git_archival.txt
  fi
}

write_changelog() {
  local version=$1 codename=$2 time=$3
  cat >debian/changelog <<TEXT
suprsync ($version) $codename; urgency=medium

  * What is new stands in /usr/share/doc/suprsync/changelog.gz.

 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(LC_ALL=C date --utc --date="@$time" '+%a, %d %b %Y %H:%M:%S %z')
TEXT
}

sums_of() { (cd "$1" && rm -f SHA256SUMS && sums=$(sha256sum -- suprsync*.*) && echo "$sums" >SHA256SUMS); }

build_here() {
  install_packages "${build_packages[@]}" "${package_packages[@]}"
  local codename number version time package
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  number=$(debian_version "$codename")
  version=$(cmake -P conf/version.cmake)-1~deb$number
  time=$(committed_at)
  write_changelog "$version" "$codename" "${time:-$(date +%s)}"
  mkdir -p build/packages
  rm -f -- build/packages/suprsync*~deb"$number"_*
  debian/rules clean
  # Its own check wants build-essential, too, which is another compiler.
  DEB_BUILD_OPTIONS="parallel=$(nproc)" dpkg-buildpackage --rules-target=binary --no-check-builddeps --no-sign
  package=build/packages/suprsync_${version}_$(dpkg --print-architecture).deb
  SOURCE_DATE_EPOCH=$(dpkg-parsechangelog --show-field Timestamp) \
    conf/sbom.py "$package" build/release >"${package%.deb}.spdx.json"
  sums_of build/packages
  echo "$PWD/$package" >&3
}

# The same compiler, in the same directory: what was compiled here is not compiled there again.
cache_of_compiler() {
  if [ -n "${SUPRSYNC_PACKAGE_CLEAN:-}" ] || ! command -v ccache >/dev/null; then
    variables=(CCACHE_DISABLE=1)
    return 0
  fi
  local directory
  directory=$(ccache --get-config cache_dir)
  mkdir -p "$directory"
  binds+=(--bind "$directory" /var/cache/ccache)
  variables=(CCACHE_DIR=/var/cache/ccache CCACHE_BASEDIR="$(ccache --get-config base_dir)"
    CCACHE_SLOPPINESS="$(ccache --get-config sloppiness)")
  [ "$(ccache --get-config hash_dir)" = true ] || variables+=(CCACHE_NOHASHDIR=1)
}

build_in_release() {
  local codename=$1 root source name made
  debian_version "$codename" >/dev/null
  [ "$(id -u)" -eq 0 ] || { echo "error: only root can make a Debian system to build in (--here needs none)"; return 1; }
  install_packages "${package_root_packages[@]}"
  # The packages have other names there.
  local names
  names=$(DEBIAN_CODENAME=$codename bash -c '. conf/packages.sh && echo "${build_packages[*]} ${package_packages[*]}"')
  # shellcheck disable=SC2086  # a list of words
  root=$(debian_root "$codename" build $names)
  source=$PWD/build/packages/source-$codename
  rm -rf -- "$source"
  mkdir -p "$source"
  if [ -e .git ]; then
    [ -z "$(git status --porcelain)" ] || echo "warning: what is not committed will not be in the package"
    git clone --quiet --no-hardlinks . "$source"
  else
    tar --create --exclude=./build . | tar --extract --directory "$source"
  fi
  local binds=(--bind "$source" "$PWD") variables=()
  cache_of_compiler
  in_root "$root" "${binds[@]}" env "${variables[@]}" GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory \
    GIT_CONFIG_VALUE_0="$PWD" "$PWD/conf/package.sh" --here
  rm -f -- build/packages/suprsync*~deb"$(debian_version "$codename")"_*
  made=$(find "$source/build/packages" -maxdepth 1 -name 'suprsync_*.deb')
  name=${made##*/}
  find "$source/build/packages" -maxdepth 1 -name 'suprsync*' -exec mv -t build/packages {} +
  rm -rf -- "$source"
  sums_of build/packages
  echo "$PWD/build/packages/$name" >&3
}

case ${1:-} in
  --here)
    [ $# -eq 1 ] || usage
    build_here
    ;;
  --release)
    [ $# -ge 2 ] || usage
    for release in "${@:2}"; do build_in_release "$release"; done
    ;;
  "")
    own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [ "$own" = bookworm ] || build_in_release bookworm
    [ "$own" = trixie ] || build_in_release trixie
    case $own in bookworm | trixie) build_in_release "$own" ;; esac
    ;;
  *) usage ;;
esac
