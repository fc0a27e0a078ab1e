# shellcheck shell=sh
# The part of make_directories.sh that makes those of a list, its arguments, that are missing; spelling.sh and
# enter_below.sh stand before it. Says "directory" NUL and "directory//reason" NUL of each in which nothing may be
# written.
# shellcheck disable=SC2154 # root is exported by make_directories.sh

for d do
    d=${d#./}
    [ -d "$root/$d" ] || make_below "$d" 2>/dev/null
    (enter_below "$d") && continue
    problem_of "$d"
    [ -z "$problem" ] || printf '%s\0' "$d" "$problem"
done
