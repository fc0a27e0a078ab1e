# shellcheck shell=sh
# The part of MD5 sums that are read slowly, between read_from_disk.sh and sum_files.sh: of its arguments, files of more
# than `paced_blocks` blocks of 64 KiB are read here, so many blocks and then a second of rest, and answered as
# `md5sum -z` does. The others are left to sum_files.sh.
# shellcheck disable=SC2154 # exported by stat.sh

# Reads $left bytes of standard input; says "x" on descriptor 3 where that fails.
read_slowly() {
    while [ "$left" -gt 0 ]; do
        dd bs=65536 count="$paced_blocks" iflag=fullblock status=none || { printf x >&3; return; }
        left=$((left - paced_blocks * 65536))
        [ "$left" -le 0 ] || sleep 1
    done
}
paced_status=0
for f do
    shift
    left=
    # What is no regular file, or cannot be read, md5sum tells.
    if [ -f "$f" ] && [ -r "$f" ]; then left=$(stat -L -c %s -- "$f"); fi
    if [ "${left:-0}" -le "$((paced_blocks * 65536))" ]; then
        set -- "$@" "$f"
        continue
    fi
    sum=$({ read_slowly <"$f" | md5sum; } 3>&1)
    case $sum in
        *x*) paced_status=1 ;;
        *) printf '%s  %s\0' "${sum%% *}" "$f" ;;
    esac
done
[ $# -gt 0 ] || exit $paced_status
