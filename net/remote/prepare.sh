# shellcheck shell=sh
# Checks a destination, makes staging and lists what lies there. Wants base, staging_dir ('' for the default), no_locks
# (why nothing can be locked there, or ''), uuid, archive, may_create ("1" or ""), in_use (slots that are left alone),
# expected ("file-system inode" or ""), only_look ("1": for questions alone, so that nothing is made, or ""). Answers
# "suprsync" and then records of one key letter and a value, each ended by NUL:
#   N there is no base directory       W it may not be written        X it is another one than expected
#   C it was made                      T seconds on the clock there   G set-group-ID
#   S staging                          R why there is no staging      L lock_style
#   H a slot that is locked            F slot, size and path of a staged file
# and those of base_directory.sh and private_places.sh, which stand before it.
# shellcheck disable=SC2154 # assigned by the caller
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, zsh

# What the place does not allow is a refusal of staging. A full or failing disk is neither that nor for ever.
refuse() {
    case $2 in
        *': Permission denied' | *': Operation not permitted' | *': Operation not supported' | *': Not supported' | \
        *': Function not implemented' | *': Too many links' | *': Invalid cross-device link' | *': Not a directory' | \
        *': File exists' | *': Invalid argument')
            say "R$1: ${2##*: }" ;;
        *) why=${2##*: }; say "E$1: ${why:-no reason was given}" ;;
    esac
}
# Enters the directory of all catalogs, and makes what is ours in it.
make_staging() {
    if ! is_there "$staging_dir"; then
        # shellcheck disable=SC2086 # one word or none
        why=$(mkdir ${default_staging:+-m 700} -p -- "$staging_dir" 2>&1) || [ -d "$staging_dir" ] ||
            { refuse "$staging_dir cannot be made" "$why"; return 1; }
        made=1
    fi
    cd -P -- "$staging_dir" 2>/dev/null || { say "R$staging_dir cannot be entered"; return 1; }
    # Whoever may write beside the base directory may stage there, too.
    if [ -n "$made" ] && [ -O . ] && [ .. -ef "${real%/*}/" ] && [ "$PWD" = "$default_staging" ]; then
        { chgrp --reference=.. . ; chmod --reference=.. . ; } 2>/dev/null
    fi
    is_safe || { [ -O . ] && chmod +t . 2>/dev/null; }
    is_safe || { tell_unsafe; return 1; }
    make_private "$uuid" && make_private "$archive" && make_private replaced && cd -P .. || return
}
# Makes a directory that is ours alone, and enters it. Earlier versions let others in.
make_private() {
    is_there "./$1" || why=$(mkdir -m 700 -- "./$1" 2>&1) || is_there "./$1" ||
        { refuse "${PWD%/}/$1 cannot be made" "$why"; return 1; }
    enter_private "$1" || return
    is_closed && return
    opened=1
    chmod go-rwx,u+rwx . 2>/dev/null
    is_closed || { say "R$place cannot be closed to other accounts (chmod 0700)"; return 1; }
}
# What others could change until now holds what an earlier version made there, or it is not used.
take_over() {
    [ -n "$opened" ] || return 0
    find . ../replaced -type d -perm /077 -exec chmod go-rwx {} + 2>/dev/null
    # Nobody else gets there any more; the next look is to find it open, and to refuse it, too.
    is_only_ours "-not -perm /077" || { chmod go+x .; return 1; }
}
# What the file system does with links and names, tried with a file that is made for it. Whatever others left, or are trying
# with at this moment, is taken away: who finds its names gone begins anew (1).
try_links() {
    rm -f ./.probe.*
    probe=./.probe.$$
    tried=; ok=; counted=1; folded=
    why=$( (: >"$probe") 2>&1 ) && tried=1 && why=$(ln -- "$probe" "$probe.2" 2>&1) && ok=1
    if [ -n "$ok" ]; then
        [ "$probe" -ef "$probe.2" ] && [ "$(stat -c %h -- "$probe")" = 2 ] || counted=
        ! folds "$PWD/${probe#./}" || folded=1
    fi
    [ -z "$tried" ] || [ -e "$probe" ] || return
    [ -z "$ok" ] || [ -e "$probe.2" ] || return
    rm -f -- "$probe" "$probe.2"
}
main() {
    say suprsync
    say "T$(date +%s)"
    if [ ! -d "$base" ]; then
        base_is_absent || return 0
        [ -n "$may_create" ] || { say N; return 0; }
        why=$(mkdir -- "$base" 2>&1) || { say "E${why##*: }"; return 0; }
        # As far as that can be: where it went with the power, a person would have to make it again.
        sync -- "${base%/*}/" 2>/dev/null
        say C
    fi
    tell_base || { say "EPermission denied"; return 0; }
    [ -z "$expected" ] || [ "$expected" = "$found" ] || { say X; return 0; }
    [ -z "$only_look" ] || { tell_case; say "Rit is only looked at"; return 0; }
    may_write_in "$real" || { say W; return 0; }

    tell_case
    find_staging_dir
    root=$staging_dir/$uuid/$archive
    case $root in /*) ;; *) say "Rremote_staging_dir is not an absolute path"; return 0 ;; esac
    [ -z "$no_locks" ] || { say "R$no_locks"; return 0; }

    find_nearest "$root"
    find_real_path "$nearest" || { say "R$nearest cannot be entered"; return 0; }
    case ${real_path%/}${root#"$nearest"}/ in
        "${real%/}"/*) say "R$root lies inside the base directory"; return 0 ;;
    esac
    if ! on_one_file_system "$real" "$real_path"; then
        if is_mount_point "$real"; then
            say "R$real is a mount point"
        else
            say "R$nearest is on another file system"
        fi
        return 0
    fi

    made=; opened=
    make_staging || return 0
    root=$PWD
    case $root/ in "${real%/}"/*) say "R$root lies inside the base directory"; return 0 ;; esac
    make_private in || return 0
    in=$PWD
    take_over || return 0
    on_one_file_system "$real" . || { say "R$in is on another file system"; return 0; }

    # What is made in slots inherits group, setgid and default ACL from them, and they from `in`, which has them as the
    # base directory has them now.
    rsync -dpgA --numeric-ids --chmod=Dgo-rwx,Du+rwx --exclude='*' -- "$real/" ./ >/dev/null 2>&1 ||
        rsync -dpg --numeric-ids --chmod=Dgo-rwx,Du+rwx --exclude='*' -- "$real/" ./ >/dev/null 2>&1
    chmod u+rwx,go-rwx . 2>/dev/null

    try_links || try_links || try_links || try_links || try_links || { say "E$in: somebody else is at it"; return 0; }
    [ -n "$ok" ] || { refuse "hard links cannot be made in $in" "$why"; return 0; }
    [ -z "$folded" ] || say c
    # FUSE may keep what it told for a second, and goes by whatever lies below it; without the number of links nothing
    # tells what was published.
    [ -n "$counted" ] || {
        say "Rits file system ($(stat -f -c %T .)) does not tell at once how many hard links a file has, in $in"
        return 0
    }

    lock_style=directory
    ( flock -n 9 ) 9<. 2>/dev/null
    case $? in
        0|1) ;;
        *)
            lock_style='file'
            ( flock -n 9 ) 9>>"$probe" 2>/dev/null
            case $? in 0|1) ;; *) rm -f -- "$probe"; say "Rfiles cannot be locked (flock) in $in"; return 0 ;; esac
            rm -f -- "$probe"
            ;;
    esac
    say "S$root"
    say "L$lock_style"
    [ ! -g . ] || say G
    # What came of files in ranges (net/place/parts.hpp): rsync begins them anew.
    for parts in .parts/[0-9]*; do
        case " $in_use " in *" ${parts#.parts/} "*) ;; *) rm -rf -- "./$parts" ;; esac
    done
    rmdir -- ./.parts 2>/dev/null
    for slot in [0-9]*/; do
        [ -d "$slot" ] || continue
        slot=${slot%/}
        # Where a batch of ours is at work, nothing is touched.
        case " $in_use " in *" $slot "*) continue ;; esac
        (
            enter_slot "$slot" || exit
            open_lock "$slot"
            if flock -n 9 || lock_hung_slot; then
                # A second link means: published, and not unlinked here before an interruption.
                find . -type f -links +1 -delete
                find . -mindepth 1 -type d -empty -delete
                rmdir -- "../$slot" 2>/dev/null && exit
            else
                say "H$slot"
            fi
            find . -type f -printf "F$slot %s %P\0"
        )
    done
    return 0
}
