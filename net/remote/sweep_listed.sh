# shellcheck shell=sh
# The part of sweep_leftovers.sh that looks into the directories of a list, its arguments; spelling.sh and enter_below.sh
# stand before it. Answers on descriptor 3: "-" and the path of each file that was removed, "?" and each directory where
# anything may be such a file of another name.
#
# rsync receives NAME as `.NAME.XXXXXX` (without a second dot where NAME has one), with six letters and digits. Only what
# is in every respect such a file of ours goes: its NAME is that of a file which is about to be sent there; it is a
# regular file of the account with one name, and no larger; nobody else may do anything with it, as rsync has it until
# it is complete; its content was changed last of all that is known of it, while a complete file has got the time of
# its origin and its name since then; and no process has it open.
# shellcheck disable=SC2154 # root is exported by sweep_leftovers.sh

# Those that may be such, each between slashes, which no name holds.
list_here() { find . -maxdepth 1 -type f -user "$me" -links 1 -not -perm /077 -name '.?*.??????' -printf '/%f/' 2>/dev/null; }
is_leftover() {
    case ${1##*.} in *[!A-Za-z0-9]*) return 1 ;; esac
    facts=$(find "$1" -maxdepth 0 -type f -user "$me" -links 1 -not -perm /077 -size "-$((size + 1))c" -printf '%T@ %C@')
    [ -n "$facts" ] && [ "${facts% *}" = "${facts#* }" ] || return
    case $(find /proc/[0-9]*/fd -maxdepth 1 -type l -printf '%l/' 2>/dev/null) in *"/${1#./}/"*) return 1 ;; esac
    return 0
}
me=$(id -u)
here=//
for r do
    size=${r%% *}
    f=${r#* }
    case $f in */*) d=${f%/*} ;; *) d= ;; esac
    if [ "$d" != "$here" ]; then
        here=$d
        found=
        if enter_below "$d"; then found=$(list_here); fi
        [ -z "$found" ] || printf '?%s\0' "${d:-.}" >&3
    fi
    name=${f##*/}
    name=${name#.}
    case $found in *"/.$name."??????/*) ;; *) continue ;; esac
    for left in "./.$name."??????; do
        is_leftover "$left" && rm -f -- "$left" && printf -- '-%s\0' "${d:+$d/}${left#./}" >&3
    done
done
