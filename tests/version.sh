#!/usr/bin/env bash
# Which version conf/version.cmake tells: at the tag, after it, without one, and of source archives.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d "${TMPDIR:-/tmp}/suprsync-version.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
number=$(sed -n 's/^set(suprsync_number \(.*\))$/\1/p' conf/version.cmake)
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

[[ "$number" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "FAIL: the number is '$number'" >&2; exit 1; }
expect "no repository" "$number" "$(told .)"
in_git init --quiet
git add .
commit first
commit second
expect "no tag" "$number+2.g$(abbreviated)" "$(told .)"
expect "an archive, no tag" "$number+0.g$(abbreviated)" "$(archived)"
git tag v0.0.1
expect "the tag of another number" "$number+2.g$(abbreviated)" "$(told .)"
expect "an archive, the tag of another number" "$number+0.g$(abbreviated)" "$(archived)"
commit third
git tag "v$number"
expect "the tag" "$number" "$(told .)"
expect "an archive of the tag" "$number" "$(archived)"
commit fourth
commit fifth
expect "after the tag" "$number+2.g$(abbreviated)" "$(told .)"
expect "an archive after the tag" "$number+2.g$(abbreviated)" "$(archived)"
mkdir "$work/repository/unpacked"
cp -rT "$work/archive" "$work/repository/unpacked"
commit sixth
expect "an archive within another repository" "$number+2.g$(git rev-parse --short=7 HEAD~)" "$(told unpacked)"

cmake -DOUTPUT="$work/version.cpp" -P conf/version.cmake
touch --date=2001-01-01 "$work/version.cpp"
cmake -DOUTPUT="$work/version.cpp" -P conf/version.cmake
expect "the source of the same version" "$(date --date=2001-01-01 +%s)" "$(stat --format=%Y "$work/version.cpp")"
commit seventh
cmake -DOUTPUT="$work/version.cpp" -P conf/version.cmake
written=$(sed -n 's/.*return "\(.*\)";.*/\1/p' "$work/version.cpp")
expect "the source of the next version" "$number+4.g$(abbreviated)" "$written"
[ "$failed" -eq 0 ] || exit 1
echo "version: all as it should be"
