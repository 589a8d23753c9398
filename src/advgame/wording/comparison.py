"""What a recommendation is held against, the same in every tile, sentence and table."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.decision import Alone, Recommendation

SAME = 1e-9  # of the amounts compared: a smaller difference is none


@dataclass(frozen=True)
class Comparison:
    """A defence alone, once the attacker has answered it, and what the recommendation gains over it."""

    other: Alone
    label: str  # of a tile
    words: str  # in a sentence
    gain: float  # value of the recommendation − value of the other; money per classified input


def comparison(found: Recommendation) -> Comparison | None:
    """Against doing nothing; against the next best where doing nothing is what is recommended.

    Where the scenario names no undefended network, the defence best without attacks takes its place.
    None where there is no other defence.

    >>> from advgame.scenarios import case
    >>> from advgame.decision import recommend
    >>> found = comparison(recommend(case("cifar10-two-defences")))
    >>> found.label, round(found.gain, 3)
    ('Against doing nothing (Standard alone)', 0.142)
    """
    if found.defends:
        return against_undefended(found)
    return None if found.next_best is None else against_next_best(found, found.next_best)


def against_undefended(found: Recommendation) -> Comparison:
    """Against the undefended network, or the defence best without attacks where none is named."""
    name = found.undefended
    if found.scenario.undefended is None:
        label, words = (
            f"Against the best without attacks ({name} alone)",
            "the best defence without attacks, ",
        )
    else:
        label, words = f"Against doing nothing ({name} alone)", "doing nothing, that is "
    return _compared(found, found.doing_nothing, label, f"{words}{name} alone")


def against_next_best(found: Recommendation, other: Alone) -> Comparison:
    """Against the best of the other single defences."""
    name = other.defence
    kind = "next best" if found.pure else "next best single defence"
    return _compared(found, other, f"Against the next best ({name} alone)", f"the {kind}, {name} alone")


def _compared(found: Recommendation, other: Alone, label: str, words: str) -> Comparison:
    gain = found.value - other.value
    same = abs(gain) <= SAME * max(abs(found.value), abs(other.value))
    return Comparison(other, label, words, 0.0 if same else gain)
