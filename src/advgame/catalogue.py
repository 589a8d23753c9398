"""A family of parts looked up by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from advgame.errors import UnknownName

Part = TypeVar("Part")


class Catalogue(Mapping[str, Part], Generic[Part]):
    """Parts of one kind by name; a name that is not there is answered with the nearest one.

    Hyphens and underscores in a name mean the same.

    >>> Catalogue("format", {"text": 1, "html": 2})["htm"]
    Traceback (most recent call last):
    advgame.errors.UnknownName: No format is called 'htm'; did you mean 'html'? Known: html, text.
    """

    def __init__(self, kind: str, parts: Mapping[str, Part]) -> None:
        self.kind = kind
        self._parts = dict(parts)

    def __getitem__(self, name: str) -> Part:
        key = str(name).replace("-", "_")
        if key not in self._parts:
            raise UnknownName(self.kind, str(name), self._parts)
        return self._parts[key]

    def __contains__(self, name: object) -> bool:
        return str(name).replace("-", "_") in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)
