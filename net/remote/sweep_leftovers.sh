# shellcheck shell=sh
# Without staging: removes what a receiver of ours that was killed has left below the base directory. Wants base,
# identity, remote_links, and sweep_listed, the program sweep_listed.sh. List: records "size path" of files that are
# about to be sent, those of a directory in a row. Answers what sweep_listed.sh says.
# shellcheck disable=SC2154 # assigned by the caller

main() {
    exec 3>&1
    enter_base
    export base root remote_links sweep_listed
    # shellcheck disable=SC2016 # the inner sh expands it
    sed -z -n 's|//$||p' | xargs -0 -r sh -c 'eval "$sweep_listed"' sh
    return 0
}
