# shellcheck shell=bash
# Takes packages from the machine's own Debian mirror into a private folder. Needs no root and changes nothing
# outside that folder: apt gets its own lists, cache and (empty) status, and dpkg only unpacks.

# shellcheck source=scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# It has the Python that Home Assistant wants, whatever release this machine runs.
readonly debian_suite=forky

# The machine's apt sources that may be a Debian archive; the keyring decides.
debian_mirrors() {
  apt-get indextargets --no-release-info --format "\$(REPO_URI)" 'Created-By: Packages' 2>/dev/null |
    grep -E '/debian/?$' | uniq
}

unpack() {
  local prefix=$1 deb
  shift
  for deb; do dpkg-deb -x "$deb" "$prefix" || return; done
}

# debian_unpack PREFIX PACKAGE...: unpack the packages under PREFIX, which appears only when all is there.
debian_unpack() {
  local prefix=$1 work mirror options
  shift
  if ! have apt-get || ! have dpkg-deb; then
    say "apt-get and dpkg-deb are needed to take packages from Debian"
    return 1
  fi
  work=$(mktemp -d "$cache/apt.XXXXXX") || return
  mkdir -p "$work"/{lists,archives}/partial "$work"/{debs,unpacked}
  : >"$work/status"
  options=(
    -qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o "Dir::State::status=$work/status"
    -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives"
    -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any -o Acquire::Languages=none
  )
  for mirror in $(debian_mirrors); do
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
      "$mirror" "$debian_suite" >"$work/sources.list"
    if timeout 120 apt-get "${options[@]}" update >&2 &&
      (cd "$work/debs" && timeout 300 apt-get "${options[@]}" download "$@" >&2) &&
      unpack "$work/unpacked" "$work"/debs/*.deb; then
      rm -rf "$prefix"
      mv "$work/unpacked" "$prefix"
      rm -rf "$work"
      return
    fi
  done
  rm -rf "$work"
  say "none of this machine's apt sources gave $1 of Debian $debian_suite"
  return 1
}

# apt_install PACKAGE...: into the machine itself, where we may.
apt_install() {
  if ((EUID != 0)) || ! have apt-get; then
    die "this needs $* on the machine: as root, apt-get install $*"
  fi
  say "installing $* with apt-get"
  apt-get -qq update >&2 || say "some of this machine's apt sources could not be read"
  DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null </dev/null ||
    die "apt-get could not install $*"
}
