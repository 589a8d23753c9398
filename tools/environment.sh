#!/bin/sh
# Makes a virtual environment and installs advgame into it; does nothing where that was done already.
#
#   tools/environment.sh FOLDER [EXTRA]
#
# PYTHON names the interpreter to make it with: 3.11 or newer. The checkout is installed as it stands,
# so that a change to the code needs no new installation; a change to pyproject.toml does.
set -eu

folder=$1
extra=${2:-}
needed="import sys; sys.exit(sys.version_info < (3, 11))"

say() { printf '%s\n' "$@" >&2; }

fail() {
    say "$@"
    exit 1
}

suitable_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c "$needed" >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    given=${PYTHON:-python3}
    found=$("$given" --version 2>/dev/null) || found="not there"
    fail "advgame needs Python 3.11 or newer; '$given' is $found." \
        "Install one (Debian: apt-get install python3 python3-venv), or name it: make run PYTHON=python3.12"
}

usable() { "$folder/bin/python" -c "$needed" >/dev/null 2>&1 && "$folder/bin/python" -m pip --version >/dev/null 2>&1; }

make_folder() {
    python=$(suitable_python)
    "$python" -c "import ensurepip, venv" >/dev/null 2>&1 ||
        fail "$python cannot make virtual environments: its modules venv and ensurepip are missing." \
            "On Debian and Ubuntu they are a package of their own: apt-get install python3-venv"
    say "Making the environment $folder with $("$python" --version) …"
    "$python" -m venv --clear "$folder" || fail "$folder could not be made; the message above says why."
}

# What an installation depends on: the file of dependencies, where the checkout stands, the interpreter.
fingerprint() { { cat pyproject.toml && pwd && "$folder/bin/python" --version; } | cksum; }

# With extras, modules are compiled when they are first imported: the tests import a quarter of them.
install_here() {
    what="advgame and its dashboard${extra:+, and what '$extra' needs,}"
    say "Installing $what into $folder; the first time this takes a minute or two …"
    "$folder/bin/python" -m pip install -qq --disable-pip-version-check \
        ${extra:+--no-compile} --editable ".${extra:+[$extra]}" ||
        fail "The installation failed; pip's message is above. Put it right and give the command again."
}

usable || make_folder
stamp="$folder/.installed${extra:+-$extra}"
if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ]; then
    install_here
    fingerprint >"$stamp"
fi
