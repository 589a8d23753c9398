#!/bin/sh
# Runs the tests with the lowest versions of the dependencies that pyproject.toml allows.
#
#   tools/lowest_versions.sh                    all but the browser and the laboratory
#   tools/lowest_versions.sh tests/games -x     a part
#   LAB=1 tools/lowest_versions.sh tests/lab    the laboratory, with its lowest versions
#   PYTHON=python3.12 tools/lowest_versions.sh  another interpreter
#   RESOLUTION=highest tools/lowest_versions.sh the newest versions instead
#
# What pyproject.toml names is installed at its lowest version, what those packages need in turn at the newest
# that fits. The environment is made anew in a temporary folder, or in FOLDER, which is then kept.
set -eu

cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
folder=${FOLDER:-$(mktemp -d)}
[ -n "${FOLDER:-}" ] || trap 'rm -rf "$folder"' EXIT
extras=test
[ "${LAB:-0}" = 0 ] || extras=test,lab

"$python" -m venv "$folder/uv"
"$folder/uv/bin/python" -m pip install -qq --disable-pip-version-check uv
uv="$folder/uv/bin/uv"
"$uv" venv -q --clear --python "$(command -v "$python")" "$folder/environment"
# The build of torch that pip would take (PIP_FIND_LINKS) is offered to uv as well.
UV_FIND_LINKS=${UV_FIND_LINKS:-${PIP_FIND_LINKS:-}} "$uv" pip install -q --python "$folder/environment/bin/python" \
    --only-binary :all: --no-binary advgame --resolution "${RESOLUTION:-lowest-direct}" --editable ".[$extras]"
"$uv" pip list -q --python "$folder/environment/bin/python"

[ $# -gt 0 ] || set -- -m "not browser and not install"
NUMBA_CACHE_DIR="$folder/numba" "$folder/environment/bin/python" -m pytest -q -p no:cacheprovider "$@" </dev/null
