# shellcheck shell=sh
# The part of publish.sh that links: its arguments are the records of the list. spelling.sh and enter_below.sh stand
# before it. Answers on descriptor 3.
#
# What stands in the way and is listed under another name, where case is ignored, may be the proven copy of another
# file: it is neither moved away nor taken for this one.
#
# Few processes: each costs as much as some hundred small files. `cp -l` links many files with one, from inside the
# directory that they go to and by their last names, overwrites nothing and copies nothing; what it linked is told by
# the inode, not by its messages, and is unlinked in the slot by the number of its links.
# shellcheck disable=SC2154 # what is wanted is exported by publish.sh
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, zsh

say() { printf "%s\0%s\0" "$1$f" "$2" >&3; }
sum_of() {
    if [ -n "$read_from_disk" ]; then
        # shellcheck disable=SC2016 # the inner sh expands it
        sh -c 'eval "$read_from_disk"' sh "$1" 2>/dev/null | tr '\0\n' '\n ' | sed -n '/^=/!s/ .*//p'
    else
        s=$(md5sum <"$1" 2>/dev/null)
        printf %s "${s%% *}"
    fi
}
link_it() { why=$(ln -T -- "$from/$f" "$t" 2>&1); }
# At once, so that no reader finds the place empty; never by copying.
take_place() {
    why=": Invalid cross-device link"
    on_one_file_system "$from/$f" . && why=$(mv -f -T -- "$from/$f" "$t" 2>&1)
}
unstage() { rm -f -- "$from/$f"; }
# With what tells whether that is the local file itself.
say_already() { say A "$boot_id $(stat -L --printf "$record" -- "$t" 2>/dev/null | tr -d '\0')"; }
refuse() { say F "${1##*: }"; }
# The file's fault, or its directory's: then that of all files that go there.
give_up() {
    problem_by "$d"
    if [ -n "$problem" ]; then say D "$problem"; else refuse "$why"; fi
}
# Not every file system writes names in their order: after a power cut it has this one or the other.
sync_names() {
    each=${kept_as%/*}
    set --
    while [ "$each" != "$from/../.." ]; do
        set -- "$@" "$each"
        each=${each%/*}
    done
    why=$(sync -- "$@" 2>&1) && return
    # Where directories cannot be synced, what the file system does by itself must do.
    case $why in *": Invalid argument"*) return 0 ;; esac
    rm -f -- "$kept_as"
    return 1
}
keep_it() {
    kept_as=$from/../../replaced/$id-$stamp/$f
    why=$(umask 077 && mkdir -p -- "${kept_as%/*}" 2>&1) || return
    if why=$(ln -P -T -- "$t" "$kept_as" 2>&1); then
        sync_names && why=$(rm -f -- "$t" 2>&1)
        return
    fi
    case $why in *": Invalid cross-device link") return 1 ;; esac
    # What belongs to somebody else may be moved where it may not be linked (fs.protected_hardlinks).
    [ ! -e "$kept_as" ] && [ ! -h "$kept_as" ] &&
        [ "$(stat -c %d -- "$t")" = "$(stat -c %d -- "${kept_as%/*}")" ] &&
        why=$(mv -n -T -- "$t" "$kept_as" 2>&1)
}
conflict() {
    t=./${f##*/}
    if [ -h "$from/$f" ] || [ ! -f "$from/$f" ]; then
        if [ -f "$t" ] && [ "$(sum_of "$t")" = "$md5" ] && is_spelled_so "$root" "$f"; then say_already; else say Q; fi
    elif [ -d "$t" ] && [ ! -h "$t" ]; then
        refuse "a directory stands in its place"
    elif [ -e "$t" ] || [ -h "$t" ]; then
        is_spelled_so "$root" "$f" || { say C "$listed"; return; }
        sum=
        if [ -f "$t" ]; then
            # Other content is known by its size, where it may be large.
            if [ "$old" != - ] || [ "$(stat -L -c %s -- "$t")" = "$(stat -c %s -- "$from/$f")" ]; then sum=$(sum_of "$t"); fi
        fi
        if [ "$sum" = "$md5" ]; then
            say_already
            unstage
        elif [ "$old" != - ] && [ "$sum" = "$old" ]; then
            if take_place; then say S; else give_up; fi
        elif keep_it && link_it; then
            say R "$kept/$id-$stamp/$f"
            unstage
        else
            give_up
        fi
    elif link_it; then
        say P
        unstage
    else
        give_up
    fi
}
# Enters the directory of $f, once for all files in a row; `entered` is 0 where that succeeded.
enter_its() {
    case $f in */*) d=${f%/*} ;; *) d= ;; esac
    [ "$d" != "$here" ] || return "$entered"
    here=$d
    problem=
    enter_below "$d"
    entered=$?
    return "$entered"
}
# Directories come first.
for r do
    case $r in "d "*//) r=${r%//}; r=${r#d } ;; *) break ;; esac
    [ -d "$root/$r" ] || make_below "$r" 2>/dev/null
done
# A shell's own list is copied with each name that it grows by.
link_all() {
    names=0
    here=//
    for r do
        case $r in [0-9-]*//) r=${r%//}; f=${r#* * * } ;; *) continue ;; esac
        case $f in */*) d=${f%/*} ;; *) d= ;; esac
        if [ "$names" -ge 200 ] || [ "$here" != "$d" ]; then
            [ "$names" -eq 0 ] || cp -P -l -n -t . -- "$@"
            set --
            names=0
        fi
        enter_its || continue
        set -- "$@" "$from/$f"
        names=$((names + 1))
    done
    [ "$names" -eq 0 ] || cp -P -l -n -t . -- "$@"
}
link_all "$@" 2>/dev/null
# Each write to the other side is a system call, so the ids of published files are collected and written together.
published=
count=0
tell_published() {
    [ -z "$published" ] || printf "K%s\0\0" "$published" >&3
    published=
    count=0
}
here=//
for r do
    case $r in [0-9-]*//) ;; *) continue ;; esac
    r=${r%//}
    id=${r%% *}; r=${r#* }
    md5=${r%% *}; r=${r#* }
    old=${r%% *}; f=${r#* }
    if ! enter_its; then
        [ -n "$problem" ] || problem_of "$d"
        if [ -n "$problem" ]; then say D "$problem"; elif [ -n "$why" ]; then refuse "$why"; else say Q; fi
    elif [ "$from/$f" -ef "./${f##*/}" ]; then
        published="$published $id"
        count=$((count + 1))
        [ $count -lt 200 ] || tell_published
    else
        conflict
    fi
done
tell_published
