"""Why the payoffs of a scenario are not linear in its measured accuracies, for the errors of studies."""

from __future__ import annotations

from advgame.scenarios import Scenario

WITHOUT = "Ask this of the scenario without it."


def what_bends(scenario: Scenario) -> str:
    """What keeps payoffs from being linear in the measured accuracies, as the beginning of a sentence.

    >>> from dataclasses import replace
    >>> from advgame.scenarios import case
    >>> what_bends(replace(case("cifar10-two-defences"), tries=3.0))
    'The payoffs are not linear in the measured accuracies, because of tries = 3'

    Args:
        scenario: the scenario.
    """
    causes = [
        *(["its judge"] if scenario.judge else []),
        *([f"tries = {scenario.tries:g}"] if scenario.tries != 1 else []),
        *([f"adaptive_factor = {scenario.adaptive_factor:g}"] if scenario.adaptive_factor != 1 else []),
    ]
    because = " and ".join(causes) or "a payoff term"
    return f"The payoffs are not linear in the measured accuracies, because of {because}"
