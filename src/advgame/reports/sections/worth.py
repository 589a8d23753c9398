"""Section: how much is the recommendation worth, compared with the next best and with doing nothing?"""

from __future__ import annotations

from typing import TypeVar

from advgame.decision import Alone
from advgame.equilibria import Timing
from advgame.reports.blocks import Block, Cell, Head, Heading, Paragraph, Table
from advgame.reports.facts import Facts, unanswered
from advgame.reports.money_cells import money_cells, money_heads
from advgame.wording.comparison import SAME, Comparison, against_next_best, against_undefended
from advgame.wording.names import attack_in_words, listed

Part = TypeVar("Part", Head, Cell)


def worth(facts: Facts) -> tuple[Block, ...]:
    """The value of the recommendation, of the next best defence and of the undefended network."""
    compared = _compared(facts)
    return (
        Heading("How much it is worth"),
        _sentences(facts, compared),
        _table(facts, compared),
        *_knowledge_needed(facts),
    )


def _compared(facts: Facts) -> list[Comparison]:
    """The comparisons with doing nothing and with the next best, without the recommendation itself."""
    recommendation = facts.recommendation
    comparisons = [against_undefended(recommendation)] if recommendation.defends else []
    if recommendation.next_best is not None and not (
        recommendation.defends and recommendation.next_best.defence == recommendation.undefended
    ):
        comparisons.append(against_next_best(recommendation, recommendation.next_best))
    return comparisons


def _sentences(facts: Facts, compared: list[Comparison]) -> Paragraph:
    money = facts.money
    said = [f"The recommendation is worth {money.both(facts.recommendation.value)}."]
    said += [_against(facts, comparison) for comparison in compared]
    if money.one_is:
        said.append(f"{money.one_is[0].upper()}{money.one_is[1:]}.")
    return Paragraph(" ".join(said))


def _against(facts: Facts, comparison: Comparison) -> str:
    subject = f"{comparison.words[0].upper()}{comparison.words[1:]},"
    answer = f" {_answered(comparison.other)}" if facts.has_attacks else ""
    if comparison.gain == 0:
        return f"{subject} would be worth the same{answer}."
    direction = "less" if comparison.gain > 0 else "more"
    return f"{subject} would be worth {facts.money.both(abs(comparison.gain))} {direction}{answer}."


def _answered(alone: Alone) -> str:
    return f"after the attacker's best response ({attack_in_words(alone.answer)})"


def _table(facts: Facts, compared: list[Comparison]) -> Table:
    recommendation = facts.recommendation
    heads = (
        Head("deployed"),
        Head("the attacker's best response"),
        Head(f"value, {money_heads(facts.money)[0]}", numeric=True),
        *(Head(f"recommended − this, {head}", numeric=True) for head in money_heads(facts.money)),
    )
    answer = listed(attack_in_words(name) for name, _ in recommendation.attacked_by)
    rows = [_row(facts, "as recommended", answer, recommendation.value, 0.0)]
    for comparison in compared:
        alone = comparison.other
        name = f"{alone.defence} alone"
        rows.append(_row(facts, name, attack_in_words(alone.answer), alone.value, comparison.gain))
    if not facts.has_attacks:
        heads, rows = _unanswered(heads), [_unanswered(row) for row in rows]
    return Table("", heads, tuple(rows))


def _unanswered(row: tuple[Part, ...]) -> tuple[Part, ...]:
    """The row without the column of the attacker's best response, for tables without attacks."""
    deployed, _, *amounts = row
    return deployed, *amounts


def _row(facts: Facts, name: str, answer: str, value: float, gain: float) -> tuple[Cell, ...]:
    money = facts.money
    return Cell(name), Cell(answer), money_cells(money, value)[0], *money_cells(money, gain, difference=True)


def _knowledge_needed(facts: Facts) -> list[Block]:
    """Explains why a single defence can look better than the recommendation."""
    recommendation = facts.recommendation
    better = [
        alone
        for alone in recommendation.alone
        if alone.value - recommendation.value > SAME * (1 + abs(recommendation.value))
    ]
    if recommendation.situation.concept.timing is not Timing.SIMULTANEOUS or not better:
        return []
    best = max(better, key=lambda alone: alone.value)
    return [
        Paragraph(
            f"{best.defence} alone is worth more only if the attacker knows that it is deployed and plays "
            f"its best response ({attack_in_words(best.answer)}). "
            f"{_unannounced(facts, best)}{_left_again(facts, best)}"
        )
    ]


def _unannounced(facts: Facts, best: Alone) -> str:
    """The value of the single defence against an attacker who does not know that it is deployed."""
    recommendation = facts.recommendation
    earned = unanswered(recommendation, best.defence)
    loss = recommendation.value - earned
    same = abs(loss) <= SAME * (1 + abs(recommendation.value))
    compared = "as much as" if same else f"{facts.money.per_input(abs(loss))} less than"
    return (
        f"Against an attacker who does not know this, it would earn {facts.money.per_input(earned)} per "
        "input, "
        f"{compared} the recommendation."
    )


def _left_again(facts: Facts, best: Alone) -> str:
    """Explains why the attacker cannot rely on that defence; empty if the defender would not deviate."""
    game = facts.game
    pays = game.defender_payoffs[:, game.attacks.index(best.answer)]
    if pays.max() - best.value <= SAME * (1 + abs(best.value)):
        return ""
    better = game.defences[int(pays.argmax())]
    return (
        f" Against that response {better} would earn more, so the attacker cannot rely on {best.defence} "
        "staying deployed."
    )
