"""A report format: renders a report as text or as bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from advgame.reports.document import Document


@dataclass(frozen=True)
class Format(ABC):
    """A way of writing a report down, with the endings of its files.

    ``media_type`` is what a browser receives with a download. ``whole`` says whether every block of the
    report is rendered; a format for other programs may hold the game alone.
    """

    name: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    media_type: ClassVar[str]
    whole: ClassVar[bool] = True

    @abstractmethod
    def render(self, report: Document) -> str | bytes:
        """Renders a report; the same report gives the same result.

        Returns:
            Text, which is written as UTF-8, or the bytes of a binary file.
        """
