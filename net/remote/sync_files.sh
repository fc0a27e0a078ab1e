# shellcheck shell=sh
# Syncs files one by one, for kernels that report only so what write-back met: its arguments are paths. What is no
# file, or is another account's, is no error of a sync. Then says of each what stat.sh says, where `record` tells how.
# shellcheck disable=SC2154 # record is exported by stat.sh

# Coreutils before 8.24 sync everything or nothing, and tell of no failure.
sync_one() {
    why=$(sync -- "$1" 2>&1)
    status=$?
    case $why in "sync: invalid option"* | "sync: unrecognized option"* | "sync: ignoring all arguments"*) ;; *) return $status ;; esac
    [ ! -w "$1" ] || dd if=/dev/null of="$1" conv=notrunc,nocreat,fsync 2>/dev/null
}
for f do
    [ -f "$f" ] || continue
    [ -r "$f" ] || [ -w "$f" ] || continue
    sync_one "$f" || [ ! -f "$f" ] || exit 255
done
[ -z "$record" ] || stat -L --printf "$record" -- . "$@"
exit 0
