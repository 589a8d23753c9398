#!/bin/sh
# Writes a software bill of materials of an environment, and checks its packages for known vulnerabilities.
#
#   tools/audit.sh [VENV [FILE]]     by default .venv and sbom.cdx.json
#
# The exit code is 1 if a package has a known vulnerability, and 2 if no package could be checked.
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
"$tools/venv/bin/pip-audit" --path "$packages" --progress-spinner off --format json \
    --output "$tools/audit.json" 2> "$tools/messages" || true
[ -f "$tools/audit.json" ] || cat "$tools/messages" >&2
"$tools/venv/bin/python" - "$tools/audit.json" <<'END'
import json, sys
from pathlib import Path

report = Path(sys.argv[1])
packages = json.loads(report.read_text())["dependencies"] if report.exists() else []
skipped = [package["name"] for package in packages if "skip_reason" in package]
vulnerable = [package for package in packages if package.get("vulns")]
for package in vulnerable:
    for each in package["vulns"]:
        fixed = ", ".join(each["fix_versions"]) or "no version"
        print(f"{package['name']} {package['version']}: {each['id']}, fixed in {fixed}")
print(f"{len(packages) - len(skipped)} of {len(packages)} packages were checked; {len(vulnerable)} are vulnerable.")
if skipped:
    print("Not in the database:", ", ".join(skipped))
sys.exit(1 if vulnerable else 2 if len(skipped) == len(packages) else 0)
END
