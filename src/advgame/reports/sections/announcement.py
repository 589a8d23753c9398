"""Section: what is an announcement of the defence worth?"""

from __future__ import annotations

from advgame.decision import Recommendation, recommend
from advgame.equilibria import CONCEPTS, Concept
from advgame.errors import SolverError
from advgame.reports.blocks import Block, Cell, Head, Heading, Paragraph, Table
from advgame.reports.facts import Facts
from advgame.reports.money_cells import money_cells, money_heads
from advgame.wording.names import attack_in_words, listed
from advgame.wording.numbers import percentages


def announcement(facts: Facts) -> tuple[Block, ...]:
    """The values under simultaneous play, commitment and maximin, side by side."""
    if not facts.has_attacks:
        return ()
    answers = {name: _answer(facts, concept) for name, concept in CONCEPTS.items() if concept.compared}
    solved = {name: recommendation for name, recommendation in answers.items() if recommendation is not None}
    return (
        Heading("Announced or not"),
        Paragraph(" ".join(_sentences(facts, solved))),
        Table(
            "",
            _heads(facts),
            tuple(_row(facts, name, recommendation) for name, recommendation in solved.items()),
        ),
    )


def _answer(facts: Facts, concept: Concept) -> Recommendation | None:
    given = facts.recommendation
    if given.situation.concept.situation == concept.situation:
        return given
    try:
        return recommend(given.situation, concept)
    except SolverError:
        return None


def _sentences(facts: Facts, solved: dict[str, Recommendation]) -> list[str]:
    if "nash" not in solved or "commitment" not in solved:
        return ["The value of an announcement could not be certified."]
    gain = solved["commitment"].value - solved["nash"].value
    if gain <= 1e-9 * (1 + abs(solved["nash"].value)):
        said = ["A credible announcement would gain nothing here."]
    else:
        said = [f"A credible announcement would gain {facts.money.both(gain)}."]
    said.append(
        "It must be binding: if the defender can still deploy something else, the situation is "
        "simultaneous play "
        "again. For a mixed strategy, announce the probabilities, never the network drawn for an input."
    )
    return said


def _heads(facts: Facts) -> tuple[Head, ...]:
    amounts = [
        money_heads(facts.money)[0],
        *(f"this − recommended, {head}" for head in money_heads(facts.money)),
    ]
    return (
        Head("situation"),
        Head("deployed"),
        Head("the attacker plays"),
        *(Head(head, numeric=True) for head in amounts),
    )


def _row(facts: Facts, concept: str, recommendation: Recommendation) -> tuple[Cell, ...]:
    gap = recommendation.value - facts.recommendation.value
    here = " (recommended)" if recommendation is facts.recommendation else ""
    attacked = tuple((attack_in_words(name), share) for name, share in recommendation.attacked_by)
    return (
        Cell(f"{CONCEPTS[concept].situation}{here}", concept),
        Cell(_strategy(recommendation.deploy)),
        Cell(_strategy(attacked)),
        money_cells(facts.money, recommendation.value)[0],
        *money_cells(facts.money, gap, difference=True),
    )


def _strategy(played: tuple[tuple[str, float], ...]) -> str:
    if len(played) == 1:
        return played[0][0]
    parts = percentages([share for _, share in played])
    return listed(f"{name} {part}" for (name, _), part in zip(played, parts, strict=True))
