#!/usr/bin/env bash
# Campaigns that hurt the program and then ask whether anything was lost, on directories and an sshd of their own.
#
#   tests/torture/run.sh [ROUNDS]              kill -9: the daemon (at times its guardian, an rsync, an ssh or a far side) is
#                                              killed at random moments while files are registered over HTTP and by a foreign
#                                              program, and started anew; 500 rounds by default, a second or two each
#   tests/torture/run.sh --everything [ROUNDS] the same, and other troubles at once: processes that are stopped, a link that is
#                                              cut, stands still or corrupts; disks of data, catalog and destinations that are
#                                              full, out of inodes, read-only or unmounted; a catalog that is locked, vacuumed,
#                                              replaced, or gets rows of random values; a clock that is set. For root; 200 rounds
#                                              by default
#   tests/torture/run.sh --long [OPTION]...    200 files a second for half an hour, with readers, reloads and troubles of the
#                                              link and the catalog: what sanitizers report, and whether memory, descriptors
#                                              and the catalog's log stay as they are. For a program of the presets dev or tsan
#   tests/torture/run.sh --sweep [OPTION]...   system calls of the daemon that fail, by strace: a day of files is copied,
#                                              announced and deleted, and in each of the daemon's threads the n-th call of
#                                              a kind fails, n = 1, 2, ... until none has so many; then a daemon without a
#                                              fault is to settle everything. Of each kind, to a local destination and over ssh.
#                                              With --kill, it is killed when it would make the call: at each of its steps
#   tests/torture/run.sh --malloc [OPTION]...  the same with allocations: one of all fails, 2,000 times by default
#   tests/torture/run.sh --power [ROUNDS]      the power goes, at random moments: of this machine or of that of the destinations
#                                              over ssh; what was not flushed to its disk (ext4, by FUSE) is lost, in part and in any
#                                              order. For root; 100 rounds by default, two or three seconds each
#
# --help after the kind tells its options: how long (--minutes), which choices are repeated (--seed), and others. What is not as it should be is told, and
# the exit status is 1; the last lines are one for tests/torture/RECORD.md and what was lost. SUPRSYNC names the program
# (build/release/suprsync), TORTURE_KEEP keeps the directory of a campaign in any case; otherwise what is needed to see a
# fault is kept.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${SUPRSYNC:-$here/../../build/release/suprsync}
kind=kills.py
case ${1:-} in
    -h | --help)
        sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    --sweep) kind=sweep.py && shift ;;
    --malloc) kind=allocations.py && shift ;;
    --power) kind=power.py && shift ;;
    --long) kind=long.py && shift ;;
    --everything) kind=everything.py && shift ;;
esac
if [ ! -x "$program" ]; then
    echo "error: there is no $program: cmake --preset release && cmake --build --preset release --target suprsync" >&2
    exit 2
fi
export SUPRSYNC=$program PYTHONDONTWRITEBYTECODE=1
skip() {
    echo "skipped: $1"
    exit 77
}
if [ "$kind" = power.py ]; then
    for device in /dev/fuse /dev/loop-control; do
        [ -c "$device" ] || skip "there is no $device"
    done
    /usr/bin/python3 -c 'import fusepy' 2>/dev/null || skip "there is no fusepy: apt-get install python3-fusepy"
fi
if [ "$kind" = power.py ] || [ "$kind" = everything.py ]; then
    [ "$(id -u)" -eq 0 ] || skip "only root can mount disks"
    own_mounts=(unshare --mount --propagation private)
    "${own_mounts[@]}" true || skip "mounts of its own are not allowed"
    exec "${own_mounts[@]}" /usr/bin/python3 "$here/$kind" "$@"
fi
exec python3 "$here/$kind" "$@"
