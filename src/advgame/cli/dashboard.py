"""``advgame app``: serves the dashboard."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import scenario_from
from advgame.dashboard_pages import COMPILE_AHEAD
from advgame.errors import InputError

PORTS_TRIED = 20  # from the wanted one on


@app.command("app", epilog="Examples: advgame app · advgame app mine.toml --port 8600")
def app_(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="The scenario file (.toml) or bundled case to open first."),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            min=1,
            max=65535,
            help="The port, or the next free one; the dashboard can be reached from this machine only.",
        ),
    ] = 8501,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Whether to open a browser.")] = True,
) -> None:
    """Serves the dashboard until Ctrl-C."""
    import subprocess

    from advgame.bundled import bundled

    if scenario is not None:
        scenario_from(scenario, None, None)  # an error in it is reported here, not on the page
    port = _free_port(port)
    page = bundled("app") / "server.py"
    opened = [str(Path(scenario).resolve()) if Path(scenario).is_file() else scenario] if scenario else []
    flags = [f"--{name}={value}" for name, value in _server_flags(port, open_browser).items()]
    command = [sys.executable, "-m", "streamlit", "run", str(page), *flags, "--", *opened]
    os.environ[COMPILE_AHEAD] = "1"
    typer.echo(f"The dashboard is at http://127.0.0.1:{port}; Ctrl-C stops it.")
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # replaces this process, so that stopping it stops the dashboard
    try:
        code = subprocess.call(command)
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(0 if code in (0, 130) else 1)


def _free_port(wanted: int) -> int:
    """The port, or the next one that no other program uses, with a note on standard error.

    Raises:
        InputError: when none of the next ports is free.
    """
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if _is_free(port):
            if port != wanted:
                typer.echo(f"advgame: the port {wanted} is in use; taking {port} instead.", err=True)
            return port
    raise InputError(
        f"The ports {wanted} to {min(wanted + PORTS_TRIED, 65536) - 1} are in use; name a free one with "
        "--port."
    )


def _is_free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(os.name == "posix"))
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _server_flags(port: int, open_browser: bool) -> dict[str, str]:
    """Streamlit options whose defaults do not suit a local tool."""
    return {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": str(not open_browser).lower(),
        "server.maxUploadSize": "20",
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",  # otherwise the first start on a machine waits for input
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "logger.hideWelcomeMessage": "true",  # this also hides a notice that would cover the verdict
    }
