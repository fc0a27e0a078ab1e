# shellcheck shell=sh
# Checks what a destination has, makes staging and lists what lies there. Wants needed_programs, base, staging_dir ('' for
# the default), uuid, archive, may_create ("1" or ""), in_use (slots that are left alone), expected ("file-system inode"
# or ""). Answers "suprsync" and then records of one key letter and a value, each ended by NUL:
#   M programs that are missing        N there is no base directory   E, W what is wrong with it
#   X it is another one than expected  C it was made                  B its real path
#   I file system and inode            S staging                      R why there is no staging
#   L lock_style                       G set-group-ID                 H a slot that is locked
#   F slot, size and path of a staged file
# shellcheck disable=SC2154 # assigned by the caller
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, ksh, zsh

say() { printf '%s\0' "$1"; }
# What the place does not allow is a refusal of staging. A full or failing disk is neither that nor for ever.
refuse() {
    case $2 in
        *': Permission denied' | *': Operation not permitted' | *': Operation not supported' | *': Not supported' | \
        *': Function not implemented' | *': Too many links' | *': Invalid cross-device link' | *': Not a directory')
            say "R$1: ${2##*: }" ;;
        *) say "E$1: ${2##*: }" ;;
    esac
}
main() {
    say suprsync
    missing=
    for program in $needed_programs; do
        command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
    done
    [ -z "$missing" ] || { say "M${missing# }"; return 0; }
    no_flock=
    command -v flock >/dev/null 2>&1 || no_flock=1

    if [ ! -d "$base" ]; then
        if why=$(stat -L -- "$base" 2>&1 >/dev/null); then say "Eit is not a directory"; return 0; fi
        case $why in
            *': No such file or directory') ;;
            *) say "E${why##*: }"; return 0 ;;
        esac
        [ -n "$may_create" ] || { say N; return 0; }
        why=$(mkdir -- "$base" 2>&1) || { say "E${why##*: }"; return 0; }
        say C
    fi
    real=$(cd -P -- "$base" 2>/dev/null && pwd -P && echo x) || { say "EPermission denied"; return 0; }
    real=${real%?x}
    found="$(stat -f -c %i -- "$real") $(stat -c %i -- "$real")"
    say "B$real"
    say "I$found"
    [ -z "$expected" ] || [ "$expected" = "$found" ] || { say X; return 0; }
    { [ -w "$real" ] && [ -x "$real" ]; } || { say "Wthe account there may not write in it"; return 0; }

    parent=${real%/*}
    default=
    if [ -z "$staging_dir" ]; then
        default=${parent}/.suprsync
        staging_dir=$default
    fi
    root=$staging_dir/$uuid/$archive
    in=$root/in
    case $root in /*) ;; *) say "Rremote_staging_dir is not an absolute path"; return 0 ;; esac
    [ -z "$no_flock" ] || { say "Rthere is no program flock (package util-linux) there"; return 0; }

    there=$root
    while [ ! -d "$there" ]; do there=${there%/*}; [ -n "$there" ] || there=/; done
    above=$(cd -P -- "$there" 2>/dev/null && pwd -P && echo x) || { say "R$there cannot be entered"; return 0; }
    above=${above%?x}
    case ${above%/}${root#"$there"}/ in
        "${real%/}"/*) say "R$root lies inside the base directory"; return 0 ;;
    esac
    for what in %d %m; do
        [ "$(stat -c $what -- "$real")" = "$(stat -c $what -- "$above")" ] && continue
        if [ "$(stat -c %m -- "$real")" = "$real" ]; then
            say "R$real is a mount point"
        else
            say "R$there is on another file system"
        fi
        return 0
    done

    if [ -n "$default" ] && [ ! -d "$default" ]; then
        why=$(mkdir -- "$default" 2>&1) || [ -d "$default" ] || { refuse "$default cannot be made" "$why"; return 0; }
        # Whoever may write beside the base directory may stage there, too.
        chgrp --reference="${parent:-/}" -- "$default" 2>/dev/null
        chmod --reference="${parent:-/}" -- "$default" 2>/dev/null
    fi
    why=$(mkdir -p -- "$in" "$root/replaced" 2>&1) || { refuse "$root cannot be made" "$why"; return 0; }
    in=$(cd -P -- "$in" 2>/dev/null && pwd -P && echo x) || { say "R$root cannot be entered"; return 0; }
    in=${in%?x}
    root=${in%/in}
    [ "$(stat -c '%d %m' -- "$real")" = "$(stat -c '%d %m' -- "$in")" ] || { say "R$in is on another file system"; return 0; }

    # Slots inherit group, setgid and default ACL from `in`, and `in` has them as the base directory has them now.
    rsync -dpgA --numeric-ids --exclude='*' -- "$real/" "$in/" >/dev/null 2>&1 ||
        rsync -dpg --numeric-ids --exclude='*' -- "$real/" "$in/" >/dev/null 2>&1
    chmod u+rwx -- "$in" 2>/dev/null

    rm -f -- "$in"/.probe.*
    probe=$in/.probe.$$
    ok=; why=
    why=$( (: >"$probe") 2>&1 ) && why=$(ln -- "$probe" "$probe.2" 2>&1) && [ "$probe" -ef "$probe.2" ] &&
        [ "$(stat -c %h -- "$probe")" = 2 ] && ok=1
    rm -f -- "$probe" "$probe.2"
    [ -n "$ok" ] || { refuse "hard links cannot be made in $in" "$why"; return 0; }

    lock_style=directory
    ( flock -n 9 ) 9<"$in" 2>/dev/null
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
    [ ! -g "$in" ] || say G
    for slot in "$in"/[0-9]*/; do
        [ -d "$slot" ] || continue
        slot=${slot%/}
        slot=${slot##*/}
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
