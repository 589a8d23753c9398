"""The command line: one file per group of commands."""

# ruff: isort: off
# The order of these lines is the order of the commands in the help.
from advgame.cli.application import app, main
from advgame.cli import solve as solve
from advgame.cli import sweep_command as sweep_command
from advgame.cli import show as show
from advgame.cli import studies as studies
from advgame.cli import tables as tables
from advgame.cli import laboratory as laboratory
from advgame.cli import price as price
from advgame.cli import catalogues as catalogues
from advgame.cli import pages as pages
from advgame.cli import dashboard as dashboard
from advgame.cli import compile as compile

__all__ = ["app", "main"]
