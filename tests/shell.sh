#!/usr/bin/env bash
# Every shell program of the project can be read by a shell, and shellcheck finds nothing in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mapfile -t for_sh < <(git ls-files 'net/remote/*.sh')
mapfile -t for_bash < <(git ls-files '*.sh' '.ci/run' ':!net/remote/*.sh')
[ ${#for_bash[@]} -gt 0 ] || { echo "error: no shell program was found: nothing was checked" >&2; exit 1; }
# What runs at a destination runs under any POSIX shell; its settings are assigned before it.
for file in "${for_sh[@]}"; do sh -n "$file"; done
for file in "${for_bash[@]}"; do bash -n "$file"; done
[ ${#for_sh[@]} -eq 0 ] || shellcheck --shell=sh "${for_sh[@]}"
shellcheck --external-sources "${for_bash[@]}"
