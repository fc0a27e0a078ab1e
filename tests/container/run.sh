#!/usr/bin/env bash
# Builds the image of conf/container/Dockerfile and runs the services of conf/container/compose.yaml from it, both
# archives on one catalog (tests/container/services.py). There is no container engine and no registry in this: buildah
# builds on a Debian that debootstrap makes, which stays in build/container, as do the layers. Needs root (77 without).
#
#   tests/container/run.sh [BUILD_DIRECTORY]    the final stage, with the program as it was built there (build/release)
#   tests/container/run.sh --whole              the build stage, too: the whole program is compiled in it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. conf/packages.sh
. conf/debian_root.sh
if [ "$(id -u)" -ne 0 ]; then
  echo "skipped: only root can make namespaces"
  exit 77
fi
install_packages "${container_packages[@]}"

work=$PWD/build/container
mkdir -p "$work"
exec {turn}>"$work/lock"
flock "$turn"
for driver in overlay vfs; do
  build() { buildah --root "$work/store" --runroot "$work/run" --storage-driver "$driver" "$@"; }
  if build info >/dev/null 2>&1; then break; fi
  rm -rf -- "$work/store" "$work/run"
done

build rm --all >/dev/null  # of a run that was killed

# ---- the images that the Dockerfile begins from
version=$(. /etc/os-release && echo "$VERSION_ID")
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
base=docker.io/library/debian:$version
if ! build inspect --type image "$base-slim" >/dev/null 2>&1; then
  debian=$(debian_base "$codename")
  container=$(build from scratch)
  tar --extract --numeric-owner --xattrs --directory "$(build mount "$container")" --file "$debian"
  build commit --quiet --format docker --rm "$container" "$base"
  build tag "$base" "$base-slim"
fi

# ---- the image
given=()
if [ "${1:-}" != --whole ]; then
  rm -rf -- "$work/given"
  conf/container/collect.sh "${1:-build/release}" "$work/given/image"
  given=(--build-context "build=$work/given")
fi
build build --isolation chroot --format docker --layers --pull-never --build-arg "DEBIAN=$version" "${given[@]}" \
  --tag suprsync --file conf/container/Dockerfile .
build rmi --prune --force >/dev/null  # those that have lost their name; the layers of this one stay
build inspect --type image suprsync >"$work/image.json"

# ---- the services
containers=()
trap '[ ${#containers[@]} -eq 0 ] || build rm "${containers[@]}" >/dev/null' EXIT
roots=()
for _ in 1 2; do
  containers+=("$(build from --pull-never suprsync)")
  roots+=("$(build mount "${containers[-1]}")")
done
# A network, processes and mounts that end with the test; the network is the host's of these services.
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$PWD/tests/support unshare --net --mount --pid --fork --kill-child --mount-proc \
  python3 tests/container/services.py "$work/image.json" conf/container/compose.yaml "${roots[@]}"
