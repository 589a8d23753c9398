"""What a recommendation is compared with, the same in every tile, sentence and table."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.decision import Alone, Recommendation

SAME = 1e-9  # relative: smaller differences count as zero


@dataclass(frozen=True)
class Comparison:
    """A defence alone, after the attacker's best response, and the gain of the recommendation over it."""

    other: Alone
    label: str  # of a tile
    words: str  # in a sentence
    gain: float  # value of the recommendation − value of the other defence; money per classified input


def comparison(recommendation: Recommendation) -> Comparison | None:
    """The comparison with doing nothing, or with the next best if doing nothing is recommended.

    If the scenario names no undefended network, the defence that is best without attacks takes its
    place. None if there is no other defence.

    >>> from advgame.scenarios import case
    >>> from advgame.decision import recommend
    >>> found = comparison(recommend(case("cifar10-two-defences")))
    >>> found.label, round(found.gain, 3)
    ('Against doing nothing (Standard alone)', 0.142)
    """
    if recommendation.defends:
        return against_undefended(recommendation)
    return (
        None
        if recommendation.next_best is None
        else against_next_best(recommendation, recommendation.next_best)
    )


def against_undefended(recommendation: Recommendation) -> Comparison:
    """The comparison with the undefended network, or with the best defence without attacks."""
    name = recommendation.undefended
    if recommendation.scenario.undefended is None:
        label, words = (
            f"Against the best without attacks ({name} alone)",
            "the best defence without attacks, ",
        )
    else:
        label, words = f"Against doing nothing ({name} alone)", "doing nothing, i.e. "
    return _compared(recommendation, recommendation.doing_nothing, label, f"{words}{name} alone")


def against_next_best(recommendation: Recommendation, next_best: Alone) -> Comparison:
    """The comparison with the best of the other single defences."""
    name = next_best.defence
    kind = "next best" if recommendation.pure else "next best single defence"
    return _compared(
        recommendation, next_best, f"Against the next best ({name} alone)", f"the {kind}, {name} alone"
    )


def _compared(recommendation: Recommendation, alone: Alone, label: str, words: str) -> Comparison:
    gain = recommendation.value - alone.value
    same = abs(gain) <= SAME * max(abs(recommendation.value), abs(alone.value))
    return Comparison(alone, label, words, 0.0 if same else gain)
