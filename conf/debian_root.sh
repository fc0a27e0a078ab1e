# shellcheck shell=bash
# Debian systems in directories, made by debootstrap: packages and images are built in them, tests run in them. What is
# made lies in build/debian (SUPRSYNC_DEBIAN_DIRECTORY) and is used again. Sourced, from the repository's directory; needs
# root and debootstrap.
debian_directory=${SUPRSYNC_DEBIAN_DIRECTORY:-$PWD/build/debian}

# debian_version CODENAME: its number, as in /etc/os-release.
debian_version() {
  case $1 in
    bookworm) echo 12 ;;
    trixie) echo 13 ;;
    *) echo "error: no Debian that suprsync is packaged for: $1 (bookworm, trixie)" >&2; return 2 ;;
  esac
}

# debian_base CODENAME: prints the path of an archive of a minimal system.
debian_base() {
  local base=$debian_directory/$1.tar made
  mkdir -p "$debian_directory"
  (
    flock 9
    if [ -e "$base" ]; then exit 0; fi
    made=$(mktemp -d "$debian_directory/$1.XXXXXX") || exit 1
    trap 'rm -rf --one-file-system -- "$made"' EXIT
    chmod 755 "$made"
    debootstrap --variant=minbase --include=ca-certificates "$1" "$made" >&2 || exit 1
    # The packages' proxy settings, where this machine has any.
    if [ -d /etc/apt/apt.conf.d ]; then cp -rT /etc/apt/apt.conf.d "$made/etc/apt/apt.conf.d"; fi
    rm -rf -- "$made"/var/cache/apt/archives/*.deb
    # What is installed there need not survive a power cut.
    echo force-unsafe-io >"$made/etc/dpkg/dpkg.cfg.d/unsafe-io"
    # Nothing is started there by its installation.
    printf '#!/bin/sh\nexit 101\n' >"$made/usr/sbin/policy-rc.d"
    chmod 755 "$made/usr/sbin/policy-rc.d"
    tar --create --numeric-owner --xattrs --directory "$made" --file "$base.new" . && mv "$base.new" "$base"
  ) 9>"$base.lock" || return 1
  echo "$base"
}

# debian_root CODENAME NAME PACKAGE...: prints the path of a directory that is a system with these packages, under a name
# of its purpose.
debian_root() {
  local root=$debian_directory/$1-$2 wanted base
  wanted=$(printf '%s\n' "${@:3}")
  base=$(debian_base "$1") || return 1
  (
    flock 9
    if [ "$(cat "$root.made" 2>/dev/null)" = "$wanted" ]; then exit 0; fi
    rm -rf --one-file-system -- "$root" "$root.made" "$root.satisfied"
    mkdir "$root" &&
      tar --extract --numeric-owner --xattrs --directory "$root" --file "$base" &&
      in_root "$root" apt-get -qq update >&2 &&
      in_root "$root" apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${@:3}" >&2 &&
      printf '%s\n' "$wanted" >"$root.made"
  ) 9>"$root.lock" || return 1
  echo "$root"
}

# in_root ROOT [--bind SOURCE TARGET]... COMMAND...: runs it there, in namespaces of mounts and processes of its own, on
# the network of this machine; variables are given with `env`.
in_root() {
  # shellcheck disable=SC2016  # for the shell in there
  unshare --mount --pid --fork --kill-child bash -euc '
    root=$1
    shift
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount -t tmpfs tmpfs "$root/run"
    cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    while [ "$1" = --bind ]; do
      mkdir -p -- "$root$3"
      mount --bind -- "$2" "$root$3"
      shift 3
    done
    exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
  ' in_root "$@"
}
