"""What to deploy?"""

from __future__ import annotations

from advgame.reports.blocks import Block, Caution, Figure, Figures, Paragraph, Verdict
from advgame.reports.concepts import rule_in_words
from advgame.reports.facts import Facts
from advgame.reports.money import Money
from advgame.reports.numbers import percentages, signed, significant
from advgame.reports.words import listed
from advgame.studies import Recommendation


def decision(facts: Facts) -> tuple[Block, ...]:
    """The verdict, the rule it follows, and the numbers a reader looks for first."""
    found = facts.recommendation
    told: list[Block] = [Verdict(verdict_of(found)), Paragraph(_situation(facts))]
    told.append(Figures(tuple(_figures(facts))))
    if not found.solution.complete and found.solution.concept.startswith("nash"):
        told.append(
            Caution("Not all equilibria are proven listed: another one may be worth less to the defender.")
        )
    return tuple(told)


def verdict_of(found: Recommendation) -> str:
    """What to deploy, in plain words."""
    if not found.pure:
        parts = percentages([share for _, share in found.deploy])
        lottery = [f"{name} for {part}" for (name, _), part in zip(found.deploy, parts, strict=True)]
        return f"Deploy {listed([f'{lottery[0]} of inputs', *lottery[1:]])}, drawn at random"
    name = found.deploy[0][0]
    if found.game.shape[1] == 1:
        return f"Deploy {name}: it is worth most, and no attack was measured"
    return f"Deploy {name} for all inputs" if found.defends else f"Deploy {name}: defending does not pay"


def _situation(facts: Facts) -> str:
    scenario, found = facts.scenario, facts.recommendation
    question = f"{scenario.question} " if scenario.question else ""
    if not facts.has_attacks:
        return f"{question}The table holds no attack, so the answer compares what each defence is worth alone."
    return (
        f"{question}The adversary can supply up to {significant(100 * scenario.largest_share)} % of the traffic "
        f"with {_count_of_attacks(facts)}. {rule_in_words(found.solution)}"
    )


def _count_of_attacks(facts: Facts) -> str:
    attacks = facts.met.attacks[1:]
    return f"one attack ({attacks[0]})" if len(attacks) == 1 else f"any of {len(attacks)} attacks"


def _figures(facts: Facts) -> list[Figure]:
    found, money = facts.recommendation, facts.money
    nothing = found.doing_nothing
    per = "per classified input"
    figures = [
        Figure("Worth to the defender", money.per_input(found.value), _note(per, money, found.value), found.value)
    ]
    if found.defends:
        gain = found.value - nothing.value
        label = f"Against deploying {nothing.defence} alone"
        figures.append(Figure(label, signed(money.per_input(gain)), _note(per, money, gain), gain))
    if facts.has_attacks:
        figures += _adversarial(facts)
    return figures


def _adversarial(facts: Facts) -> list[Figure]:
    found, limit = facts.recommendation, facts.scenario.largest_share
    share = Figure(
        "Expected adversarial share",
        f"{significant(100 * found.expected_share)} %",
        f"of at most {significant(100 * limit)} %",
        found.expected_share,
    )
    turning = next((each for each in facts.thresholds if each.parameter == "largest_share"), None)
    edges = [] if turning is None else [edge for edge in (turning.below, turning.above) if edge is not None]
    if not edges:
        return [share]
    nearest = min(edges, key=lambda edge: abs(edge - limit))
    side = "we stand above it" if limit > nearest else "we stand below it"
    return [share, Figure("Answer turns at a largest share of", f"{significant(100 * nearest)} %", side, nearest)]


def _note(per: str, money: Money, amount: float) -> str:
    month = money.per_month(amount)
    return f"{per}; {month} per month" if month else per
