# shellcheck shell=sh
# Links the staged files of a slot to their names, whatever stands in the way. Wants base, identity, in, slot,
# lock_style, kept, stamp, from_disk ("1": what stands in the way is read past the page cache), remote_links,
# directory_mask ('' for the account's own umask), directory_special ('' or for chmod), and link_staged, the program
# link_staged.sh. List: records "d directory", parents first, of what is made where it is missing, then records "id md5
# old_md5_or_- path", those of a directory in a row. Answers records "K" and ids, each after a space, NUL NUL:
# published; and "<letter><path>" NUL "<detail>" NUL: P published, A already there (detail: boot id of this machine, and
# which file that is, as stat.sh tells it), R replaced (detail: where to), S superseded, F refused (detail: why), C what
# stands there is listed under another name (detail: that), D its directory cannot be used (detail:
# "directory//reason"), Q no answer.
# shellcheck disable=SC2154 # assigned by the caller

main() {
    exec 3>&1
    enter_base
    take_slot "$slot" || return $?
    hold_slot
    find_boot_id
    read_from_disk=${from_disk:+$read_from_disk}
    export read_from_disk boot_id record base root from kept stamp remote_links directory_mask directory_special link_staged
    # shellcheck disable=SC2016 # the inner sh expands it
    xargs -0 -r sh -c 'eval "$link_staged"' sh
    status=$?
    find . -mindepth 1 \( -type f -links +1 -o -type d -empty \) -delete
    return $status
}
