#!/usr/bin/env bash
# Run as process 1 of namespaces of its own (tests/container/container.py): mounts what a container engine mounts, and
# becomes the command of the image.
#
#   enter.sh ROOT HOSTNAME USER[:GROUP] BINDS [SOURCE TARGET]... [NAME=VALUE]... COMMAND...     BINDS: how many
set -euo pipefail
root=$1 hostname=$2 account=$3 binds=$4
shift 4
hostname "$hostname"
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/dev/shm"
for ((; binds > 0; binds--)); do
  mkdir -p -- "$root$2"
  mount --bind -- "$1" "$root$2"
  shift 2
done
cd /
exec chroot --userspec="$account" "$root" env -i "$@"
