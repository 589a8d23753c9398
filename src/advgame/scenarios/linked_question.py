"""A question as a link: which case, at which prices, and every amount that was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

from advgame.errors import AdvgameError, ScenarioError
from advgame.scenarios.parameters import RULES, set_parameter
from advgame.scenarios.scenario import Scenario

Value = float | str | bool
MOST_CHANGES = 100  # in a link; a larger one is not from this program
LONGEST = 300  # characters of an address or a value
CASE, PRESET, CONCEPT, SET = "case", "preset", "concept", "set"  # the keys of a link


@dataclass(frozen=True)
class Question:
    """The origin of a scenario and the changes made to it, small enough to travel in a link.

    Args:
        case: the name of a bundled case, or any other name of an origin.
        preset: the name of a preset of prices; empty for the prices of the case.
        concept: the name of a solution concept; empty for the default of the scenario.
        changes: (address, value), in the order in which they were made.
    """

    case: str
    preset: str = ""
    concept: str = ""
    changes: tuple[tuple[str, Value], ...] = ()

    def changed(self, address: str, value: Value) -> Question:
        """The question with one more change; it replaces earlier ones of the same parameter.

        >>> Question("digits").changed("attack_cost[pgd]", 0.1).changed("attack_cost", 0.2).changes
        (('attack_cost', 0.2),)
        """
        entries = f"{address}["
        kept = [
            change for change in self.changes if change[0] != address and not change[0].startswith(entries)
        ]
        return replace(self, changes=(*kept, (address, value)))

    def applied(self, origin: Scenario) -> tuple[Scenario, tuple[str, ...]]:
        """The scenario that the changes make of an origin, and what could not be changed.

        >>> from advgame.scenarios import case
        >>> question = Question("cifar10-two-defences", changes=(("largest_share", 0.2), ("nonsense", 1.0)))
        >>> scenario, problems = question.applied(case("cifar10-two-defences"))
        >>> scenario.largest_share, len(problems)
        (0.2, 1)

        Returns:
            The scenario, and one message for each change that does not fit it; the others are made.
        """
        scenario, problems = origin, []
        for address, value in self.changes:
            try:
                scenario = set_parameter(scenario, address, value)
            except AdvgameError as mistake:
                problems.append(str(mistake))
        return scenario, tuple(problems)

    def query(self) -> dict[str, list[str]]:
        """The question as the parameters of a link.

        >>> Question("digits-measured", changes=(("largest_share", 0.25),)).query()
        {'case': ['digits-measured'], 'set': ['largest_share=0.25']}
        """
        whole = {CASE: self.case, PRESET: self.preset, CONCEPT: self.concept}
        given = {key: [value] for key, value in whole.items() if value}
        changes = [f"{address}={_text(value)}" for address, value in self.changes]
        return {**given, **({SET: changes} if changes else {})}


def question_of(query: Mapping[str, Sequence[str]]) -> Question:
    """The question that the parameters of a link describe; keys of other pages are ignored.

    >>> question_of({"case": ["digits-measured"], "set": ["largest_share=0.25"]}).changes
    (('largest_share', 0.25),)

    Args:
        query: the values of each key, as texts. Nothing in them is trusted: texts stay texts, numbers must be
            finite, and the length is bounded. Names are checked where they are used.

    Raises:
        ScenarioError: when the link is too long, or a change in it cannot be read.
    """
    changes = list(query.get(SET, ()))
    if len(changes) > MOST_CHANGES:
        raise ScenarioError(f"The link changes {len(changes)} amounts; at most {MOST_CHANGES} are read.")
    question = Question(_single(query, CASE), _single(query, PRESET), _single(query, CONCEPT))
    for change in changes:
        question = question.changed(*_change_of(change))
    return question


def _single(query: Mapping[str, Sequence[str]], key: str) -> str:
    values = list(query.get(key, ()))
    if len(values) > 1 or any(len(value) > LONGEST for value in values):
        raise ScenarioError(f"The link gives {key} twice, or too long a name for it; open it again.")
    return values[0] if values else ""


def _change_of(text: str) -> tuple[str, Value]:
    address, equals, value = text.rpartition("=")
    field = address.partition("[")[0]
    if not equals or not address or len(text) > LONGEST:
        raise ScenarioError(f"The link sets {text[:80]!r}; expected PARAMETER=VALUE.")
    if field in RULES:
        return address, _rule_of(value)
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise ScenarioError(f"The link sets {address[:80]} to {value[:40]!r}; expected a finite number.")
    return address, number


def _rule_of(value: str) -> Value:
    return {"true": True, "false": False}.get(value, value)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else repr(float(value))
