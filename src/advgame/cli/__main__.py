"""``python -m advgame.cli``: the command without its installed script."""

from advgame.cli import main

if __name__ == "__main__":
    main()
