# shellcheck shell=sh
# Names that reach what is listed under another one: where case is ignored (APFS, SMB, exFAT), letters are written in
# several ways, or ends of names dropped, two registered files could be one there. Only what a directory lists under a
# name belongs to that name. No process is started for any of this but the last.
# shellcheck disable=SC2034 # listed is for the caller
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, zsh

# Whether what stands at $1/$2 may be listed there under another name: the name has what case is not all of, or reaches
# something with a letter of the other case, too.
may_be_another() {
    other=
    case $2 in *[!' '-'~']* | *. | *' ' | *'~'*) return 0 ;; esac
    for pair in aA eE iI oO uU sS tT nN rR dD lL mM bB cC fF gG hH jJ kK pP qQ vV wW xX yY zZ; do
        case $2 in
            *"${pair%?}"*) other=${2%%"${pair%?}"*}${pair#?}${2#*"${pair%?}"} ;;
            *"${pair#?}"*) other=${2%%"${pair#?}"*}${pair%?}${2#*"${pair#?}"} ;;
            *) continue ;;
        esac
        [ -e "$1/$other" ]
        return
    done
    return 1
}
# Whether each directory of the path $2 below $1, and what stands there, is listed under that very name, as far as it is
# there. Otherwise `listed` is the path as it is listed.
is_spelled_so() {
    so_far=
    left=$2/
    while [ -n "$left" ]; do
        name=${left%%/*}
        left=${left#*/}
        ! may_be_another "$1/$so_far" "$name" || is_listed "$1/$so_far" "$name" || return
        so_far=$so_far$name/
    done
    return 0
}
is_listed() {
    listed=
    for one in "$1"* "$1".[!.]* "$1"..?*; do
        [ "${one##*/}" != "$2" ] || return 0
        [ -n "$listed" ] || [ ! "$one" -ef "$1$2" ] || listed=$so_far${one##*/}
    done
    [ ! -e "$1$2" ] && [ ! -h "$1$2" ]
}
# Whether case is ignored in the base directory $1, as far as what is there tells: nothing is made.
ignores_case() {
    case $(stat -f -c %T -- "$1") in msdos | vfat | exfat | cifs | smb* | ntfs* | hfs* | apfs) return 0 ;; esac
    [ "$(stat -c %d -- "$1")" != "$(stat -c %d -- "$1/..")" ] || ! folds "$1" || return 0
    one=$(find "$1/" -mindepth 1 -maxdepth 2 -name '*[A-Za-z]*' -print -quit 2>/dev/null)
    [ -n "$one" ] && folds "$one"
}
folds() {
    may_be_another "${1%/*}" "${1##*/}" && [ "${1%/*}/$other" -ef "$1" ]
}
