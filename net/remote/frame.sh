# shellcheck shell=sh
# The frame around every program, behind its functions. The first line of standard input is the call: the bytes of the
# list that follows, a space, and assignments of this call's own (":" where there are none). Until it comes, the
# function `prestart` does what can be done before. The list goes to the function `main`; when the rest of standard
# input ends while `main` still works, whoever asked is gone, and the whole process group is ended. A standard input
# that ends before the call is no call: nothing is done.
#
# The left side of the pipe tells its pid first, so that the right side can end it when the work is done. It starts to
# watch only when the list is through, since both are the same standard input.
# shellcheck disable=SC2154 # watch_input, the program of that name, is assigned by the caller

exec 4<&0
watch_input="$watch_input" sh -c 'eval "$watch_input"' <&4 | {
    exec 4<&-
    read -r watcher
    trap 'kill -PIPE "$watcher" 2>/dev/null' EXIT
    prestart
    IFS= read -r call || exit
    eval "${call#* }"
    main
    exit $?
}
