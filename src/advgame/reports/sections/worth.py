"""How much is it worth, against the next best and against doing nothing?"""

from __future__ import annotations

from typing import TypeVar

from advgame.reports.blocks import Block, Cell, Head, Heading, Paragraph, Table
from advgame.reports.concepts import situation_of
from advgame.reports.facts import Facts, unanswered
from advgame.reports.words import attack_in_words, listed
from advgame.studies import Alone

Part = TypeVar("Part", Head, Cell)


def worth(facts: Facts) -> tuple[Block, ...]:
    """The value of the answer beside the next best defence and the undefended network."""
    return (
        Heading("How much it is worth"),
        *_sentences(facts),
        _comparison(facts),
        *_announcement_needed(facts),
    )


def _sentences(facts: Facts) -> list[Block]:
    found, money = facts.recommendation, facts.money
    said = [f"The recommendation is worth {money.both(found.value)}."]
    if found.defends:
        said.append(_against(facts, found.doing_nothing, f"Doing nothing, that is {found.undefended} alone,"))
    following = found.next_best
    if following is not None and following.defence != found.undefended:
        said.append(_against(facts, following, f"The next best single defence, {following.defence} alone,"))
    elif following is not None and not found.defends:
        said.append(_against(facts, following, f"The next best, {following.defence} alone,"))
    if money.one_is:
        said.append(f"{money.one_is[0].upper()}{money.one_is[1:]}.")
    return [Paragraph(" ".join(said))]


def _against(facts: Facts, other: Alone, subject: str) -> str:
    difference = facts.recommendation.value - other.value
    if difference == 0:
        return f"{subject} would be worth the same."
    direction = "less" if difference > 0 else "more"
    answer = f" once the adversary answers with {attack_in_words(other.answer)}" if facts.has_attacks else ""
    return f"{subject} would be worth {facts.money.both(abs(difference))} {direction}{answer}."


def _comparison(facts: Facts) -> Table:
    found = facts.recommendation
    others = {each.defence: each for each in (found.next_best, found.doing_nothing) if each is not None}
    if found.pure:
        others.pop(found.deploy[0][0], None)
    unit = facts.money.heads[0]
    heads = (
        Head("deployed"),
        Head(f"{unit}, before the adversary reacts" if facts.has_attacks else unit, numeric=True),
        Head("its answer"),
        Head(f"{unit}, once it has answered", numeric=True),
        *(Head(f"difference in {head}", numeric=True) for head in facts.money.heads),
    )
    answer = listed(attack_in_words(name) for name, _ in found.attacked_by)
    rows = [_row(facts, "as recommended", found.value, answer, found.value)]
    for each in others.values():
        before = unanswered(found, each.defence)
        rows.append(_row(facts, f"{each.defence} alone", before, attack_in_words(each.answer), each.value))
    if not facts.has_attacks:
        heads, rows = _unanswered(heads), [_unanswered(row) for row in rows]
    return Table("", heads, tuple(rows))


def _unanswered(row: tuple[Part, ...]) -> tuple[Part, ...]:
    """A row without what the adversary does, where there is none."""
    deployed, worth, _, _, *differences = row
    return deployed, worth, *differences


def _row(facts: Facts, name: str, before: float, answer: str, value: float) -> tuple[Cell, ...]:
    money = facts.money
    gap = money.cells(value - facts.recommendation.value, difference=True)
    return Cell(name), money.cells(before)[0], Cell(answer), money.cells(value)[0], *gap


def _announcement_needed(facts: Facts) -> list[Block]:
    """Why a single defence can look better than an equilibrium: it would have to be believed."""
    found = facts.recommendation
    better = [each for each in found.alone if each.value - found.value > 1e-9 * (1 + abs(found.value))]
    if situation_of(found.solution.concept) != situation_of("nash") or not better:
        return []
    best = max(better, key=lambda each: each.value)
    return [
        Paragraph(
            f"{best.defence} alone looks better only if the adversary knows that it is deployed and cannot "
            "be changed. Where both sides choose at once, the adversary cannot count on that, and the "
            "defender would gain by deploying something else; see what an announcement is worth."
        )
    ]
