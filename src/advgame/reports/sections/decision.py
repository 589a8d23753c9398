"""What to deploy?"""

from __future__ import annotations

from advgame.arrays import NO_ATTACK
from advgame.decision import Recommendation
from advgame.reports.blocks import Block, Caution, Figure, Figures, Paragraph, Verdict
from advgame.reports.caveats import too_close, turning_in_words, turning_share, warned
from advgame.reports.comparison import comparison
from advgame.reports.concepts import rule_in_words
from advgame.reports.facts import Facts
from advgame.reports.money import Money
from advgame.reports.numbers import percent, percentages, signed
from advgame.reports.words import listed
from advgame.scenarios import encounters


def decision(facts: Facts) -> tuple[Block, ...]:
    """The verdict, what speaks against it, the rule it follows, and the numbers looked for first."""
    found = facts.recommendation
    caveats = too_close(found, facts.break_even), warned(facts.rows)
    told: list[Block] = [Verdict(verdict_of(found)), *(Caution(text) for text in caveats if text)]
    told += [Paragraph(_situation(facts)), Figures(tuple(_figures(facts)))]
    if not found.solution.complete and found.solution.concept.startswith("nash"):
        told.append(
            Caution("Not all equilibria are proven listed: another one may be worth less to the defender.")
        )
    return tuple(told)


def verdict_of(found: Recommendation) -> str:
    """What to deploy, in plain words.

    >>> from advgame.scenarios import case
    >>> from advgame.decision import recommend
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
    reason = _better_everywhere(found) or (
        _best_anyway(found) if _has_no_plain(found) else _not_paying(found)
    )
    return f"Deploy {name}: {reason}"


def _lottery(found: Recommendation) -> str:
    parts = percentages([share for _, share in found.deploy])
    first, *others = (f"{name} for {part}" for (name, _), part in zip(found.deploy, parts, strict=True))
    return listed([f"{first} of inputs", *others])


def _has_no_plain(found: Recommendation) -> bool:
    return found.scenario.undefended is None


def _better_everywhere(found: Recommendation) -> str:
    """Why no attack is needed to choose the network; empty where one is."""
    met = encounters(found.scenario)
    accuracy = met.attacked_accuracy
    if len(met.attacks) == 1:
        return "it is worth most, and no attack was measured"
    if (accuracy[met.defences.index(found.undefended)] >= accuracy.max(axis=0)).all():
        return "none is more accurate, with or without attack"
    return ""


def _not_paying(found: Recommendation) -> str:
    return "defending does not pay" + (", as nobody gains by attacking it" if _deters(found) else "")


def _best_anyway(found: Recommendation) -> str:
    if _deters(found):
        return "it is best without attacks, and nobody gains by attacking it"
    return "it is best without attacks, and stays best with the attacks expected"


def _deters(found: Recommendation) -> bool:
    """Whether an adversary who could attack the recommended network does best not to."""
    return found.scenario.largest_share > 0 and found.doing_nothing.answer == NO_ATTACK


def _situation(facts: Facts) -> str:
    scenario, found = facts.scenario, facts.recommendation
    question = f"{scenario.question} " if scenario.question else ""
    if not facts.has_attacks:
        return (
            f"{question}The table holds no attack, so the answer compares what each defence is worth alone."
        )
    return (
        f"{question}The adversary can supply up to {percent(scenario.largest_share)} "
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
    compared = comparison(found)
    if compared is not None:
        answered = ", once the adversary has answered it" if facts.has_attacks else ""
        gain = compared.gain
        figures.append(
            Figure(compared.label, signed(money.per_input(gain)), _note(per + answered, money, gain), gain)
        )
    if facts.has_attacks:
        figures += _adversarial(facts)
    return figures


def _adversarial(facts: Facts) -> list[Figure]:
    found, limit = facts.recommendation, facts.scenario.largest_share
    share = Figure(
        "Expected adversarial share",
        percent(found.expected_share),
        f"of at most {percent(limit)}",
        found.expected_share,
    )
    turning = turning_share(
        found, next((each for each in facts.thresholds if each.parameter == "largest_share"), None)
    )
    if turning is None:
        return [share]
    text, interval = turning_in_words(found, turning, facts.break_even)
    side = "we stand above it" if limit > turning else "we stand below it"
    note = f"{interval}; {side}" if interval else f"{side}; its sampling error is not known"
    return [share, Figure("Answer turns at a largest share of", text, note, turning)]


def _note(per: str, money: Money, amount: float) -> str:
    month = money.per_month(amount)
    return f"{per}; {month} per month" if month else per
