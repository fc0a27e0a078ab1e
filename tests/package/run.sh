#!/usr/bin/env bash
# The package as it is installed: makes it, looks what it is made of, and installs, uses, upgrades and removes it on a
# Debian that debootstrap makes and systemd-nspawn boots (tests/package/installed.py). Where only root can do that and this
# is not root, or nothing can be booted here, it says so and exits with 77.
#
#   tests/package/run.sh                      as this directory is, for the Debian of this machine (conf/package.sh --here)
#   tests/package/run.sh --release CODENAME   as it is committed, for that Debian (conf/package.sh --release)
#   tests/package/run.sh --prepare            only makes the Debian to boot (minutes of network and disk), in build/debian
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. conf/packages.sh
. conf/debian_root.sh
if [ "$(id -u)" -ne 0 ]; then
  echo "skipped: only root can boot a machine"
  exit 77
fi
install_packages "${package_test_packages[@]}"

codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
how=(--here)
case ${1:-} in
  --release) codename=$2 how=(--release "$2") ;;
  --prepare | "") ;;
  *) echo "usage: tests/package/run.sh [--release CODENAME | --prepare]" >&2; exit 2 ;;
esac

base=$(debian_root "$codename" booted "${run_packages[@]}" "${booted_packages[@]}") || {
  echo "skipped: no Debian to boot can be made here (debootstrap and apt say why above)"
  exit 77
}
[ "${1:-}" != --prepare ] || exit 0

work=$(mktemp -d "$PWD/build/package-test.XXXXXX")
trap 'rm -rf --one-file-system -- "$work"' EXIT
chmod 755 "$work"
package=$(conf/package.sh "${how[@]}")
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/tests/support
python3 tests/package/contents.py "$package" "$PWD"

# The same with a higher version and another configuration, as a version with a further key has it.
dpkg-deb --raw-extract "$package" "$work/newer"
sed -i 's/^Version: .*/&+newer/' "$work/newer/DEBIAN/control"
echo "# A key of a newer version." >>"$work/newer/etc/suprsync/suprsync.yaml"
dpkg-deb --root-owner-group -Znone --build "$work/newer" "$work/newer.deb" >/dev/null

# What the package depends on is there before: the machine has no network.
depends=$(dpkg-deb --field "$package" Depends)
if [ "$(cat "$base.satisfied" 2>/dev/null)" != "$depends" ]; then
  rm -f -- "$base.satisfied"
  in_root "$base" apt-get satisfy -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$depends"
  printf '%s\n' "$depends" >"$base.satisfied"
fi
cp -a --reflink=auto -- "$base" "$work/root"
rm "$work/root/usr/sbin/policy-rc.d"
repository=$PWD
cd "$work"
python3 "$repository/tests/package/installed.py" "$work/root" "$package" "$work/newer.deb"
