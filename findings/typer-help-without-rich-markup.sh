#!/usr/bin/env bash
# Typer 0.17.0 with rich_markup_mode=None: --help of any command ends in AttributeError.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check typer==0.17.0 click==8.2.1 rich==14.1.0

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import typer
from typer.testing import CliRunner

print("typer", version("typer"), "rich", version("rich"), "click", version("click"))
app = typer.Typer(rich_markup_mode=None)


@app.command()
def hello(name: str = typer.Option("world", help="Whom to greet.")) -> None:
    """Greets."""


result = CliRunner().invoke(app, ["--help"])
print("exit code", result.exit_code, repr(result.exception))
assert isinstance(result.exception, AttributeError), "the behaviour has changed"
PYTHON
