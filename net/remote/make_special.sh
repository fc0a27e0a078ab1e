# shellcheck shell=sh
# Makes directories, its arguments, and gives the modes $0 to those that it made.

for d do mkdir -- "$d" && chmod -- "$0" "$d"; done
