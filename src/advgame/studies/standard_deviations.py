"""How uncertain each number of a scenario is, so that distances in different units can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from advgame.arrays import NO_ATTACK
from advgame.scenarios import Scenario, get_parameter
from advgame.scenarios.evidence import standard_errors
from advgame.scenarios.parameters import TERM_PARAMETERS
from advgame.scenarios.uncertain_prices import UncertainPrice, uncertain_prices
from advgame.studies.price_box import intervals_of_prices


def standard_deviations(scenario: Scenario, spread: float, assumed_tested: int) -> dict[str, float]:
    """The standard deviation of every number that is uncertain, by address.

    Of an accuracy, that of its posterior; of a price or the largest share, that of an even distribution over
    its interval, width / √12. Numbers that are taken as exact are left out.

    >>> from advgame.scenarios import case
    >>> found = standard_deviations(case("cifar10-two-defences"), 0.2, 1000)
    >>> round(found["clean_accuracy[Standard]"], 5), round(found["attack_cost"], 4)  # 0.24 / √12
    (0.00222, 0.0693)

    Args:
        scenario: the question.
        spread: how far each price and the largest share may be off either way, relative to itself.
        assumed_tested: test inputs assumed where a source gives a rate without their number; 0 refuses that.

    Raises:
        InputError: for a spread outside 0..1.
        MeasurementError: where a rate has no number of inputs and none is assumed.
    """
    errors, accuracies = standard_errors(scenario, assumed_tested), scenario.accuracies
    deviations = {}
    for row, defence in enumerate(accuracies.defences):
        for column, attack in enumerate(accuracies.attacks):
            clean = attack == NO_ATTACK
            name = f"clean_accuracy[{defence}]" if clean else f"attacked_accuracy[{defence}, {attack}]"
            deviations[name] = float(errors[row, column])
    for price in uncertain_prices(scenario, spread, intervals_of_prices(scenario)):
        deviations.update(_of_price(scenario, price))
    return {address: deviation for address, deviation in deviations.items() if deviation > 0}


def _of_price(scenario: Scenario, price: UncertainPrice) -> Iterator[tuple[str, float]]:
    """The deviation of a price, and of each entry of a table of amounts."""
    deviation = (price.high - price.low) / sqrt(12)
    if not price.factor:
        yield price.address, deviation
    about = TERM_PARAMETERS.get(price.address)
    if about is None or about.by is None:
        return
    accuracies = scenario.accuracies
    for name in accuracies.attacks[1:] if about.by == "attack" else accuracies.defences:
        address = f"{price.address}[{name}]"
        amount = abs(get_parameter(scenario, address)) if price.factor else 1.0
        if amount:
            yield address, deviation * amount
