# shellcheck shell=sh
# Which directories staging may lie in, and which are ours alone: what prepare.sh refuses, and probe.sh foresees. Only
# looks. base_directory.sh stands before it. Says R and why there is no staging.
# shellcheck disable=SC3013,SC3067 # every sh there is has -ef and -O: dash, bash, ash of busybox, zsh

# The directory that we are in may be somebody else's, and whoever may write in it may stage there, too; but nobody is to
# rename what is not his own.
is_safe() { [ -n "$(find . -maxdepth 0 \( -not -perm /022 -o -perm -1000 \) -printf x)" ]; }
tell_unsafe() {
    say "R$PWD belongs to $(stat -c %U .), and others may rename what is in it (chmod +t there makes it safe)"
}
is_there() { [ -e "$1" ] || [ -L "$1" ]; }
# What stands there must be no symbolic link, and belong to the account.
enter_private() {
    place=${PWD%/}/$1
    { cd -P -- "./$1" && [ "$PWD" = "$place" ] && [ -O . ]; } 2>/dev/null ||
        { say "R$place is no directory of the account's own"; return 1; }
}
is_closed() { [ -n "$(find . -maxdepth 0 -not -perm /077 -printf x)" ]; }
# From inside `in`: of what others could change, that holds what was not made there. Wants, as words for find, what else a
# directory of ours must be.
is_only_ours() {
    me=$(id -u)
    # shellcheck disable=SC2086 # words
    odd=$(find . -mindepth 1 -not \( -user "$me" \( -type f -o -type d $1 \) \) -print -quit
        find ../replaced -mindepth 1 -maxdepth 1 -not \( -user "$me" -type d $1 \) -print -quit 2>/dev/null)
    [ -z "$odd" ] ||
        { say "R$PWD was open to other accounts, and holds what was not made there (remove it): $odd"; return 1; }
}
