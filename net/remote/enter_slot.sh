# shellcheck shell=sh
# Enters what is private in staging, `in` and its slots, and says so where one is not what it should be: nothing is
# listed, removed or written before. Private are real directories of the account that nobody else may enter, up to the
# catalog's own. Above that one others may put something in its place: so `in` is entered first, without a symbolic link
# anywhere in its path, and looked at from inside. What lies below it can then be exchanged by nobody.
#
# Part of the receiver's command line, too: see lock_slot.sh for how it is written.
# shellcheck disable=SC2154 # in is assigned by the caller
# shellcheck disable=SC3013,SC3067 # every sh there is has -ef and -O: dash, bash, ash of busybox, zsh

enter_in() {
    { cd -P -- "$in" && [ "$PWD" = "$in" ] && [ -O . ] && [ -O .. ] && [ -O ../.. ] &&
        [ "$(find . .. ../.. -maxdepth 0 -type d -not -perm /077 -printf x)" = xxx ]; } 2>/dev/null ||
        not_private "$in";
};
enter_slot() {
    { cd -P -- "./$1" && [ "$PWD" = "$in/$1" ] && [ -O . ] && [ .. -ef "$in" ]; } 2>/dev/null ||
        not_private "$in/$1";
};
not_private() { echo "suprsync: $1 is no private directory of the account" >&2; return 89; };
