# shellcheck shell=bash
# Gets what the rest of setup stands on: uv, and a Python new enough for Home Assistant.

# shellcheck source=scripts/lib/debian.sh
source "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

readonly python_minimum=3.14.2
readonly tools=$cache/tools
readonly private_python=$cache/python

# Debian's Python 3.14 with all it links to, so that it runs on an older Debian, and its headers.
readonly python_packages=(
  libc6 libgcc-s1 libstdc++6 libexpat1 libzstd1 zlib1g libssl3t64 libbz2-1.0 libdb5.3t64 libffi8 liblzma5 libtinfo6
  libncursesw6 libreadline8t64 libsqlite3-0 libuuid1 tzdata
  python3.14-minimal libpython3.14-minimal libpython3.14-stdlib python3.14 libpython3.14-dev python3.14-dev
)

# make_tools: .cache/tools, a virtual environment of the machine's own Python 3, which has pip.
make_tools() {
  local wheel
  have python3 || die "python3 is needed to begin with (Debian: apt-get install python3)"
  rm -rf "$tools"
  python3 -m venv "$tools" >/dev/null 2>&1 && return
  say "this python3 comes without pip; taking Debian's into .cache/pip"
  debian_unpack "$cache/pip" python3-pip-whl || die "cannot get pip (Debian: apt-get install python3-venv)"
  wheel=("$cache"/pip/usr/share/python-wheels/pip-*.whl)
  rm -rf "$tools"
  python3 -m venv --without-pip "$tools" || die "python3 cannot make a virtual environment"
  "$tools/bin/python" "${wheel[0]}/pip" install --quiet pip || die "cannot install pip from PyPI"
}

# install_tools PACKAGE...: from PyPI into .cache/tools.
install_tools() {
  [[ -x $tools/bin/pip ]] || make_tools
  "$tools/bin/pip" install -qq --disable-pip-version-check "$@" || die "cannot install $* from PyPI"
}

# Sets $uv.
find_uv() {
  if have uv; then
    uv=$(command -v uv)
  else
    uv=$tools/bin/uv
    [[ -x $uv ]] || {
      say "fetching uv"
      install_tools uv
    }
  fi
}

# new_enough PYTHON: does it run, and is it at least $python_minimum?
new_enough() {
  "$1" - "$python_minimum" >/dev/null 2>&1 <<'PYTHON'
import sys
sys.exit(sys.version_info[:3] < tuple(map(int, sys.argv[1].split("."))))
PYTHON
}

# Prints the path of a Python that is there already.
existing_python() {
  local candidate
  for candidate in "$private_python/usr/bin/python3.14" \
    "$("$uv" python find --offline --no-project --system ">=$python_minimum" 2>/dev/null)"; do
    if [[ -n $candidate ]] && new_enough "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

# Debian's next release has it. Only the interpreter is changed: it gets its own loader and library path.
debian_python() {
  local python=$private_python/usr/bin/python3.14 loader
  debian_unpack "$private_python" "${python_packages[@]}" || return 1
  have patchelf || [[ -x $tools/bin/patchelf ]] || install_tools patchelf
  loader=$(find "$private_python/usr/lib" -name 'ld-linux-*.so.*' -print -quit)
  [[ -n $loader ]] || return 1
  PATH=$tools/bin:$PATH patchelf --set-interpreter "$loader" --force-rpath \
    --set-rpath "\$ORIGIN/../lib/$(basename "$(dirname "$loader")")" "$python"
}

# Sets $python, trying the cheapest way first.
find_python() {
  python=$(existing_python) && return
  say "no Python >= $python_minimum here; asking uv for one (at most 60 s)"
  if timeout 60 "$uv" python install --no-bin 3.14 >/dev/null 2>&1 && python=$(existing_python); then
    return
  fi
  say "uv could not fetch one; taking Debian's into .cache/python"
  if debian_python && python=$(existing_python); then
    return
  fi
  die "no way worked: install Python $python_minimum or newer, then run scripts/setup again"
}
