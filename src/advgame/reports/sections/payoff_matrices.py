"""Section: what does each player earn, for every pair of strategies?"""

from __future__ import annotations

import numpy as np

from advgame.arrays import FloatArray
from advgame.games.tolerances import TIE
from advgame.number_text import decimals_for, fixed
from advgame.reports.blocks import Block, Heading, Matrix, Paragraph
from advgame.reports.facts import Facts
from advgame.wording.names import attack_in_words, counted

SHOWN = 12  # defences in short formats


def payoffs(facts: Facts) -> tuple[Block, ...]:
    """Both payoff matrices, with the best responses marked."""
    game = facts.game
    return (
        Heading("Payoffs"),
        Paragraph(
            f"In {facts.money.unit} per classified input, by defence (rows) and attack (columns), rounded. "
            "A dot marks the best responses."
        ),
        _matrix(facts, "To the defender", game.defender_payoffs, axis=0),
        _matrix(facts, "To the attacker", game.attacker_payoffs, axis=1),
    )


def _matrix(facts: Facts, title: str, payoffs: FloatArray, axis: int) -> Matrix:
    decimals = decimals_for(payoffs.ravel().tolist())
    slack = TIE * float(np.ptp(payoffs))
    best = payoffs >= payoffs.max(axis=axis, keepdims=True) - slack
    shown = shown_rows(facts)
    left_out = len(payoffs) - len(shown)
    return Matrix(
        title,
        f"{facts.money.unit} per classified input",
        facts.game.defences,
        tuple(map(attack_in_words, facts.game.attacks)),
        values=tuple(map(tuple, payoffs.tolist())),
        texts=tuple(tuple(fixed(value, decimals) for value in row) for row in payoffs.tolist()),
        marked=tuple(map(tuple, best.tolist())),
        shown=shown,
        mark_meaning=("best defence against this attack" if axis == 0 else "best attack on this defence"),
        note=f"{counted(left_out, 'weaker defence is', 'weaker defences are')} not shown."
        if left_out
        else "",
    )


def shown_rows(facts: Facts) -> tuple[int, ...]:
    """The deployed defences, the undefended network and the best others, in the order of the game."""
    game, recommendation = facts.game, facts.recommendation
    if game.shape[0] <= SHOWN:
        return tuple(range(game.shape[0]))
    needed = [game.defences.index(name) for name in (recommendation.undefended, *dict(recommendation.deploy))]
    pays = game.defender_payoffs @ recommendation.profile.attacker
    order = dict.fromkeys([*needed, *np.argsort(-pays, kind="stable").tolist()])
    return tuple(sorted(list(order)[: max(SHOWN, len(set(needed)))]))
