# shellcheck shell=bash disable=SC2034
# The Debian packages that suprsync is built, run and tested with, and how they are installed. Sourced by
# conf/quickstart.sh and tests/run.sh.

# Debian 12 has two versions of Boost, of which the default is too old. DEBIAN_CODENAME names another Debian than this.
boost=
[ "${DEBIAN_CODENAME:-$(. /etc/os-release && echo "${VERSION_CODENAME:-}")}" != bookworm ] || boost=1.81

build_packages=(
  cmake ninja-build ccache pkg-config
  clang-19 lld-19 libclang-rt-19-dev
  "libboost$boost-dev" "libboost-json$boost-dev" "libboost-program-options$boost-dev" "libboost-test$boost-dev"
  "libboost-url$boost-dev"
  libcurl4-openssl-dev libfmt-dev libjs-chart.js libspdlog-dev libsqlite3-dev libsqlitecpp-dev libssl-dev libsystemd-dev libyaml-cpp-dev
  libzstd-dev prometheus-cpp-dev
)
run_packages=(ca-certificates coreutils findutils openssh-client rsync util-linux util-linux-extra)
show_packages=(curl jq)
test_packages=(
  acl binutils busybox clang-format-19 clang-tidy-19 curl fish git groff-base jq ksh openssh-server prometheus
  python3-autobahn python3-fusepy python3-twisted python3-yaml shellcheck strace systemd tcsh zsh
)
# To make a Debian package, to make it in a system of its own, to try it, and what the system that it is tried in has.
package_packages=(debhelper dpkg-dev git python3)
package_root_packages=(debootstrap)
package_test_packages=(binutils debootstrap lintian python3 systemd-container)
booted_packages=(curl dbus fish libpam-systemd openssh-server sqlite3 systemd-sysv zsh)
page_packages=(nodejs npm chromium openssh-server openssh-client rsync python3)
# A Node from elsewhere does as well, and Debian's would stand in its way.
if command -v node >/dev/null && command -v npm >/dev/null; then page_packages=("${page_packages[@]:2}"); fi
container_packages=(buildah debootstrap iproute2 openssh-server python3-autobahn python3-twisted python3-yaml)
bench_packages=(libbenchmark-dev openssh-server openssl python3)

# Runs a command as root: as it is where we are root, through sudo otherwise.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "error: packages are missing, and this is neither root nor is there sudo to become it" >&2
    return 1
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

# install_packages NAME...: installs those that are not there; asks nothing, and changes nothing where all are.
install_packages() {
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "installing ${missing[*]}"
  # Without package lists, or with old ones, the first attempt finds nothing.
  apt_install "${missing[@]}" && return 0
  as_root apt-get update && apt_install "${missing[@]}" && return 0
  echo "error: apt-get could not install: ${missing[*]} (suprsync is built on Debian 12)" >&2
  return 1
}
