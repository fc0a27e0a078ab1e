# shellcheck shell=sh
# How much room the base directory's file system has. Wants base and identity; reads no list. Answers block size, blocks
# that are free for the account, blocks, free inodes, inodes; in a record ended by NUL.
main() {
    enter_base
    printf '%s\0' "$(stat -f -c '%S %a %b %d %c' .)"
}
