"""What would change the answer: for every number, the nearest values at which something else is deployed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from advgame.equilibria import CONCEPTS, Concept
from advgame.errors import AdvgameError
from advgame.payoffs.terms import Parameter
from advgame.scenarios import Scenario, get_parameter, set_parameter
from advgame.scenarios.parameters import ACCURACIES, TERM_PARAMETERS
from advgame.studies.recommendation import Recommendation, concept_for, recommend

GRID = 16  # points looked at on each side; an answer that holds between two neighbours only is not seen
PRECISION = 1e-9  # of the searched range
NEAREST = 3  # defences and attacks whose own numbers are looked at, beside those played

Deploy = tuple[str, ...]


@dataclass(frozen=True)
class Threshold:
    """Where one number of a scenario would change what is deployed.

    The same defences are deployed for all values between ``below`` and ``above``; None there means
    down to ``low`` or up to ``high``. A turning point is ``value`` itself where something else is deployed
    right beside it, nearer than the search can tell.
    """

    parameter: str  # its address
    value: float  # where we stand
    below: float | None
    above: float | None
    low: float  # the range that was searched
    high: float
    deploy: Deploy  # the defences deployed where we stand
    deploy_below: Deploy | None
    deploy_above: Deploy | None

    @property
    def decides(self) -> bool:
        """Whether any value of the range would change what is deployed."""
        return self.below is not None or self.above is not None


def thresholds(
    scenario: Scenario,
    concept: str | Concept | None = None,
    parameters: Iterable[str] | None = None,
) -> tuple[Threshold, ...]:
    """The break-even values of the largest share, of each cost and of each accuracy.

    The game is solved anew at each value tried, so both players answer the change: a grid finds where
    the deployed defences change next, bisection finds the value.

    >>> from advgame.scenarios import case
    >>> share, = thresholds(case("cifar10-two-defences"), parameters=["largest_share"])
    >>> round(share.below, 5), share.deploy_below
    (0.15017, ('Standard',))

    Args:
        concept: by default the one the scenario is answered with.
        parameters: addresses; by default the largest share, every price, and the costs and accuracies
            of the defences and attacks that are played or come nearest.

    Raises:
        UnknownName, ScenarioError: for an address the scenario does not have.
        SolverError: when no equilibrium could be certified where we stand.
    """
    chosen = concept or concept_for(scenario)
    solver = CONCEPTS[chosen] if isinstance(chosen, str) else chosen
    here = recommend(scenario, solver)
    wanted = parameters if parameters is not None else _addresses(here)
    return tuple(_threshold(here, solver, address) for address in wanted)


def _threshold(here: Recommendation, solver: Concept, address: str) -> Threshold:
    scenario = here.scenario
    value = get_parameter(scenario, address)
    low, high = _range(scenario, address, value)
    deployed = _deployed(here)

    def deploy_at(tried: float) -> Deploy | None:
        try:
            return _deployed(recommend(set_parameter(scenario, address, tried), solver))
        except AdvgameError:
            return None  # a value the scenario cannot have, or at which nothing could be certified

    below = _nearest_change(deploy_at, deployed, value, low)
    above = _nearest_change(deploy_at, deployed, value, high)
    return Threshold(
        address,
        value,
        below[0] if below else None,
        above[0] if above else None,
        low,
        high,
        deployed,
        below[1] if below else None,
        above[1] if above else None,
    )


def _nearest_change(
    deploy_at: Callable[[float], Deploy | None], deployed: Deploy, start: float, end: float
) -> tuple[float, Deploy] | None:
    """The value nearest to ``start`` on the way to ``end`` beyond which something else is deployed."""
    same = start
    for tried in np.linspace(start, end, GRID + 1)[1:].tolist():
        other = deploy_at(tried)
        if other is not None and other != deployed:
            precision = PRECISION * abs(end - start)
            place, beyond = _bisected(deploy_at, deployed, same, tried, other, precision)
            exact = next((each for each in (start, end) if abs(place - each) <= precision), place)
            return exact, beyond
        same = tried
    return None


def _bisected(
    deploy_at: Callable[[float], Deploy | None],
    deployed: Deploy,
    same: float,
    changed: float,
    other: Deploy,
    precision: float,
) -> tuple[float, Deploy]:
    while abs(changed - same) > precision:
        middle = (same + changed) / 2
        found = deploy_at(middle)
        if found == deployed:
            same = middle
        else:
            changed, other = middle, found or other
    return (same + changed) / 2, other


def _deployed(found: Recommendation) -> Deploy:
    """The deployed defences in the order of the game."""
    played = {defence for defence, _ in found.deploy}
    return tuple(defence for defence in found.game.defences if defence in played)


def _range(scenario: Scenario, address: str, value: float) -> tuple[float, float]:
    field = address.partition("[")[0]
    if field == "largest_share" or field in ACCURACIES:
        return 0.0, 1.0
    if field == "adversarial_share":
        return 0.0, scenario.largest_share
    about = TERM_PARAMETERS[field]
    high = max(about.usual_top, 4 * abs(value))
    return (-high if about.may_be_negative else 0.0), high


def _addresses(here: Recommendation) -> list[str]:
    """The largest share, every price that is one amount for all, and the entries that matter most."""
    scenario = here.scenario
    defences, attacks = _nearest_defences(here), _nearest_attacks(here)
    found = ["largest_share"]
    for about in TERM_PARAMETERS.values():
        found += _price_addresses(scenario, about, defences, attacks)
    found += [f"clean_accuracy[{defence}]" for defence in defences]
    found += [f"attacked_accuracy[{defence}, {attack}]" for defence in defences for attack in attacks]
    return found


def _price_addresses(
    scenario: Scenario, about: Parameter, defences: list[str], attacks: list[str]
) -> list[str]:
    amount = getattr(scenario.term(about.term), about.name)
    if about.by == "defence":
        return [f"{about.name}[{defence}]" for defence in defences]  # one amount for all changes no answer
    if isinstance(amount, Mapping):
        return [f"{about.name}[{attack}]" for attack in attacks]
    if about.term == "explanation_value" and amount == 0:
        return []
    return [about.name]


def _nearest_defences(here: Recommendation) -> list[str]:
    """The defences played, the undefended one, and those that pay best against the adversary's mix."""
    pays = here.game.defender_payoffs @ here.profile.attacker
    return _first(here.game.defences, pays, [*dict(here.deploy), here.undefended])


def _nearest_attacks(here: Recommendation) -> list[str]:
    """The attacks played and those that pay the adversary best against the defender's mix."""
    pays = here.profile.defender @ here.game.attacker_payoffs
    return _first(here.game.attacks[1:], pays[1:], [name for name, _ in here.attacked_by])


def _first(names: tuple[str, ...], pays: np.ndarray, played: list[str]) -> list[str]:
    by_pay = [names[place] for place in np.argsort(-pays, kind="stable")]
    wanted = dict.fromkeys([name for name in played if name in names] + by_pay)
    return list(wanted)[: max(NEAREST, len([name for name in played if name in names]))]
