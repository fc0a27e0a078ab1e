#!/usr/bin/env bash
# Makes a release from the tag that is checked out: build/releases/X.Y.Z has the source archive, the packages that were
# made from it for each Debian release, each in a Debian of its own, and the sums of all of these. Everything is made
# twice, in other directories and without the compiler's cache, and has to come out in the same bytes.
#
#   conf/release.sh [CODENAME...]     bookworm trixie where none is named; needs root, network, and half an hour each
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. conf/packages.sh
. conf/debian_root.sh

fail() {
  echo "error: $*" >&2
  exit 1
}
codenames=("$@")
[ ${#codenames[@]} -gt 0 ] || codenames=(bookworm trixie)
for codename in "${codenames[@]}"; do debian_version "$codename" >/dev/null; done

[ -z "$(git status --porcelain)" ] || fail "there are changes that are not committed (git status)"
number=$(cmake -P conf/version.cmake)
[[ "$number" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "this is $number, not a release: git tag vX.Y.Z, or git checkout vX.Y.Z"
grep -q "^## \[$number\]" CHANGELOG.md || fail "CHANGELOG.md has no heading '## [$number]'"

export SUPRSYNC_PACKAGE_CLEAN=1 SUPRSYNC_DEBIAN_DIRECTORY=$PWD/build/debian
work=$PWD/build/releases/work
release=$PWD/build/releases/$number
rm -rf -- "$work" "$release"
mkdir -p "$work" "$release"
for attempt in first second; do
  made=$work/$attempt/made
  mkdir -p "$made"
  name=suprsync-$number
  git archive --format=tar --prefix="$name/" HEAD | xz --threads=1 >"$made/$name.tar.xz"
  for codename in "${codenames[@]}"; do
    place=$work/$attempt/$codename
    mkdir "$place"
    tar --extract --directory "$place" --file "$made/$name.tar.xz"
    "$place/$name/conf/package.sh" --release "$codename" >/dev/null
    find "$place/$name/build/packages" -name 'suprsync*' -type f -exec cp -t "$made" {} +
    rm -rf -- "$place"
  done
done
diff --recursive "$work/first/made" "$work/second/made" || fail "what was made twice differs, in $work"
cp -t "$release" "$work"/first/made/*
rm -rf -- "$work"
(cd "$release" && sha256sum -- * >"$work.sums" && mv "$work.sums" SHA256SUMS)
echo "twice the same bytes:" >&2
cat "$release/SHA256SUMS" >&2
echo "$release"
