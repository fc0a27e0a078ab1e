#!/usr/bin/env bash
# A campaign of kill -9: the daemon (at times its guardian, or an rsync) is killed at random moments while files
# are registered over HTTP and by a foreign program, and started anew. At the end nothing may be lost. Run it as
#
#   tests/torture/run.sh [ROUNDS]        500 rounds by default, a second or two each
#
# One line every 50 rounds; exit status 1 with what was lost. SUPRSYNC names the program (build/release/suprsync),
# TORTURE_SEED repeats the same choices, TORTURE_KEEP keeps the directory of the campaign.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${SUPRSYNC:-$here/../../build/release/suprsync}
if [ ! -x "$program" ]; then
    echo "error: there is no $program: cmake --preset release && cmake --build --preset release --target suprsync" >&2
    exit 2
fi
export SUPRSYNC=$program PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/campaign.py" "${1:-500}"
