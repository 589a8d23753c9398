"""Section: what do both players do, and is the list of equilibria complete?"""

from __future__ import annotations

from advgame.decision.policies import same_worth
from advgame.decision.recommendation import settled
from advgame.equilibria import Timing
from advgame.games import Profile
from advgame.games.tolerances import PLAYED
from advgame.number_text import percent
from advgame.reports.blocks import Bar, Block, Bullets, Cell, Head, Heading, MixBars, Table
from advgame.reports.facts import Facts
from advgame.wording.concepts import certificate_in_words, rule_in_words
from advgame.wording.names import attack_in_words, counted, listed

LISTED = 20  # profiles in short formats
BARS = 12  # up to this many strategies, all are drawn; otherwise those played and a few others
FEW = 8


def equilibrium(facts: Facts) -> tuple[Block, ...]:
    """Both mixed strategies, their values and certificate, and all profiles if there are several."""
    if facts.decision.stops:
        return ()
    recommendation = facts.recommendation
    blocks: list[Block] = [
        Heading("The equilibrium"),
        _bars("The defender deploys", facts.game.defences, recommendation.deploy),
        _bars(
            "The attacker plays",
            tuple(map(attack_in_words, facts.game.attacks)),
            _in_words(recommendation.attacked_by),
        ),
        Bullets(tuple(_facts_in_words(facts))),
    ]
    if len(recommendation.solution.profiles) > 1:
        blocks.append(_profiles(facts))
    return tuple(blocks)


def _in_words(played: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    return tuple((attack_in_words(name), share) for name, share in played)


def _bars(title: str, names: tuple[str, ...], played: tuple[tuple[str, float], ...]) -> MixBars:
    shares = dict.fromkeys(names, 0.0) | dict(played)
    order = [name for name, _ in played] + [name for name in names if name not in dict(played)]
    kept = order[: max(len(played), FEW)] if len(order) > BARS else list(names)
    bars = tuple(Bar(name, shares[name], percent(shares[name])) for name in kept)
    left_out = len(names) - len(kept)
    note = f"{counted(left_out, 'strategy', 'strategies')} of probability 0 not shown." if left_out else ""
    return MixBars(title, bars, note)


def _facts_in_words(facts: Facts) -> list[str]:
    recommendation, money = facts.recommendation, facts.money
    return [
        rule_in_words(recommendation),
        f"Expected adversarial share of the traffic: {percent(recommendation.expected_share)}.",
        _value(facts),
        f"Value to the attacker: {money.both(recommendation.attacker_value)}.",
        _completeness(facts),
        certificate_in_words(recommendation),
    ]


def _value(facts: Facts) -> str:
    """The value at the amounts assumed, and the guaranteed one where the decision counts with another."""
    amount, stated = facts.recommendation.value, facts.decision.value
    if same_worth(amount, stated):
        return f"Value to the defender: {facts.money.both(amount)}."
    return (
        f"Value to the defender at the amounts assumed: {facts.money.both(amount)}; guaranteed: "
        f"{facts.money.per_input(stated)}."
    )


def _completeness(facts: Facts) -> str:
    situation = facts.recommendation.situation
    solution = situation.solution
    if situation.concept.timing is not Timing.SIMULTANEOUS:
        return solution.remark or "One solution is given; others may have the same value."
    count = counted(len(solution.profiles), "extreme equilibrium", "extreme equilibria")
    if not solution.complete:
        return f"{count} computed; there may be others. {solution.remark}".strip()
    if len(solution.profiles) == 1:
        return "It is the only equilibrium; this is proven."
    if not solution.components:
        return f"{count}; the list is proven complete. {solution.remark}".strip()
    sets = counted(len(solution.components), "component", "components")
    return (
        f"{count} in {sets}; the list is proven complete. The recommended one is the worst for the defender."
    )


def _profiles(facts: Facts) -> Table:
    heads = (
        Head("no.", True),
        Head("defender"),
        Head("attacker"),
        Head("value to defender", True),
        Head("value to attacker", True),
        Head("recommended"),
    )
    profiles = facts.recommendation.solution.profiles
    rows = tuple(_profile(facts, number, profile) for number, profile in enumerate(profiles, start=1))
    complete = facts.recommendation.solution.complete
    title = "All extreme equilibria" if complete else "Extreme equilibria computed"
    return Table(title, heads, rows, shown=LISTED)


def _profile(facts: Facts, number: int, profile: Profile) -> tuple[Cell, ...]:
    game = facts.game
    return (
        Cell(str(number), number),
        Cell(_strategy(game.defences, profile.defender.tolist())),
        Cell(_strategy(tuple(map(attack_in_words, game.attacks)), profile.attacker.tolist())),
        *(
            Cell(facts.money.per_input(settled(amount, payoffs)), amount)
            for amount, payoffs in (
                (profile.defender_payoff, game.defender_payoffs),
                (profile.attacker_payoff, game.attacker_payoffs),
            )
        ),
        Cell("yes" if profile is facts.recommendation.profile else ""),
    )


def _strategy(names: tuple[str, ...], shares: list[float]) -> str:
    return listed(
        f"{name} {percent(share)}" for name, share in zip(names, shares, strict=True) if share > PLAYED
    )
