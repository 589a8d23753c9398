#!/usr/bin/env bash
# fastjsonschema cannot compile a schema whose relative $id has a slash, which two other validators accept, and leaves
# that schema changed: the others then cannot use it either.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    fastjsonschema==2.22.3 jsonschema==4.26.0 jsonschema-rs==0.61.2

"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import fastjsonschema
import jsonschema
import jsonschema_rs

for name in ("fastjsonschema", "jsonschema", "jsonschema-rs"):
    print(name, version(name))


def accepted(schema):
    """What each of the other validators says of a document that fits and of one that does not."""
    found = {}
    for name, made in (
        ("jsonschema", jsonschema.Draft7Validator),
        ("jsonschema-rs", jsonschema_rs.Draft7Validator),
    ):
        try:
            found[name] = [made(schema).is_valid({"x": 1}), made(schema).is_valid({"x": "a"})]
        except Exception as error:
            found[name] = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return found


schema = {
    "$id": "reports/games/1",
    "properties": {"x": {"$ref": "#/definitions/number"}},
    "definitions": {"number": {"type": "number"}},
}
before = accepted(schema)
print("before:", before)
assert set(map(tuple, before.values())) == {(True, False)}
try:
    fastjsonschema.compile(schema)
    found = "compiled"
except ValueError as error:
    found = f"ValueError: {error}"
print("fastjsonschema.compile:", found)
assert found.startswith("ValueError: unknown url type: 'reports/games/reports"), "the behaviour has changed"
print("the caller's reference is now", schema["properties"]["x"]["$ref"])
after = accepted(schema)
print("after:", after)
assert all(isinstance(said, str) for said in after.values()), "the behaviour has changed"
PYTHON
