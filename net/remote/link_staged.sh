# shellcheck shell=sh
# The part of publish.sh that links: its arguments are the records of the list. make_listed.sh stands before it. Answers
# on descriptor 3.
#
# Few processes: each costs as much as some hundred small files. `cp -l --parents` links a whole list with one, overwrites
# nothing and copies nothing; what it linked is told by the inode, not by its messages, and is unlinked in the slot by the
# number of its links.
# shellcheck disable=SC2154 # base, kept, stamp and directory_mask are exported by publish.sh
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, ksh, zsh

say() { printf "%s\0%s\0" "$1$f" "$2" >&3; }
sum_of() { s=$(md5sum <"$1" 2>/dev/null); printf %s "${s%% *}"; }
link_it() {
    why=$(ln -T -- "./$f" "$base/$f" 2>&1) && return
    case $why in *": No such file or directory") ;; *) return 1 ;; esac
    # A directory that is missing still could not be made: why is told by trying again.
    d=$base/$f
    d=${d%/*}
    [ -d "$d" ] || why=$(umask "${directory_mask:-$(umask)}"; mkdir -p -- "$d" 2>&1) || return
    why=$(ln -T -- "./$f" "$base/$f" 2>&1)
}
# At once, so that no reader finds the place empty; never by copying.
take_place() {
    why="Invalid cross-device link"
    [ "$(stat -c %d -- "./$f")" = "$(stat -L -c %d -- "${t%/*}")" ] && why=$(mv -f -T -- "./$f" "$t" 2>&1)
}
unstage() { rm -f -- "./$f"; }
refuse() { say F "${1##*: }"; }
keep_it() {
    why=$(umask 077 && mkdir -p -- "${keep%/*}" 2>&1) || return
    why=$(ln -P -T -- "$t" "$keep" 2>&1) && why=$(rm -f -- "$t" 2>&1) && return
    # What belongs to somebody else may be moved where it may not be linked (fs.protected_hardlinks).
    [ ! -e "$keep" ] && [ ! -h "$keep" ] && [ "$(stat -c %d -- "$t")" = "$(stat -c %d -- "${keep%/*}")" ] &&
        why=$(mv -n -T -- "$t" "$keep" 2>&1)
}
conflict() {
    t=$base/$f
    if [ -h "./$f" ] || [ ! -f "./$f" ]; then
        if [ -f "$t" ] && [ "$(sum_of "$t")" = "$md5" ]; then say A; else say Q; fi
    elif [ -d "$t" ] && [ ! -h "$t" ]; then
        refuse "a directory stands in its place"
    elif [ -e "$t" ] || [ -h "$t" ]; then
        sum=
        if [ -f "$t" ]; then
            # Other content is known by its size, where it may be large.
            if [ "$old" != - ] || [ "$(stat -L -c %s -- "$t")" = "$(stat -c %s -- "./$f")" ]; then sum=$(sum_of "$t"); fi
        fi
        if [ "$sum" = "$md5" ]; then
            say A
            unstage
        elif [ "$old" != - ] && [ "$sum" = "$old" ]; then
            if take_place; then say S; else refuse "$why"; fi
        else
            keep=$kept/$id-$stamp/$f
            if keep_it && link_it; then
                say R "$keep"
                unstage
            else
                refuse "$why"
            fi
        fi
    elif link_it; then
        say P
        unstage
    else
        refuse "$why"
    fi
}
# Directories come first.
for_missing() {
    for r do
        case $r in "d "*//) r=${r%//}; r=$base/${r#d } ;; *) break ;; esac
        [ -d "$r" ] || "$missing" "$r"
    done
}
found_missing() { any_missing=1; }
list_missing() { printf "%s\0" "$1"; }
any_missing=
missing=found_missing
for_missing "$@"
missing=list_missing
[ -z "$any_missing" ] || for_missing "$@" | make_listed
link_few() {
    for r do
        shift
        case $r in [0-9-]*//) r=${r%//}; set -- "$@" "./${r#* * * }" ;; esac
    done
    [ $# -eq 0 ] || cp -l -n --parents -t "$base" -- "$@"
}
link_many() {
    printf "%s\0" "$@" | sed -z -n "s|^[0-9-][^ ]* [^ ]* [^ ]* \(.*\)//\$|./\1|p" |
        xargs -0 -r cp -l -n --parents -t "$base" --
}
if [ $# -le 100 ]; then link_few "$@"; else link_many "$@"; fi 2>/dev/null
# Each write to the other side is a system call, so the ids of published files are collected and written together.
published=
count=0
tell_published() {
    [ -z "$published" ] || printf "K%s\0\0" "$published" >&3
    published=
    count=0
}
for r do
    case $r in [0-9-]*//) ;; *) continue ;; esac
    r=${r%//}
    id=${r%% *}; r=${r#* }
    md5=${r%% *}; r=${r#* }
    old=${r%% *}; f=${r#* }
    if [ "./$f" -ef "$base/$f" ]; then
        published="$published $id"
        count=$((count + 1))
        [ $count -lt 200 ] || tell_published
    else
        conflict
    fi
done
tell_published
