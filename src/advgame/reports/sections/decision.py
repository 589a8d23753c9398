"""What to deploy?"""

from __future__ import annotations

from advgame.measurements.measurement import NO_ATTACK
from advgame.reports.blocks import Block, Caution, Figure, Figures, Paragraph, Verdict
from advgame.reports.concepts import rule_in_words
from advgame.reports.facts import Facts, unanswered
from advgame.reports.money import Money
from advgame.reports.numbers import percentages, signed, significant
from advgame.reports.words import listed
from advgame.scenarios import encounters
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
    """What to deploy, in plain words.

    >>> from advgame.scenarios import case
    >>> from advgame.studies import recommend
    >>> verdict_of(recommend(case("cifar10-two-defences")))
    'Deploy Rice2020Overfitting for 75 % of inputs and Standard for 25 %, drawn at random'
    """
    name = found.deploy[0][0]
    if not found.pure:
        return f"Deploy {_lottery(found)}, drawn at random"
    if len(found.game.defences) == 1:
        return f"Deploy {name}: no other defence is in the selection"
    if found.defends:
        return f"Deploy {name} for all inputs"
    return f"Deploy {name}: {_reason(found)}"


def _lottery(found: Recommendation) -> str:
    parts = percentages([share for _, share in found.deploy])
    first, *others = (f"{name} for {part}" for (name, _), part in zip(found.deploy, parts, strict=True))
    return listed([f"{first} of inputs", *others])


def _reason(found: Recommendation) -> str:
    """Why the network that is worth most without attacks is worth most with them."""
    met = encounters(found.scenario)
    accuracy = met.attacked_accuracy
    if len(met.attacks) == 1:
        return "it is worth most, and no attack was measured"
    if (accuracy[met.defences.index(found.undefended)] >= accuracy.max(axis=0)).all():
        return "none is more accurate, with or without attack"
    free = found.scenario.largest_share > 0 and found.doing_nothing.answer == NO_ATTACK
    return "defending does not pay" + (", as nobody gains by attacking it" if free else "")


def _situation(facts: Facts) -> str:
    scenario, found = facts.scenario, facts.recommendation
    question = f"{scenario.question} " if scenario.question else ""
    if not facts.has_attacks:
        return (
            f"{question}The table holds no attack, so the answer compares what each defence is worth alone."
        )
    return (
        f"{question}The adversary can supply up to {significant(100 * scenario.largest_share)} % "
        f"of the traffic with {_count_of_attacks(facts)}. {rule_in_words(found.solution)}"
    )


def _count_of_attacks(facts: Facts) -> str:
    attacks = facts.met.attacks[1:]
    return f"one attack ({attacks[0]})" if len(attacks) == 1 else f"any of {len(attacks)} attacks"


def _figures(facts: Facts) -> list[Figure]:
    found, money = facts.recommendation, facts.money
    per = "per classified input"
    figures = [
        Figure(
            "Worth to the defender", money.per_input(found.value), _note(per, money, found.value), found.value
        )
    ]
    compared = _against_nothing(found) if found.defends else _against_next_best(found)
    if compared is not None:
        gain, label = compared
        figures.append(Figure(label, signed(money.per_input(gain)), _note(per, money, gain), gain))
    if facts.has_attacks:
        figures += _adversarial(facts)
    return figures


def _against_nothing(found: Recommendation) -> tuple[float, str]:
    """What the recommendation gains once the adversary has answered; where it loses, before that."""
    nothing = found.doing_nothing
    label = f"Against deploying {nothing.defence} alone"
    if found.value >= nothing.value:
        return found.value - nothing.value, label
    return found.value - unanswered(found, nothing.defence), f"{label}, before the adversary reacts"


def _against_next_best(found: Recommendation) -> tuple[float, str] | None:
    following = found.next_best
    return (
        None
        if following is None
        else (found.value - following.value, f"Against deploying {following.defence} alone")
    )


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
    return [
        share,
        Figure("Answer turns at a largest share of", f"{significant(100 * nearest)} %", side, nearest),
    ]


def _note(per: str, money: Money, amount: float) -> str:
    month = money.per_month(amount)
    return f"{per}; {month} per month" if month else per
