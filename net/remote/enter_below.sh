# shellcheck shell=sh
# Directories below the base directory: they may be of any owner and group, so only where they are is looked at, and
# from inside, where nobody can exchange them any more. `root` leads to the base directory (common.sh).
# spelling.sh stands before it.
# shellcheck disable=SC2154 # listed and what is wanted are assigned by the caller
# shellcheck disable=SC2034 # problem is for the caller
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, zsh

# Enters one, '' for the base directory itself, which must be listed under that very name. Without `remote_links`
# "follow" it must be a real directory inside the base directory: as many directories below it as its name says. Where
# case is ignored, the name that the working directory is known by may be the one that somebody else used.
enter_below() {
    cd -P -- "$root/$1" 2>/dev/null || return
    [ -z "$1" ] || is_spelled_so "$root" "$1" || return
    [ "$remote_links" != follow ] || return 0
    up=.
    rest=${1:+$1/}
    while [ -n "$rest" ]; do
        up=$up/..
        rest=${rest#*/}
    done
    [ "$up" -ef "$root" ] && case $1 in '') ;; *) [ "$PWD" = "${base%/}/$1" ] || is_known_as "${base%/}/$1" ;; esac
}
is_known_as() {
    [ ! -h "$1" ] && [ "$(printf %s "$PWD" | tr '[:upper:]' '[:lower:]')" = "$(printf %s "$1" | tr '[:upper:]' '[:lower:]')" ]
}
# By which mount something is reached, in `mount`: stat tells no bind mount from the file system that it shows. Empty
# where the kernel does not tell, or the account may not read it: that is no reason to call it another one.
find_mount() { mount=$({ sed -n 's/^mnt_id:[[:space:]]*//p' /proc/self/fdinfo/6 6<"$1"; } 2>/dev/null); }
is_one_mount() {
    find_mount "$1"
    mount_of_one=$mount
    find_mount "$2"
    [ -z "$mount" ] || [ -z "$mount_of_one" ] || [ "$mount" = "$mount_of_one" ]
}
# A bind mount of the same file system counts as another one: nothing is linked or renamed from one to the other.
on_one_file_system() { [ "$(stat -L -c %d -- "$1")" = "$(stat -L -c %d -- "$2")" ] && is_one_mount "$1" "$2"; }
# Makes one that is missing, its parent being there, from inside of that, with the mode that rsync's --chmod would give
# it: by directory_mask for umask ('' for the account's own), and directory_special, for chmod, where a mode is more
# than a umask can give (set-group-ID and the like).
make_below() (
    case $1 in */*) enter_below "${1%/*}" ;; *) enter_below '' ;; esac || return
    [ -z "$directory_mask" ] || umask "$directory_mask"
    mkdir -- "./${1##*/}" || return
    [ -z "$directory_special" ] || { enter_below "$1" && chmod -- "$directory_special" .; }
)
# Links what lies in the directories of a list in a slot, which `from` leads to: lines "directory//", parents first, of
# what is made where it is missing, with an "f" behind them where files are in the directory itself.
link_listed() {
    while IFS= read -r d; do
        files=${d##*//}
        d=${d%//*}
        [ -d "$root/$d" ] || make_below "$d" 2>/dev/null
        [ -n "$files" ] || continue
        enter_below "$d" || return
        cp -P -l -n -t . -- "$from/$d"/* "$from/$d"/.[!.]* "$from/$d"/..?* 2>/dev/null
    done
    return 0
}
# What stands in the way of a directory, "directory//reason", where that is no file's fault: to be asked when it could
# not be entered or made. Otherwise nothing, and `why` has the reason.
problem_of() {
    problem=
    path=
    rest=$1/
    while [ -n "$rest" ]; do
        above=$path
        path=$path${path:+/}${rest%%/*}
        rest=${rest#*/}
        if [ -d "$root/$path" ]; then
            (enter_below "$path") && continue
            is_spelled_so "$root" "$path" ||
                { problem="$path//it is listed as ${listed:-another} there, where case is ignored: give both one name"; return; }
            there=$(cd -P -- "$root/$path" 2>/dev/null && pwd -P) ||
                { problem="$path//the account $(account) may not enter it"; return; }
            problem="$path//a symbolic link there leads to $there: set remote_links to follow where that is meant, or remove it"
            return
        fi
        why=": Not a directory"
        { [ -e "$root/$path" ] || [ -h "$root/$path" ]; } && return
        why=$(make_below "$path" 2>&1) || { problem_by "$above"; return; }
    done
    why=
}
# The same where something could not be made in the directory, for a reason that `why` has.
problem_by() {
    problem=
    case $why in
        *': Permission denied' | *': Operation not permitted')
            [ -w "$root/$1" ] || problem="$1//the account $(account) may not write in it: give it permission" ;;
        *': Invalid cross-device link') problem=$1//$other_file_system ;;
        *': Read-only file system')
            on_one_file_system "$root/$1/." "$root/." ||
                problem=$1//$other_file_system ;;
    esac
}
other_file_system="it is another file system than the base directory, and staged files cannot be linked to it: make it a directory of the same one, or an archive of its own"
account() { id -un 2>/dev/null || id -u; }
