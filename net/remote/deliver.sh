# shellcheck shell=sh
# Compares sums and links all files of a slot to their names, where nothing stands in the way. Wants, of its settings,
# base, identity, in, lock_style, remote_links, directory_mask, directory_special; of its call slot, sums_bytes,
# objects_bytes and count (files in the list). List: what `md5sum -c` reads, then lines "inode change_time" of local
# files as find prints them (%i %C@), then lines "directory//", parents first, with an "f" behind them where files go
# into that directory itself, and a line ".". Answers one letter: W all are published; V a sum is not right, or a file
# may be a local one itself, nothing was done; U not all are known to be published: publish.sh finds out.
#
# What can be known before the call is found out before it. Few processes, and no work of the shell for each file:
# the slot holds so many files as have the right sums, none of them linked before; all are linked, from inside the
# directory that they go to, and whatever then has no second link was not.
# shellcheck disable=SC2154 # assigned by the caller
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, zsh

prestart() {
    enter_base
    enter_in || exit
}
main() {
    [ "$base" -ef "$root" ] || { echo "suprsync: $base is another directory" >&2; exit 87; }
    enter_slot "$slot" || return
    open_lock "$slot"
    lock_slot || return
    hold_slot
    exec 5<&0
    head -c "$sums_bytes" <&5 | md5sum -c --status --strict - 2>/dev/null &
    sums=$!
    staged=$(find . -type f \( -links 1 -printf '%i %C@\n' -o -printf 'x%i\n' \))
    wait "$sums" || { printf V; return 0; }
    # What is staged may be a local file itself: nothing that may be is published this way.
    same=$({ head -c "$objects_bytes" <&5; printf '%s\n' "$staged"; } | sort | uniq -d)
    [ -z "$same" ] || { printf V; return 0; }
    directories=
    ended=
    while IFS= read -r d; do
        case $d in *//*) directories=$directories$d'
' ;; .) ended=1; break ;; *) break ;; esac
    done
    # A list that was cut short has no end.
    [ "$ended" ] || return 1
    case $staged in *x*) printf U; return 0 ;; esac
    # shellcheck disable=SC2086 # an inode and a time of each
    set -- $staged
    [ $# = $((count * 2)) ] || { printf U; return 0; }
    printf %s "$directories" | link_listed || { printf U; return 0; }
    if [ -n "$(find . -type f -links 1 -print -quit)" ]; then printf U; return 0; fi
    printf W
    find . -mindepth 1 \( -type f -links +1 -o -type d -empty \) -delete
    return 0
}
