# shellcheck shell=sh
# Makes those directories below the base directory that are missing. Wants base, identity, remote_links,
# directory_mask, directory_special, and make_listed, the program make_listed.sh. List: directories, parents first.
# Answers for each in which nothing may be written "directory" NUL "directory//reason" NUL.
# shellcheck disable=SC2154 # assigned by the caller

main() {
    enter_base
    export base root remote_links directory_mask directory_special make_listed
    # shellcheck disable=SC2016 # the inner sh expands it
    sealed_names | xargs -0 -r sh -c 'eval "$make_listed"' sh
    return 0
}
