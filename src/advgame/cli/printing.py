"""Prints a rendered report: text always, bytes unless standard output is a terminal."""

from __future__ import annotations

import sys

import typer

from advgame.errors import InputError


def print_rendered(rendered: str | bytes, form: str | None) -> None:
    """Writes text with one newline at its end, and bytes as they are.

    Args:
        rendered: the rendered report.
        form: the name of the format, for the error message; None for the default format.

    Raises:
        InputError: for bytes on a terminal.
    """
    if isinstance(rendered, str):
        typer.echo(rendered.rstrip("\n"))
        return
    if sys.stdout.isatty():
        raise InputError(
            f"The format {form} is binary and is not printed to a terminal. Name a file with -o, or redirect "
            "the output to a file."
        )
    typer.echo(rendered, nl=False)
