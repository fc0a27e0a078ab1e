# shellcheck shell=sh
# The function make_listed: makes the directories of a list on standard input, NUL-separated, parents first, with the
# modes that rsync's --chmod would give them: directory_mask for umask ('' for the account's own), and
# directory_special, for chmod, where a mode is more than a umask can give (set-group-ID and the like).
# shellcheck disable=SC2154 # both are assigned by the caller, and so is make_special: the program make_special.sh

make_listed() (
    [ -z "$directory_mask" ] || umask "$directory_mask"
    if [ -z "$directory_special" ]; then
        xargs -0 -r mkdir -- 2>/dev/null
    else
        export make_special
        # shellcheck disable=SC2016 # the inner sh expands it
        xargs -0 -r sh -c 'eval "$make_special"' "$directory_special" 2>/dev/null
    fi
)
