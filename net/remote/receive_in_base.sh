# shellcheck shell=sh
# The receiver's command where there is no staging. Arguments: the base directory, encoded for `printf %b`; the id of
# its file system and its inode in one word, "id:inode"; then rsync's own. Behind clean_environment.sh, and
# written as receive_in_staging.sh.

base=$(printf %b. "$1");
identity=$2;
shift 2;
cd -P -- "${base%.}" || exit 88;
[ "$(stat -f -c %i .):$(stat -c %i .)" = "$identity" ] || { echo suprsync: base changed >&2; exit 87; };
exec rsync "$@";
