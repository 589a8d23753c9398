"""The promise of a format: it tells a report as text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from advgame.reports.document import Document


@dataclass(frozen=True)
class Format(ABC):
    """A way of writing a report down, with the endings of its files.

    ``whole`` says whether every block of the report is told; a format for other programs may hold
    the game alone.
    """

    name: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    media_type: ClassVar[str]
    whole: ClassVar[bool] = True

    @abstractmethod
    def render(self, report: Document) -> str:
        """The report in this format; the same report gives the same text."""
