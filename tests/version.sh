#!/usr/bin/env bash
# Which version conf/version.cmake tells: at the tag, after it, without one, and of source archives.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d "${TMPDIR:-/tmp}/suprsync-version.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
mkdir -p "$work/repository/conf"
cp .gitattributes .git_archival.txt "$work/repository"
cp conf/version.cmake "$work/repository/conf"
cd "$work/repository"

in_git() { git -c user.name=somebody -c user.email=somebody@localhost -c init.defaultBranch=main "$@"; }
commit() { in_git commit --quiet --allow-empty --message "$1"; }
told() { cmake -P "$1/conf/version.cmake"; }
archived() {
  rm -rf -- "$work/archive"
  mkdir "$work/archive"
  git archive HEAD | tar --extract --directory "$work/archive"
  told "$work/archive"
}
failed=0
expect() {
  [ "$2" = "$3" ] && return 0
  echo "FAIL $1: expected $2, found $3" >&2
  failed=1
}
abbreviated() { git rev-parse --short=7 HEAD; }

expect "no repository" 0.0.0 "$(told .)"
in_git init --quiet
git add .
commit first
commit second
expect "no tag" "0.0.0+2.g$(abbreviated)" "$(told .)"
expect "an archive, no tag" "0.0.0+0.g$(abbreviated)" "$(archived)"
git tag v0.1.0-rc1
git tag verified
expect "tags that are no releases" "0.0.0+2.g$(abbreviated)" "$(told .)"
expect "an archive, tags that are no releases" "0.0.0+0.g$(abbreviated)" "$(archived)"
commit third
git tag v0.1.0
expect "the tag" 0.1.0 "$(told .)"
expect "an archive of the tag" 0.1.0 "$(archived)"
commit fourth
commit fifth
expect "after the tag" "0.1.0+2.g$(abbreviated)" "$(told .)"
expect "an archive after the tag" "0.1.0+2.g$(abbreviated)" "$(archived)"
mkdir "$work/repository/unpacked"
cp -rT "$work/archive" "$work/repository/unpacked"
commit sixth
expect "an archive within another repository" "0.1.0+2.g$(git rev-parse --short=7 HEAD~)" "$(told unpacked)"
git tag v0.10.0
expect "the tag of the next release" 0.10.0 "$(told .)"
commit seventh
expect "after the next release" "0.10.0+1.g$(abbreviated)" "$(told .)"

cmake -DOUTPUT="$work/version.cpp" -P conf/version.cmake
touch --date=2001-01-01 "$work/version.cpp"
cmake -DOUTPUT="$work/version.cpp" -P conf/version.cmake
expect "the source of the same version" "$(date --date=2001-01-01 +%s)" "$(stat --format=%Y "$work/version.cpp")"
commit eighth
cmake -DOUTPUT="$work/version.cpp" -P conf/version.cmake
written=$(sed -n 's/.*return "\(.*\)";.*/\1/p' "$work/version.cpp")
expect "the source of the next version" "0.10.0+2.g$(abbreviated)" "$written"
[ "$failed" -eq 0 ] || exit 1
echo "version: all as it should be"
