"""``advgame app``: serves the dashboard."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import scenario_from


@app.command("app", epilog="Examples: advgame app · advgame app mine.toml --port 8600")
def app_(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="The scenario file (.toml) or bundled case to open first."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="The port; the dashboard is reached from this machine only.")
    ] = 8501,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Opens a browser, or does not.")
    ] = True,
) -> None:
    """Serves the dashboard until Ctrl-C."""
    import subprocess

    from advgame.bundled import bundled

    if scenario is not None:
        scenario_from(scenario, None, None)  # a mistake in it is told here, not in the page
    page = bundled("app") / "server.py"
    opened = [str(Path(scenario).resolve()) if Path(scenario).is_file() else scenario] if scenario else []
    flags = [f"--{name}={value}" for name, value in _server_flags(port, open_browser).items()]
    command = [sys.executable, "-m", "streamlit", "run", str(page), *flags, "--", *opened]
    typer.echo(f"The dashboard is at http://127.0.0.1:{port}; Ctrl-C stops it.")
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # in place of this process, so that stopping it stops the dashboard
    try:
        code = subprocess.call(command)
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(0 if code in (0, 130) else 1)


def _server_flags(port: int, open_browser: bool) -> dict[str, str]:
    """Streamlit's defaults that do not suit a tool on one's own machine, changed."""
    return {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": str(not open_browser).lower(),
        "server.maxUploadSize": "20",
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",  # else the first start on a machine waits for an answer
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "logger.hideWelcomeMessage": "true",  # with it goes a notice that would cover the verdict
    }
