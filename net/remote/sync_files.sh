# shellcheck shell=sh
# Syncs files one by one, for kernels that report only so what write-back met: its arguments are paths. What is no
# file, or is another account's, is no error of a sync. Then says of each what stat.sh says, where `record` tells how.
# shellcheck disable=SC2154 # record is exported by stat.sh

for f do
    [ -f "$f" ] || continue
    [ -r "$f" ] || [ -w "$f" ] || continue
    sync -- "$f" 2>/dev/null || [ ! -f "$f" ] || exit 255
done
[ -z "$record" ] || stat -L --printf "$record" -- . "$@"
exit 0
