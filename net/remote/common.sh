# shellcheck shell=sh
# Functions that the programs of net/remote share. Names reach them over standard input only, NUL-separated, and each
# ends with "//", which no path holds: a list that was cut short is noticed.
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, zsh
# shellcheck disable=SC2154 # base, identity and in are assigned by the caller
# shellcheck disable=SC2034 # record and boot_id are for the programs

# Enters the base directory, and checks that it is the same directory still. `root` is a path to it from then on.
enter_base() {
    cd -P -- "$base" 2>/dev/null || { echo "suprsync: cannot enter $base" >&2; exit 88; }
    [ "$(identity_of .)" = "$identity" ] || { echo "suprsync: $base is another directory" >&2; exit 87; }
    # Who holds it open knows it again, whatever stands at its path.
    exec 7<.
    root=/proc/self/fd/7
    [ "$root" -ef . ] || root=$base
}
# What a directory is known again by: the id of its file system, and its inode.
identity_of() { echo "$(stat -f -c %i -- "$1") $(stat -c %i -- "$1")"; }
# Enters a slot, and locks it.
take_slot() {
    { enter_in && enter_slot "$1"; } || return
    open_lock "$1"
    lock_slot
}
# Which file stands there, as stat tells it behind the boot id of its machine: a device and an inode name one on that
# machine only.
record='%s %f %d %i %.9Z %n\0'
find_boot_id() {
    boot_id=
    read -r boot_id 2>/dev/null </proc/sys/kernel/random/boot_id
}
# `from` is a path to the slot that is the working directory, wherever whoever uses it stands.
hold_slot() {
    exec 8<.
    from=/proc/self/fd/8
    [ "$from" -ef . ] || from=$in/$slot
}
# Of a list, the names that are whole, each with "./" before it.
sealed_names() { sed -z -n 's|^\(.*\)//$|./\1|p'; }
# What a program does before its call is known: nothing, where it does not say otherwise.
prestart() { :; }
