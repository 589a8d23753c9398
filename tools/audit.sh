#!/bin/sh
# Writes a software bill of materials of an environment, and checks its packages for known vulnerabilities.
#
#   tools/audit.sh [VENV [FILE]]     by default .venv and sbom.cdx.json
set -eu

venv=${1:-.venv}
file=${2:-sbom.cdx.json}
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT

"${PYTHON:-python3}" -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet 'cyclonedx-bom>=5' 'pip-audit>=2.7'
"$tools/venv/bin/cyclonedx-py" environment --output-reproducible --output-file "$file" "$venv/bin/python"
echo "The bill of materials is in $file."
packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"$tools/venv/bin/pip-audit" --path "$packages" --progress-spinner off
