# shellcheck shell=sh
# The first that an account hears of us: whether its shell and its programs do what the other programs of ours want of
# them. Each is tried, since one of that name may be another (BusyBox's, or an old one). Only reads, and stands alone,
# behind clean_environment.sh, since the frame of the others wants what is tried here; its standard input ends behind it.
# Wants needed_programs. Answers "suprsync" and then records of one key letter and a value, each ended by NUL:
#   T a program that is tried now: whoever waits sees that it goes on, and where it does not
#   M a program that is not installed         Y one that does not do what is needed, and what it said
#   K why nothing can be locked there         Z the end
# shellcheck disable=SC2154 # assigned by the caller
# shellcheck disable=SC3013,SC3067 # every sh that is meant has -ef and -O: they are tried

say() { printf '%s\0' "$1"; }
tried_find() { find / -maxdepth 0 \( -newerct "10 seconds ago" -o -perm /7777 \) -printf x; }
tried_stat() { stat -L --printf '%n\0' -- / | tr '\0' x; stat -f -c x -- /; stat -c %m /; }
tried_sed() { printf 'a//\0' | sed -z -n 's|^\(.*\)//$|./\1|p' | tr '\0' x; }
tried_xargs() { printf 'a\0' | xargs -0 -r -n 1 -P 2 printf '%s'; }
tried_md5sum() { echo 'd41d8cd98f00b204e9800998ecf8427e  /dev/null' | md5sum --status -c --strict - && echo x; }
tried_sort() { printf 'b\na\na\n' | sort | uniq -d; }
tried_rsync() { rsync --version >/dev/null && echo x; }
# Descriptors that `exec` opened are to reach the programs that it starts: ksh under its own name keeps them to itself. As
# sh it hands them on, and then frees memory twice in the midst of our programs (93u+m 1.0.4).
tried_sh() {
    exec 9</
    if [ -n "${KSH_VERSION:-}" ]; then
        echo "sh: it is ksh ($KSH_VERSION)"
    elif ! { [ / -ef /. ] && { [ -O / ] || [ ! -O / ]; }; } 2>/dev/null; then
        echo "sh: it has no tests -ef and -O"
    elif sh -c ': <&9' 2>/dev/null; then
        echo x
    else
        echo "sh: files that it opens do not reach the programs that it starts"
    fi
}
# A program's name, and what is to be seen when it is tried.
try() {
    command -v "$1" >/dev/null 2>&1 || return
    say "T$1"
    # A warning beside the answer (of a locale, of the loader) is none of our business.
    seen=$("tried_$1" 2>/dev/null </dev/null)
    [ "$seen" = "$2" ] && return
    seen=$("tried_$1" 2>&1 </dev/null)
    say "Y${seen:-$1: it answers nothing}"
}
say suprsync
for program in $needed_programs; do
    command -v "$program" >/dev/null 2>&1 || say "M$program"
done
try sh x
try find x
try stat '/xx
/'
try sed ./ax
try xargs a
try md5sum x
try sort a
try rsync x
if command -v flock >/dev/null 2>&1; then
    say Tflock
    exec 9</
    seen=$(flock -s -w 2 9 2>&1) || say "Kthe program flock there cannot be used (install package util-linux there): $seen"
else
    say "Kthere is no program flock (package util-linux) there"
fi
say Z
