#include "net/remote/scripts.hpp"

namespace suprsync::scripts {

namespace {

/// For the slot that is the working directory, with its lock on descriptor 9. Whoever holds the lock works
/// for the same catalog and is done with: an rsync that was given up here and hangs there (the engine uses a
/// slot for one thing at a time). One that was about its end is given a moment; where nothing in the slot has
/// changed for a while, all that work in it are ended. What writes there still is left alone: catalogs that
/// were copied from one another would otherwise end each other's transfers.
/// One line, since login shells of the csh family end a quotation with the line.
constexpr std::string_view lock_slot =
    "group_of() { read -r stat <\"$1/stat\" && set -- ${stat##*) } && echo \"$3\"; }; end_holders() { own=$(group_of /proc/self); for p in /proc/[0-9]*; do [ \"$p/cwd\" -ef . ] || continue; case $(group_of \"$p\") in \"$own\") ;; *) kill -KILL \"${p#/proc/}\" ;; esac; done; }; lock_hung_slot() { [ -z \"$(find . -newerct \"10 seconds ago\" -print -quit 2>/dev/null)\" ] && { end_holders 2>/dev/null; flock -w 2 9; }; }; lock_slot() { flock -w 2 9 || lock_hung_slot || { echo \"suprsync: slot busy\" >&2; return 86; }; }; ";

// Makes directories, parents first, from a list on standard input. No single quotes: it is a word of another
// script, too.
#define SUPRSYNC_MAKE_LISTED \
    R"sh(
make_listed() (
    [ -z "$directory_mask" ] || umask "$directory_mask"
    # Set-group-ID and the like are no part of a umask.
    if [ -z "$directory_special" ]; then
        xargs -0 -r mkdir -- 2>/dev/null
    else
        xargs -0 -r sh -c "for d do mkdir -- \"\$d\" && chmod -- \"\$0\" \"\$d\"; done" "$directory_special" 2>/dev/null
    fi
)
)sh"

const std::string common_text = std::string(lock_slot) + SUPRSYNC_MAKE_LISTED R"sh(
enter_base() {
    cd -- "$base" 2>/dev/null || { echo "suprsync: cannot enter $base" >&2; exit 88; }
    [ "$(stat -f -c %i .) $(stat -c %i .)" = "$identity" ] || { echo "suprsync: $base is another directory" >&2; exit 87; }
}
ahead() { :; }
enter_slot() {
    cd -- "$in/$1" 2>/dev/null || { echo "suprsync: cannot enter $in/$1" >&2; return 89; }
    if [ "$lock_style" = file ]; then exec 9>>"../$1.lock"; else exec 9<.; fi
    lock_slot
}
)sh";

}  // namespace

// The left side of the pipe tells its pid first, so that the right side can end it when the work is done. It
// starts to watch only when the list is through, since both are the same standard input. The call's line is
// read by the shell byte by byte, so that nothing of the list is lost with it.
const std::string_view frame = R"sh(
exec 4<&0
sh -c 'echo $$; IFS= read -r call || exit; printf "%s\n" "$call"; head -c "${call%% *}"
exec >/dev/null 2>&1; while read -r rest; do :; done; kill -TERM 0' <&4 | {
    exec 4<&-
    read -r watcher
    trap 'kill -PIPE "$watcher" 2>/dev/null' EXIT
    ahead
    IFS= read -r call || exit
    eval "${call#* }"
    main
    exit $?
}
)sh";

const std::string_view common = common_text;

const std::string_view prepare = R"sh(
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
    [ -w "$real" ] && [ -x "$real" ] || { say "Wthe account there may not write in it"; return 0; }

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

    style=directory
    ( flock -n 9 ) 9<"$in" 2>/dev/null
    case $? in
        0|1) ;;
        *)
            style=file
            ( flock -n 9 ) 9>>"$probe" 2>/dev/null
            case $? in 0|1) ;; *) rm -f -- "$probe"; say "Rfiles cannot be locked (flock) in $in"; return 0 ;; esac
            rm -f -- "$probe"
            ;;
    esac
    say "S$root"
    say "L$style"
    [ ! -g "$in" ] || say G
    [ "$style" = directory ] || locked_by_file=1
    for slot in "$in"/[0-9]*/; do
        [ -d "$slot" ] || continue
        slot=${slot%/}
        slot=${slot##*/}
        # Where a batch of ours is at work, nothing is touched.
        case " $in_use " in *" $slot "*) continue ;; esac
        (
            cd -- "$in/$slot" || exit
            if [ -n "$locked_by_file" ]; then exec 9>>"../$slot.lock"; else exec 9<.; fi
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
)sh";

const std::string_view digests = R"sh(
main() {
    if [ -n "$slot" ]; then enter_slot "$slot" || return $?; else enter_base; fi
    xargs -0 -r -n "$per_process" md5sum -z --
}
)sh";

