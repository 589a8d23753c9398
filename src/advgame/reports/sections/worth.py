"""How much is it worth, against the next best and against doing nothing?"""

from __future__ import annotations

from advgame.reports.blocks import Block, Cell, Head, Heading, Paragraph, Table
from advgame.reports.concepts import situation_of
from advgame.reports.facts import Facts
from advgame.reports.numbers import signed
from advgame.reports.words import listed
from advgame.studies import Alone


def worth(facts: Facts) -> tuple[Block, ...]:
    """The value of the answer beside the next best defence and the undefended network."""
    return (Heading("How much it is worth"), *_sentences(facts), _comparison(facts), *_announcement_needed(facts))


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
    answer = f" once the adversary answers with {other.answer}" if facts.has_attacks else ""
    return f"{subject} would be worth {facts.money.both(abs(difference))} {direction}{answer}."


def _comparison(facts: Facts) -> Table:
    found = facts.recommendation
    others = {each.defence: each for each in (found.next_best, found.doing_nothing) if each is not None}
    if found.pure:
        others.pop(found.deploy[0][0], None)
    monthly = facts.money.volume is not None
    heads = [Head("deployed"), Head("adversary"), Head("worth per input", True), Head("difference", True)]
    attacked = listed(name for name, _ in found.attacked_by)
    rows = [_row(facts, "as recommended", attacked, found.value)]
    rows += [_row(facts, f"{each.defence} alone", each.answer, each.value) for each in others.values()]
    if monthly:
        heads.append(Head("difference per month", True))
    return Table("", tuple(heads), tuple(row if monthly else row[:4] for row in rows))


def _row(facts: Facts, name: str, answer: str, value: float) -> tuple[Cell, ...]:
    gap = value - facts.recommendation.value
    none = gap == 0
    return (
        Cell(name),
        Cell(answer),
        Cell(facts.money.per_input(value), value),
        Cell("" if none else signed(facts.money.per_input(gap)), gap),
        Cell("" if none else signed(facts.money.per_month(gap)), gap * (facts.money.volume or 0)),
    )


def _announcement_needed(facts: Facts) -> list[Block]:
    """Why a single defence can look better than an equilibrium: it would have to be believed."""
    found = facts.recommendation
    better = [each for each in found.alone if each.value - found.value > 1e-9 * (1 + abs(found.value))]
    if situation_of(found.solution.concept) != situation_of("nash") or not better:
        return []
    best = max(better, key=lambda each: each.value)
    return [
        Paragraph(
            f"{best.defence} alone looks better only if the adversary knows that it is deployed and cannot be "
            "changed. Where both sides choose at once, the adversary cannot count on that, and the defender would "
            "gain by deploying something else; see what an announcement is worth."
        )
    ]
