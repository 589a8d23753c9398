"""How much is it worth, against the next best and against doing nothing?"""

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
    """The value of the answer beside the next best defence and the undefended network."""
    compared = _compared(facts)
    return (
        Heading("How much it is worth"),
        _sentences(facts, compared),
        _table(facts, compared),
        *_knowledge_needed(facts),
    )


def _compared(facts: Facts) -> list[Comparison]:
    """Doing nothing, unless that is recommended, and the next best, unless that is doing nothing."""
    found = facts.recommendation
    others = [against_undefended(found)] if found.defends else []
    if found.next_best is not None and not (found.defends and found.next_best.defence == found.undefended):
        others.append(against_next_best(found, found.next_best))
    return others


def _sentences(facts: Facts, compared: list[Comparison]) -> Paragraph:
    money = facts.money
    said = [f"The recommendation is worth {money.both(facts.recommendation.value)}."]
    said += [_against(facts, each) for each in compared]
    if money.one_is:
        said.append(f"{money.one_is[0].upper()}{money.one_is[1:]}.")
    return Paragraph(" ".join(said))


def _against(facts: Facts, each: Comparison) -> str:
    subject = f"{each.words[0].upper()}{each.words[1:]},"
    answer = f" {_answered(each.other)}" if facts.has_attacks else ""
    if each.gain == 0:
        return f"{subject} would be worth the same{answer}."
    direction = "less" if each.gain > 0 else "more"
    return f"{subject} would be worth {facts.money.both(abs(each.gain))} {direction}{answer}."


def _answered(other: Alone) -> str:
    return f"after the attacker's best response ({attack_in_words(other.answer)})"


def _table(facts: Facts, compared: list[Comparison]) -> Table:
    found = facts.recommendation
    heads = (
        Head("deployed"),
        Head("the attacker's best response"),
        Head(f"worth, {money_heads(facts.money)[0]}", numeric=True),
        *(Head(f"recommended − this, {head}", numeric=True) for head in money_heads(facts.money)),
    )
    answer = listed(attack_in_words(name) for name, _ in found.attacked_by)
    rows = [_row(facts, "as recommended", answer, found.value, 0.0)]
    for each in compared:
        other = each.other
        name = f"{other.defence} alone"
        rows.append(_row(facts, name, attack_in_words(other.answer), other.value, each.gain))
    if not facts.has_attacks:
        heads, rows = _unanswered(heads), [_unanswered(row) for row in rows]
    return Table("", heads, tuple(rows))


def _unanswered(row: tuple[Part, ...]) -> tuple[Part, ...]:
    """A row without what the attacker does, where there is none."""
    deployed, _, *amounts = row
    return deployed, *amounts


def _row(facts: Facts, name: str, answer: str, value: float, gain: float) -> tuple[Cell, ...]:
    money = facts.money
    return Cell(name), Cell(answer), money_cells(money, value)[0], *money_cells(money, gain, difference=True)


def _knowledge_needed(facts: Facts) -> list[Block]:
    """Why a single defence can look better than an equilibrium: the attacker would have to know of it."""
    found = facts.recommendation
    better = [each for each in found.alone if each.value - found.value > SAME * (1 + abs(found.value))]
    if found.situation.concept.timing is not Timing.SIMULTANEOUS or not better:
        return []
    best = max(better, key=lambda each: each.value)
    return [
        Paragraph(
            f"{best.defence} alone is worth more only if the attacker knows that it is deployed and plays "
            f"its best response ({attack_in_words(best.answer)}). "
            f"{_unannounced(facts, best)}{_left_again(facts, best)}"
        )
    ]


def _unannounced(facts: Facts, best: Alone) -> str:
    """What the single defence earns from an attacker who does not know of it."""
    found = facts.recommendation
    earned = unanswered(found, best.defence)
    loss = found.value - earned
    same = abs(loss) <= SAME * (1 + abs(found.value))
    compared = "as much as" if same else f"{facts.money.per_input(abs(loss))} less than"
    return (
        f"Against an attacker who does not know, it would earn {facts.money.per_input(earned)} per input, "
        f"{compared} the recommendation."
    )


def _left_again(facts: Facts, best: Alone) -> str:
    """Why the attacker cannot count on it where the defender would gain by another defence; else empty."""
    game = facts.game
    pays = game.defender_payoffs[:, game.attacks.index(best.answer)]
    if pays.max() - best.value <= SAME * (1 + abs(best.value)):
        return ""
    other = game.defences[int(pays.argmax())]
    return (
        f" Against that response {other} would earn more, so the attacker cannot rely on {best.defence} "
        "staying deployed."
    )
