# shellcheck shell=sh
# Removes files from staging, and directories there that have become empty. Wants in, lock_style, slots
# ("slot:bytes ..."). List: staged paths, slot by slot, of so many bytes each.
# shellcheck disable=SC2154 # assigned by the caller

main() {
    for entry in $slots; do
        slot=${entry%%:*}
        head -c "${entry#*:}" | (
            take_slot "$slot" 2>/dev/null || { cat >/dev/null; exit 0; }
            sealed_names | xargs -0 -r rm -f --
            find . -mindepth 1 -type d -empty -delete
        )
    done
    return 0
}
