#!/usr/bin/env bash
# Through how many product files a reader has to walk: prints the .cpp files of which a function runs between
# a POST /files and its answer (201), and between a SIGHUP and the log line that answers it.
#
#   benchmarks/walks.sh [BUILD_DIRECTORY]     default: build/walks; it is configured where it is not there
#
# How: the program is built with clang's source-based coverage, whose counters are kept in a file while it
# runs. The file is copied before the request and again when the answer is sent: strace stops the program at
# that system call, so that nothing that comes later is counted. A file is on the walk where a counter of a
# region in it has grown, each of six times (a timer of the daemon may run then, by chance). The archive is
# paused, since copying the file is not part of its registration. The connection is made before.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. conf/packages.sh
install_packages "${build_packages[@]}" llvm-19 curl jq strace

build=${1:-build/walks}
if [ ! -f "$build/build.ninja" ]; then
  cmake -G Ninja -S . -B "$build" -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld-19 \
    -DBUILD_TESTING=OFF \
    -DCMAKE_CXX_FLAGS="-O0 -fprofile-instr-generate -fcoverage-mapping -mllvm -runtime-counter-relocation=true"
fi
cmake --build "$build" --target suprsync
program=$build/suprsync

work=$(mktemp -d "${TMPDIR:-/tmp}/suprsync-walks.XXXXXX")
daemon=
clean_up() {
  [ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
mkdir -p "$work/data" "$work/base" "$work/copies"
cat >"$work/suprsync.yaml" <<END
db_path: $work/suprsync.db
suprsync_file_root: $work/finalization
local_roots: [$work/data]
http: {listen: "127.0.0.1:0"}
shutdown_grace: 60
archives: [{name: timestreams, remote_basedir: $work/base}]
END
mkfifo "$work/log"
LLVM_PROFILE_FILE="$work/counters%p%c" "$program" run --config "$work/suprsync.yaml" >"$work/log" 2>&1 &
daemon=$!
exec 4<"$work/log"

# await_log TEXT: sets $line to the next line of the log that holds it.
await_log() {
  while read -r -t 60 -u 4 line; do
    [[ $line != *"$1"* ]] || return 0
  done
  echo "error: the log did not say '$1'" >&2
  return 1
}

# copy NAME: the counters as they are now (those of the guardian, the same program, are in a file of their own).
copy() { cp "$work/counters$daemon" "$work/copies/$1"; }

# stop_at CALL...: the next of these system calls stops the program; the words are what strace is told of it.
stop_at() {
  local call=$1
  shift
  strace -o "$work/strace" -p "$daemon" -e "trace=$call" -e "inject=$call:signal=SIGSTOP:when=1" "$@" 2>"$work/attached" &
  tracer=$!
  until grep -qs attached "$work/attached"; do sleep 0.01; done
}
go_on() {
  until grep -qs "stopped by SIGSTOP" "$work/strace"; do sleep 0.01; done
  "$@"
  kill -KILL "$tracer"
  wait "$tracer" 2>/dev/null || true
  kill -CONT "$daemon"
}

await_log "listening on "
port=${line##*:}
port=${port%%[!0-9]*}
until curl -sf "http://127.0.0.1:$port/readyz" >/dev/null; do sleep 0.1; done
curl -sf -H 'Content-Type: application/json' -d '{}' "http://127.0.0.1:$port/archives/timestreams/pause" >/dev/null

for n in 1 2 3 4 5 6; do
  echo "content $n" >"$work/data/$n"
  body="{\"local_path\": \"$work/data/$n\", \"remote_path\": \"17000/$n\", \"archive_name\": \"timestreams\"}"
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  # An answer shows that the connection is taken.
  printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n' >&3
  answer=
  until [ "$answer" = $'\r' ]; do read -r -t 60 -u 3 answer; done
  stop_at sendmsg
  copy "post_${n}_before"
  printf 'POST /files HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
    "${#body}" "$body" >&3
  go_on copy "post_${n}_after"
  read -r -t 60 -u 3 answer
  [[ $answer == *"HTTP/1.1 201 "* ]] || { echo "error: POST /files was answered: $answer" >&2; exit 1; }
  exec 3>&-

  # Something has changed; an archive with another configuration would be begun anew besides.
  sed -i "s/shutdown_grace: [0-9]*/shutdown_grace: 6$n/" "$work/suprsync.yaml"
  stop_at write -P "$work/log"
  copy "hup_${n}_before"
  kill -HUP "$daemon"
  go_on copy "hup_${n}_after"
  await_log "was read again"
  hup_answer=$line
done

# regions COPY: "FILE FUNCTION:REGION COUNT" of every region of a .cpp file of ours that has run, sorted.
regions() {
  llvm-profdata-19 merge -o "$work/$1.profdata" "$work/copies/$1"
  llvm-cov-19 export -skip-expansions -skip-branches -instr-profile="$work/$1.profdata" "$program" |
    jq -r --arg root "$PWD/" '
      .data[0].functions[] | .name as $name | .filenames[0] as $file
      | select($file | endswith(".cpp") and startswith($root))
      | .regions[] | select(.[4] > 0)
      | "\($file | ltrimstr($root)) \($name):\(.[0:4] | join("-")) \(.[4])"' |
    LC_ALL=C sort -u
}

# walk NAME: the files on it.
walk() {
  local n
  for n in 1 2 3 4 5 6; do
    LC_ALL=C comm -13 <(regions "$1_${n}_before") <(regions "$1_${n}_after") | cut -d' ' -f1 | sort -u
  done | sort | uniq -c | sed -n 's/^ *6 //p'
}

for name in post hup; do
  walk "$name" >"$work/$name"
done
printf 'POST /files to 201: %d files\n' "$(wc -l <"$work/post")"
sed 's/^/  /' "$work/post"
printf 'SIGHUP to "%s": %d files\n' "${hup_answer##*suprsync.yaml }" "$(wc -l <"$work/hup")"
sed 's/^/  /' "$work/hup"
