# shellcheck shell=sh
# Makes those directories below the base directory that are missing. Wants base, identity, directory_mask,
# directory_special. List: directories, parents first.

main() {
    enter_base
    sealed_names | make_listed
    return 0
}
