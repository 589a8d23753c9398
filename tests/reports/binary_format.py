"""A small format that renders bytes, for the tests of everything that handles a rendered report."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import ClassVar

from advgame.reports.document import Document
from advgame.reports.formats import Format


@dataclass(frozen=True)
class Packed(Format):
    """The verdict, compressed: bytes that are no UTF-8."""

    name: ClassVar[str] = "packed"
    endings: ClassVar[tuple[str, ...]] = (".zz",)
    media_type: ClassVar[str] = "application/x-packed"
    whole: ClassVar[bool] = False

    def render(self, report: Document) -> bytes:
        """The bytes."""
        return packed(report.verdict)


def packed(verdict: str) -> bytes:
    return zlib.compress(verdict.encode("utf-8"))
