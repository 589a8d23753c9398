"""``python -m advgame.cli``: the command without its installed script."""

from advgame.cli import main

main()
