#!/usr/bin/env bash
# Boots the Debian in a directory with systemd-nspawn, on a network of its own, and again where it reboots; SIGTERM turns
# it off. Run by tests/package/machine.py in a namespace of mounts of its own.
#
#   boot.sh ROOT NAME
set -euo pipefail
root=$1 name=$2
mount --make-rprivate /
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
# The hierarchy of control groups that systemd of Debian 13 insists on, also where this machine has the old ones; a group
# of its own there, in which the machine may make further ones.
if [ "$(stat --file-system --format=%T /sys/fs/cgroup)" != cgroup2fs ]; then
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
mkdir -p "/sys/fs/cgroup/$name"
echo $$ >"/sys/fs/cgroup/$name/cgroup.procs"

machine=
trap 'kill -TERM "$machine" 2>/dev/null || true' TERM
rebooted=133  # its exit status where something else is to boot it again
status=$rebooted
while [ "$status" -eq "$rebooted" ]; do
  # To ask whether the clock is synchronised is permitted, as it is outside of containers.
  systemd-nspawn --quiet --settings=no --register=no --keep-unit --link-journal=no --resolv-conf=off --timezone=off \
    --private-network --system-call-filter="adjtimex clock_adjtime" --console=read-only \
    --machine="$name" --directory="$root" --boot &
  machine=$!
  status=0
  wait "$machine" || status=$?
  # The signal ended the wait, not the machine.
  while kill -0 "$machine" 2>/dev/null; do
    status=0
    wait "$machine" || status=$?
  done
done
echo $$ >/sys/fs/cgroup/cgroup.procs
find "/sys/fs/cgroup/$name" -depth -type d -exec rmdir {} + || true
exit "$status"
