"""A catalogue: parts of one kind, looked up by name; anyone may register more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

from advgame.errors import NameTaken, UnknownName

Part = TypeVar("Part")


def also_called(*aliases: str) -> Callable[[Part], Part]:
    """A decorator that gives a part, such as a function, further names for its catalogue.

    >>> @also_called("old_name")
    ... def new_name() -> None: ...
    >>> "old-name" in Catalogue("part", {"new_name": new_name})
    True
    """

    def with_aliases(part: Part) -> Part:
        part.__dict__["aliases"] = aliases
        return part

    return with_aliases


class Catalogue(Mapping[str, Part], Generic[Part]):
    """Parts of one kind by name; the error for an unknown name suggests the most similar one.

    Hyphens and underscores in a name mean the same. A part with an attribute ``aliases`` can be looked up
    by those too; the catalogue lists and counts each part once, by its name.

    >>> formats = Catalogue("format", {"text": 1, "html": 2})
    >>> formats["htm"]
    Traceback (most recent call last):
    advgame.errors.UnknownName: No format is called 'htm'; did you mean 'html'? Known: html, text.

    Args:
        kind: what the parts are, for messages.
        parts: by name, in the order in which they are listed.
    """

    def __init__(self, kind: str, parts: Mapping[str, Part]) -> None:
        self.kind = kind
        self._parts: dict[str, Part] = {}
        self._names: dict[str, str] = {}  # name or alias → listed name
        for name, part in parts.items():
            self.register(name, part)

    def __getitem__(self, name: str) -> Part:
        return self._parts[self.name_of(name)]

    def __contains__(self, name: object) -> bool:
        return _spelt(name) in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def name_of(self, name: str) -> str:
        """The listed name for a name or an alias, written with hyphens or underscores.

        Raises:
            UnknownName: for a name that is not listed.
        """
        listed = self._names.get(name) or self._names.get(_spelt(name))
        if listed is None:
            raise UnknownName(self.kind, str(name), self._names)
        return listed

    def resolve(self, given: str | Part) -> Part:
        """The part with a name or an alias; a part is returned as it is.

        Raises:
            UnknownName: for a name that is not listed.
        """
        return self[given] if isinstance(given, str) else given

    def register(self, name: str, part: Part) -> Part:
        """Adds a part. The command line, dashboard, reference page and contract tests then list it.

        >>> formats = Catalogue("format", {"text": 1})
        >>> formats.register("pdf", 3), list(formats)
        (3, ['text', 'pdf'])

        Returns:
            The part.

        Raises:
            NameTaken: when the name, or an alias of the part, belongs to another part.
        """
        spelt, *aliases = (_spelt(name_or_alias) for name_or_alias in (name, *getattr(part, "aliases", ())))
        for name_or_alias in (spelt, *aliases):
            if name_or_alias in self._names:
                raise NameTaken(self.kind, name_or_alias, self._names[name_or_alias])
        self._parts[spelt] = part
        self._names |= dict.fromkeys((spelt, *aliases), spelt)
        return part

    def unregister(self, name: str) -> Part:
        """Removes a part and returns it.

        Raises:
            UnknownName: for a name that is not listed.
        """
        listed = self.name_of(name)
        self._names = {spelt: owner for spelt, owner in self._names.items() if owner != listed}
        return self._parts.pop(listed)

    @contextmanager
    def registered(self, name: str, part: Part) -> Iterator[Part]:
        """Lists a part inside a ``with`` block only, for tests.

        >>> formats = Catalogue("format", {"text": 1})
        >>> with formats.registered("pdf", 3):
        ...     print(list(formats))
        ['text', 'pdf']
        >>> list(formats)
        ['text']
        """
        try:
            yield self.register(name, part)
        finally:
            if self._parts.get(_spelt(name)) is part:
                self.unregister(name)


def _spelt(name: object) -> str:
    return str(name).replace("-", "_")
