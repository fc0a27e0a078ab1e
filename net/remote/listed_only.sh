# shellcheck shell=sh
# The part of stat.sh that passes on those of a list, its arguments, that are listed under that very name; spelling.sh
# stands before it. Of each other one it says, as stat would, how it is listed.
# shellcheck disable=SC2154 # listed is assigned by is_spelled_so

for f do
    if is_spelled_so . "${f#./}"; then
        printf '%s\0' "$f"
    else
        printf 'stat: cannot stat %s: listed as %s\n' "$f" "$listed" >&2
    fi
done
