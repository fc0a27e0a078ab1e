# shellcheck shell=sh
# Hands on the call and its list, and then waits for the end of standard input: whoever asked is gone, and all of this
# process group is ended. By KILL: a bash that has a trap loses a TERM that comes while it starts a program, and that
# program goes on. The call's line is read by the shell byte by byte, so that nothing of the list is lost.

echo $$
IFS= read -r call || exit
printf '%s\n' "$call"
head -c "${call%% *}"
exec >/dev/null 2>&1
while read -r _; do :; done
kill -KILL 0
