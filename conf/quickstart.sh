#!/usr/bin/env bash
# suprsync's main job, for real, in one command on a fresh Debian 12: installs what is missing, builds the
# program, runs the daemon on a directory of its own with a local destination, registers files, and looks at
# what came of it. Leaves nothing outside that directory but Debian packages, build/release and ccache's cache.
#
#   conf/quickstart.sh [DIR]     DIR: a new or empty directory; without it, one is made below $TMPDIR
#
# On a terminal the daemon is left running in the foreground (Ctrl-C ends it); otherwise it is stopped.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$repository/conf/packages.sh"

step() { printf '\n== %s\n' "$*"; }
fail() {
  printf '\nquickstart failed: %s\n' "$*" >&2
  if [ -n "${log:-}" ] && [ -f "$log" ]; then
    printf 'The end of the daemon'\''s log (%s):\n' "$log" >&2
    tail -n 20 "$log" >&2
  fi
  exit 1
}

daemon=
stop_daemon() {
  [ -n "$daemon" ] || return 0
  kill -TERM "$daemon" 2>/dev/null || true
  wait "$daemon"
}
trap 'stop_daemon || true' EXIT

# ---- install and build
step "Packages"
install_packages "${build_packages[@]}" "${run_packages[@]}" "${show_packages[@]}" || fail "packages are missing"
step "Build"
(cd "$repository" && cmake --preset release && cmake --build --preset release --target suprsync) ||
  fail "the build did not succeed"
suprsync=$repository/build/release/suprsync

# ---- a site of our own
site=${1:-$(mktemp -d "${TMPDIR:-/tmp}/suprsync-quickstart.XXXXXX")}
mkdir -p "$site"
site=$(cd "$site" && pwd -P)
[ -z "$(ls -A "$site")" ] || fail "$site is not empty: give a new or empty directory"
data=$site/data destination=$site/destination/timestreams log=$site/suprsync.log socket=$site/suprsync.sock
mkdir -p "$data/smurf" "$data/hk" "$site/destination"

step "The daemon, on $site"
command=("$suprsync" run
  --archive-name timestreams
  --remote-basedir "$destination"
  --db-path "$site/suprsync.db"
  --suprsync-file-root "$site/finalization"
  --local-root "$data"
  --http-listen "unix:$socket"
  --instance-id quickstart)
printf '  %q' "${command[@]}"
echo
"${command[@]}" >"$log" 2>&1 &
daemon=$!

ask() { curl --silent --show-error --fail-with-body --unix-socket "$socket" "http://localhost$1" "${@:2}"; }
# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local tries=$(($1 * 5)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    kill -0 "$daemon" 2>/dev/null || fail "the daemon ended while waiting for $what"
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "waited too long for $what"
    sleep 0.2
  done
}
wait_for 30 "the daemon to be ready" ask /readyz

# ---- register
step "Six files of a past day, registered with POST /files"
now=$(date +%s)
yesterday=$((now / 100000 - 2))
registrations='[]'
for number in 1 2 3 4; do
  head -c 200000 /dev/urandom >"$data/smurf/$number.g3"
  registrations=$(jq --arg l "$data/smurf/$number.g3" --arg r "$yesterday/smurf/$number.g3" \
    '. + [{local_path: $l, remote_path: $r, archive_name: "timestreams"}]' <<<"$registrations")
done
# shellcheck disable=SC2016  # not to be expanded, by nobody
for name in "with a space" 'with "quotes" and $(touch pwned)'; do
  date >"$data/hk/$name.txt"
  registrations=$(jq --arg l "$data/hk/$name.txt" --arg r "$yesterday/hk/$name.txt" \
    '. + [{local_path: $l, remote_path: $r, archive_name: "timestreams"}]' <<<"$registrations")
done
answer=$(ask /files --json "$registrations") || fail "the registration was refused: $answer"
jq -r '.[] | "  id \(.id)  \(.state)  \(.remote_path)"' <<<"$answer"
ids=$(jq -r '.[].id' <<<"$answer")
[ "$(wc -w <<<"$ids")" -eq 6 ] || fail "six files were registered, the answer has other than six: $answer"

# ---- wait until the destination's own sums agree
step "Waiting until they are verified"
is_verified() { [ "$(ask "/files/$1" | jq -r .state)" = verified ]; }
for id in $ids; do
  wait_for 60 "file $id to be verified" is_verified "$id"
  ask "/files/$id" | jq -r '"  id \(.id)  \(.state)  local \(.local_md5sum)  remote \(.remote_md5sum)"'
done

step "The copies, by md5sum of our own"
for id in $ids; do
  row=$(ask "/files/$id")
  here=$(md5sum <"$(jq -r .local_path <<<"$row")" | cut -d' ' -f1)
  there=$(md5sum <"$destination/$(jq -r .remote_path <<<"$row")" | cut -d' ' -f1)
  printf '  %s  %s  %s\n' "$here" "$there" "$(jq -r .remote_path <<<"$row")"
  [ "$here" = "$there" ] || fail "the copy of file $id differs"
done

step "The finalization file of timecode $yesterday, as downstream software finds it"
find_announcement() {
  announcement=$(find "$destination" -path "*/suprsync/quickstart/*_timestreams_${yesterday}_finalized.yaml")
  [ -n "$announcement" ]
}
wait_for 60 "the finalization file to arrive" find_announcement
find_announcement
echo "  $announcement"
sed 's/^/    /' "$announcement"
grep -q '^num_files: 6$' "$announcement" || fail "the finalization file does not say num_files: 6"

step "GET /status"
nothing_open() { ask /status | jq -e '.archive_stats.timestreams.uncopied_files == 0 and .activity == "idle"'; }
wait_for 30 "the daemon to be idle" nothing_open
ask /status | jq .
[ "$(ask /status | jq .degraded)" = false ] || fail "something is wrong: see conditions above"
[ -z "$(find "$site" -name pwned)" ] || fail "a file name was run as a command"

step "Done"
echo "Everything lies in $site (suprsync.db, suprsync.log, data/, destination/); remove it when you have seen it."
if [ -t 0 ] && [ -t 1 ]; then
  cat <<TEXT
The daemon runs on; Ctrl-C ends it. In another terminal, for example:

  curl --unix-socket $socket http://localhost/status | jq .
  curl --unix-socket $socket http://localhost/files --json \\
    '{"local_path": "$data/...", "remote_path": "$yesterday/hk/...", "archive_name": "timestreams"}'
TEXT
  trap 'kill -TERM "$daemon" 2>/dev/null || true' INT TERM
  tail -n 0 -f --pid="$daemon" "$log" &
  wait "$daemon" || wait "$daemon" || fail "the daemon did not end cleanly"
else
  stop_daemon || fail "the daemon did not end cleanly"
fi
daemon=
