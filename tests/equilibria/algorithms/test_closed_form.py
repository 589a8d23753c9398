"""Two defences, one attack: the closed form, written out here, against every way we have of solving."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from advgame.equilibria import Nash, solve, solve_batch
from advgame.games import Game


@dataclass(frozen=True)
class Setting:
    clean: tuple[float, float]  # accuracy on benign inputs, undefended and defended
    robust: tuple[float, float]
    worth: tuple[float, float]  # V_b, V_a
    extra_cost: float  # of the defended network
    pay: tuple[float, float]  # R, P
    cost: float  # c
    setup: float  # F
    share: float  # p_max

    @property
    def game(self) -> Game:
        e, eps, p = 1 - np.array(self.clean), 1 - np.array(self.robust), self.share
        idle = 1 - self.worth[0] * e
        busy = (1 - p) * idle + p * (1 - self.worth[1] * eps)
        running = np.array([0.0, self.extra_cost])
        earns = p * (sum(self.pay) * eps - self.pay[1] - self.cost) - self.setup
        return Game(np.column_stack([idle, busy]) - running[:, None], np.column_stack([0 * earns, earns]))

    @property
    def margins(self) -> tuple[float, float, float]:
        """What an attack earns against each network, and how far the largest share is above break-even."""
        earns = [
            self.share * (sum(self.pay) * (1 - r) - self.pay[1] - self.cost) - self.setup for r in self.robust
        ]
        return earns[0], earns[1], self.share - self.break_even

    @property
    def break_even(self) -> float:
        given_up = self.worth[0] * (self.clean[0] - self.clean[1])
        won = self.worth[1] * (self.robust[1] - self.robust[0])
        return (given_up + self.extra_cost) / (won + given_up)

    def answer(self) -> tuple[float, float]:
        """P(defend) and P(attack) of the simultaneous equilibrium."""
        plain, defended, above = self.margins
        if plain < 0:
            return 0.0, 0.0
        if above < 0:
            return 0.0, 1.0
        if defended > 0:
            return 1.0, 1.0
        earned = sum(self.pay) * (1 - self.robust[0]) - self.pay[1] - self.cost
        defend = (earned - self.setup / self.share) / (sum(self.pay) * (self.robust[1] - self.robust[0]))
        return defend, self.break_even / self.share


@st.composite
def settings_of(draw: st.DrawFn) -> Setting:
    def number(low: float, high: float) -> float:
        return draw(st.integers(0, 1000)) / 1000 * (high - low) + low

    defended, given_up = number(0.3, 0.8), number(0.01, 0.2)
    weak, won = number(0.0, 0.3), number(0.1, 0.6)
    return Setting(
        (defended + given_up, defended),
        (weak, weak + won),
        (number(0.5, 3), number(0.5, 3)),
        number(0, 0.1),
        (number(0.5, 2), number(0, 1)),
        number(0, 1.5),
        number(0, 0.1),
        number(0.02, 1),
    )


@given(settings_of())
@settings(max_examples=150, deadline=None)
def test_all_ways_of_solving_agree_with_the_closed_form(setting: Setting) -> None:
    assume(min(map(abs, setting.margins)) > 1e-6)  # strict inequalities: no tie
    defend, attack = setting.answer()
    game = setting.game
    for concept in (Nash(), Nash(exact=True), "nashpy_support_enumeration"):
        found = solve(game, concept)
        assert len(found.profiles) == 1
        assert found.recommended.defender[1] == pytest.approx(defend, abs=1e-7)
        assert found.recommended.attacker[1] == pytest.approx(attack, abs=1e-7)
    batch = solve_batch(game.defender_payoffs[None], game.attacker_payoffs[None])
    assert batch.defender.tolist() == [pytest.approx([1 - defend, defend], abs=1e-7)]


def test_an_equality_gives_a_continuum_of_which_both_ends_are_listed() -> None:
    tie = Setting((0.9, 0.8), (0.0, 0.5), (1, 1), 0, (1, 0), cost=1.0, setup=0, share=0.5)
    # the attack earns exactly nothing against the undefended network: it may be tried up to p*/p_max
    found = solve(tie.game)
    assert found.complete
    ends = sorted(profile.attacker[1] for profile in found.profiles)
    assert ends == [0.0, pytest.approx((0.1 / 0.6) / 0.5)]
    assert len(found.components) == 1
