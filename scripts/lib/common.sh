# shellcheck shell=bash
# Shared by every script here: where the repository is, and how to speak. Source it; do not run it.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root
# shellcheck disable=SC2034  # for those that source this
readonly cache=$root/.cache
cd "$root" || exit 1

say() { printf '==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Where Debian keeps the tools of root.
PATH=$PATH:/usr/sbin:/sbin
