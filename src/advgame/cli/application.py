"""The ``advgame`` command: its name, its errors and exit codes, and the list of cases."""

from __future__ import annotations

import gc
import logging
from typing import Annotated

import typer

from advgame.errors import AdvgameError, InputError
from advgame.plugins import load_plugins
from advgame.stopping import Stopped, stop_signals
from advgame.version import __version__

# New objects between two collections of garbage. With 700, the default, collections take a twentieth of the
# time of a report: its imports alone cause 150 of them, and leave no garbage.
OBJECTS_BETWEEN_COLLECTIONS = 10_000

app = typer.Typer(
    name="advgame",
    help="Should this classifier be defended, with what, and how sure are we?",
    epilog="Example: advgame solve cifar10-two-defences -o decision.html",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"advgame {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Decides whether a classifier should be defended, with what, and how sure the decision is."""


class _Notices(logging.Handler):
    """Writes notices of the library, such as that it compiles or skips a plug-in, to standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        typer.echo(f"advgame: {record.getMessage()}", err=True)


def main() -> None:
    """Runs the command; an invalid input gives one line on standard error and exit code 2.

    Ctrl-C and SIGTERM also give one line, with exit codes 130 and 143.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    library = logging.getLogger("advgame")
    library.setLevel(logging.INFO)
    notices = _Notices()
    library.addHandler(notices)
    try:
        with stop_signals():
            load_plugins()
            app()
    except InputError as mistake:
        _leave(mistake, 2)
    except (AdvgameError, OSError, MemoryError) as problem:
        _leave(problem, 1)
    except Stopped as stop:
        _leave(stop, stop.exit_code)
    finally:
        library.removeHandler(notices)


@app.command(epilog="Example: advgame cases")
def cases() -> None:
    """Lists the bundled cases and the economic presets."""
    import advgame as ag

    known = ag.cases()
    for heading, measured in ORIGINS.items():
        typer.echo(heading)
        for case in known:
            if case.measured == measured:
                typer.echo(f"  {case.name:<28} {case.question or case.title}")
        typer.echo()
    typer.echo("Economic presets, for --preset:")
    for preset in ag.presets():
        typer.echo(f"  {preset.name:<28} {preset.title}")


ORIGINS = {
    "Cases on published figures:": False,
    "Cases on figures that advgame measured:": True,
}


def _leave(problem: BaseException, code: int) -> None:
    text = " ".join(str(problem).split()) or type(problem).__name__
    typer.echo(f"advgame: {text}", err=True)
    raise SystemExit(code)
