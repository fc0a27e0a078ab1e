#!/bin/sh
# Writes the manual page and the completion for bash anew, from the program's own table of commands. A test
# (tools_help) fails where they are not what the program says. Usage: conf/documents.sh [PROGRAM]
set -eu
here=$(CDPATH= cd "$(dirname "$0")" && pwd)
program=${1:-$here/../build/release/suprsync}
"$program" help --man > "$here/suprsync.1"
"$program" help --bash-completion > "$here/suprsync.bash-completion"
