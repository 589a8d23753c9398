"""Plug-ins: installed packages that register parts in the catalogues when advgame starts."""

from __future__ import annotations

import logging
from functools import cache

GROUP = "advgame.plugins"

log = logging.getLogger("advgame")


@cache
def load_plugins() -> tuple[str, ...]:
    """Loads the entry points of the group ``advgame.plugins``, once in a process.

    An entry point names a module, which registers its parts when it is imported, or a function of no
    arguments, which is then called. The command line, the dashboard and the workers of an experiment load
    plug-ins; a program that uses advgame as a library imports the packages it needs, or calls this function.

    A plug-in that fails is left out with a warning that names it; the others are loaded all the same.

    >>> isinstance(load_plugins(), tuple)
    True

    Returns:
        The names of the plug-ins that were loaded, in alphabetical order.
    """
    from importlib.metadata import entry_points

    loaded = []
    for plugin in sorted(entry_points(group=GROUP)):
        try:
            part = plugin.load()
            if callable(part):
                part()
        except Exception as problem:
            package = f" of {plugin.dist.name} {plugin.dist.version}" if plugin.dist else ""
            log.warning(
                "The plug-in %r%s is left out: %s: %s",
                plugin.name,
                package,
                type(problem).__name__,
                " ".join(str(problem).split()),
            )
        else:
            loaded.append(plugin.name)
    return tuple(loaded)
