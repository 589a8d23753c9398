"""What a method has listed of a game's equilibria, before they are certified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Listing:
    """Pairs of mixed strategies, whether they are proven to be all, and how they were found."""

    pairs: Sequence[tuple[Sequence[Any], Sequence[Any]]]
    complete: bool
    method: str
    remark: str = ""
