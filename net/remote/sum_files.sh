# shellcheck shell=sh
# MD5 sums of files, its arguments, as `md5sum -z` answers. Only regular files are opened, whatever a link leads to: for a
# FIFO, or a device without an end, all others would get no answer. What such a name is, stat tells.

for f do
    shift
    if [ -f "$f" ] || [ ! -e "$f" ]; then set -- "$@" "$f"; fi
done
[ $# -gt 0 ] || exit 0
md5sum -z -- "$@"
status=$?
[ $status -ne 0 ] || exit 0
! md5sum -z </dev/null >/dev/null 2>&1 || exit $status
# Coreutils before 8.25 know no -z, and escape names.
status=0
for f do
    sum=$(md5sum -- "$f") || { status=1; continue; }
    sum=${sum#\\}
    printf '%s  %s\0' "${sum%% *}" "$f"
done
exit $status
