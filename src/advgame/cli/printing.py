"""A rendered report on standard output: text anywhere, bytes only where no terminal would show them."""

from __future__ import annotations

import sys

import typer

from advgame.errors import InputError


def print_rendered(rendered: str | bytes, form: str | None) -> None:
    """Writes text with one newline at its end, and bytes as they are.

    Args:
        rendered: what a report format returned.
        form: the name of the format, for the message; None for the default one.

    Raises:
        InputError: for bytes on a terminal.
    """
    if isinstance(rendered, str):
        typer.echo(rendered.rstrip("\n"))
        return
    if sys.stdout.isatty():
        raise InputError(
            f"The format {form} is binary and is not printed to a terminal. Name a file with -o, or redirect "
            "the output to one."
        )
    typer.echo(rendered, nl=False)