// Few processes: each costs as much as some hundred small files. cp -l --parents links a whole list with one,
// overwrites nothing and copies nothing; what it linked is told by the inode, not by its messages, and
// unlinked here by the number of its links.
const std::string_view publish = R"sh(
export base kept stamp directory_mask directory_special
link_all=')sh" SUPRSYNC_MAKE_LISTED R"sh(
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
    [ "$(stat -c %d -- "./$f")" = "$(stat -c %d -- "${t%/*}")" ] && why=$(mv -f -T -- "./$f" "$t" 2>&1)
}
unstage() { rm -f -- "./$f"; }
refuse() { say F "${1##*: }"; }
keep_it() {
    why=$(umask 022 && mkdir -p -- "${keep%/*}" 2>&1) || return
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
note_missing() { any_missing=1; }
list_missing() { printf "%s\0" "$1"; }
any_missing=
missing=note_missing
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
# A word to the other side is a system call: what is published is told together.
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
'
main() {
    exec 3>&1
    enter_base
    enter_slot "$slot" || return $?
    xargs -0 -r sh -c "$link_all" sh
    status=$?
    find . -mindepth 1 \( -type f -links +1 -o -type d -empty \) -delete
    return $status
}
)sh";

// What can be known ahead of the call is found out ahead of it. Few processes, and no work of the shell for
// each file: the slot holds so many files as have the right sums, none of them linked before; all are linked,
// and whatever then has no second link was not.
const std::string_view deliver = R"sh(
ahead() { enter_base; }
main() {
    [ "$base" -ef . ] || { echo "suprsync: $base is another directory" >&2; exit 87; }
    enter_slot "$slot" || return $?
    exec 5<&0
    head -c "$sums_bytes" <&5 | md5sum -c --status --strict - 2>/dev/null &
    sums=$!
    staged=$(find . -type f \( -links 1 -printf . -o -printf x \))
    wait "$sums" || { printf V; return 0; }
    missing=
    ended=
    while IFS= read -r d; do
        case $d in *//) d=${d%//} ;; .) ended=1; break ;; *) break ;; esac
        [ -d "$base/$d" ] || missing=$missing./$d'
'
    done
    [ -z "$missing" ] || printf %s "$missing" | tr '\n' '\0' | (cd -- "$base" && make_listed)
    # A list that was cut short has no end.
    [ "$ended" ] || return 1
    case $staged in *x*) printf U; return 0 ;; esac
    [ "${#staged}" = "$count" ] || { printf U; return 0; }
    find . -type f -exec cp -l -n --parents -t "$base" -- {} + 2>/dev/null
    if [ -n "$(find . -type f -links 1 -print -quit)" ]; then printf U; return 0; fi
    printf W
    find . -mindepth 1 \( -type f -links +1 -o -type d -empty \) -delete
    return 0
}
)sh";

const std::string_view make_directories = R"sh(
main() {
    enter_base
    xargs -0 -r sh -c 'for d do
        case $d in *//) [ -d "./$d" ] || printf "./%s\0" "$d" ;; esac
    done' sh | make_listed
    return 0
}
)sh";

const std::string_view look = R"sh(
main() {
    enter_base
    if [ -n "$sync_first" ]; then sync -f . || { echo "suprsync: sync -f failed" >&2; return 5; }; fi
    head -c "$sizes_bytes" | xargs -0 -r stat -L --printf '%s %f %n\0' --
    printf '\0'
    xargs -0 -r -n "$per_process" md5sum -z --
}
)sh";

const std::string_view sweep = R"sh(
main() {
    for entry in $slots; do
        slot=${entry%%:*}
        head -c "${entry#*:}" | (
            enter_slot "$slot" 2>/dev/null || { cat >/dev/null; exit 0; }
            xargs -0 -r sh -c 'for f do
                case $f in *//) printf "./%s\0" "${f%//}" ;; esac
            done' sh | xargs -0 -r rm -f --
            find . -mindepth 1 -type d -empty -delete
        )
    done
    return 0
}
)sh";

const std::string_view staged_bytes = R"sh(
main() {
    cd -- "$in/$slot" || return 89
    echo $(( $(find . -type f -printf %s+) 0 ))
}
)sh";

std::string receiver_in_staging(std::string_view lock_style) {
    std::string script(lock_slot);
    script +=
        "LC_ALL=C; export LC_ALL; d=$1.; case $1 in *\\\\*) d=$(printf %b. \"$1\") ;; esac; s=$2; shift 2; cd -- \"${d%.}\" || exit 89; [ -d \"$s\" ] || mkdir -- \"$s\"; cd -- \"$s\" || exit 89; ";
    script += lock_style == "file" ? "exec 9>>\"../$s.lock\"; " : "exec 9<.; ";
    script +=
        "lock_slot || exit; n=; for e in ./* ./.*; do case $e in ./.|./..) continue ;; esac; [ -e \"$e\" ] || [ -h \"$e\" ] || continue; n=$(find . -type f \\( -links +1 -delete -o -printf %s+ \\)); break; done; echo suprsync: staged $(( ${n}0 )) >&2; exec rsync \"$@\"";
    return script;
}

const std::string_view receiver_in_base =
    "LC_ALL=C; export LC_ALL; d=$(printf %b. \"$1\"); i=$2; shift 2; cd -- \"${d%.}\" || exit 88; [ \"$(stat -f -c %i .):$(stat -c %i .)\" = \"$i\" ] || { echo suprsync: base changed >&2; exit 87; }; exec rsync \"$@\"";

}  // namespace suprsync::scripts
