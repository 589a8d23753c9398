"""What is each defence worth as the adversary's largest share grows?"""

from __future__ import annotations

import numpy as np

from advgame.errors import AdvgameError
from advgame.reports.blocks import Block, LineChart, Series
from advgame.reports.concepts import situation_of
from advgame.reports.facts import Facts
from advgame.scenarios import Scenario, set_parameter
from advgame.studies import Recommendation, recommend

POINTS = 41
FEWEST_POINTS = 13
MOST_CELLS = 10_000  # payoffs formed for the whole chart
LINES = 5  # beside the recommendation's
ANNOUNCED = "A single defence is shown at its worth once the adversary has given its best answer to it."
UNANNOUNCED = (
    "“Once known” (dashed): one defence alone, once the adversary knows of it and has given its best answer. "
    "Unannounced, no defence alone earns more than the recommendation from the adversary expected."
)


def value_by_share(facts: Facts) -> tuple[Block, ...]:
    """A chart of the values of the recommendation and of single defences by the largest share."""
    if not facts.has_attacks:
        return ()
    found = [(share, _solved(facts, share)) for share in _shares(facts)]
    solved = [(share, each) for share, each in found if each is not None]
    mix = Series("as recommended", tuple((share, each.value) for share, each in solved), strong=True)
    known = "" if _announced(facts) else ", once known"
    lines = tuple(
        Series(f"{name} alone{known}", _alone(name, solved)) for name in _drawn(facts.recommendation)
    )
    return (
        LineChart(
            "Worth by the adversary's largest share",
            "largest share of the traffic that is adversarial",
            f"{facts.money.unit} per classified input",
            (mix, *lines),
            here=facts.scenario.largest_share,
            note=ANNOUNCED if _announced(facts) else UNANNOUNCED,
        ),
    )


def _announced(facts: Facts) -> bool:
    return situation_of(facts.recommendation.solution.concept) != situation_of("nash")


def _shares(facts: Facts) -> list[float]:
    rows, columns = facts.game.shape
    points = max(FEWEST_POINTS, min(POINTS, MOST_CELLS // (rows * columns)))
    here = facts.scenario.largest_share
    top = min(1.0, max(2 * here, 0.1))
    return sorted({*np.linspace(0.0, top, points).round(12).tolist(), here})


def _solved(facts: Facts, share: float) -> Recommendation | None:
    try:
        scenario: Scenario = set_parameter(facts.scenario, "largest_share", share)
        return recommend(scenario, facts.what_if_concept)
    except AdvgameError:
        return None  # a gap in the line says that nothing could be certified there


def _alone(name: str, solved: list[tuple[float, Recommendation]]) -> tuple[tuple[float, float], ...]:
    place = solved[0][1].game.defences.index(name) if solved else 0
    return tuple((share, each.alone[place].value) for share, each in solved)


def _drawn(found: Recommendation) -> list[str]:
    """The undefended network, the defences deployed and the next best."""
    following = [found.next_best.defence] if found.next_best is not None else []
    return list(dict.fromkeys([found.undefended, *(name for name, _ in found.deploy), *following]))[:LINES]
