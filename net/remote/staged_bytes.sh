# shellcheck shell=sh
# The bytes that a slot holds. Wants in, slot.
# shellcheck disable=SC2154 # assigned by the caller

main() {
    { enter_in && enter_slot "$slot"; } || return
    sum=$(find . -type f -printf %s+)
    echo $((${sum}0))
}
