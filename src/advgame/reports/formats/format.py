"""A report format: renders a report as text or as bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from advgame.reports.document import Document


@dataclass(frozen=True)
class Format(ABC):
    """A report format, with the suffixes of its files.

    ``media_type`` is sent with a download. ``whole`` is True if every block of the report is rendered; a
    format for other programs may contain the game only.
    """

    name: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    media_type: ClassVar[str]
    whole: ClassVar[bool] = True

    def check(self) -> None:
        """Whether the format can be rendered here; by default it can.

        Raises:
            InputError: when a package or a library that it needs is not installed.
        """
        return

    @abstractmethod
    def render(self, report: Document) -> str | bytes:
        """Renders a report, deterministically.

        Returns:
            Text, which is written as UTF-8, or the bytes of a binary file.
        """
