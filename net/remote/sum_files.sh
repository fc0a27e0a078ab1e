# shellcheck shell=sh
# MD5 sums of files, its arguments, as `md5sum -z` answers. Only regular files are opened, whatever a link leads to: for a
# FIFO, or a device without an end, all others would get no answer. What such a name is, stat tells.

for f do
    shift
    if [ -f "$f" ] || [ ! -e "$f" ]; then set -- "$@" "$f"; fi
done
[ $# = 0 ] || exec md5sum -z -- "$@"
