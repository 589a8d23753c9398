"""Names and lists as people say them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from advgame.arrays import NO_ATTACK
from advgame.scenarios import Scenario
from advgame.scenarios.parameters import TERM_PARAMETERS

TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}


def one_line(text: str) -> str:
    """A text on one line, with nothing in it that could steer a terminal or turn the reading direction.

    >>> one_line("two\\nlines \\x1b[31mred")
    'two lines �[31mred'
    """
    return "".join("�" if _steers(character) else character for character in " ".join(text.split()))


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names in a row.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    found = list(names)
    return f" {last} ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def shortened(names: Iterable[str], most: int) -> str:
    """The first names in a row, and how many more there are.

    >>> shortened(["a", "b", "c", "d"], 2)
    'a, b and 2 more'
    """
    found = list(names)
    extra = [f"{len(found) - most} more"] if len(found) > most else []
    return listed([*found[:most], *extra])


def counted(count: int, one: str, many: str) -> str:
    """A number of things.

    >>> counted(1, "row", "rows"), counted(1200, "row", "rows")
    ('1 row', '1,200 rows')

    Args:
        count: how many.
        one: the noun in the singular.
        many: the noun in the plural.
    """
    return f"{count:,} {one if count == 1 else many}"


def attack_in_words(name: str) -> str:
    """What the attacker does, in words.

    >>> attack_in_words("none"), attack_in_words("square")
    ('no attack', 'square')
    """
    return "no attack" if name == NO_ATTACK else name


def meaning_of(address: str) -> str:
    """What the number at an address means.

    >>> meaning_of("attack_cost[square]"), meaning_of("clean_accuracy[Standard]")
    ("attacker's cost per attacked input (square)", 'clean accuracy of Standard')
    """
    field, _, rest = address.partition("[")
    entry = rest.removesuffix("]")
    if field == "clean_accuracy":
        return f"clean accuracy of {entry}"
    if field == "attacked_accuracy":
        defence, _, attack = entry.rpartition(", ")
        return f"accuracy of {defence} under {attack}"
    if field == "adversarial_share":
        return f"largest share of the traffic that {entry} can supply"
    about = TERM_PARAMETERS.get(field)
    meaning = about.meaning if about is not None else PLAIN.get(field, field)
    return f"{meaning} ({entry})" if entry else meaning


PLAIN = {
    "largest_share": "largest share of the traffic that is adversarial",
    "volume_per_month": "classified inputs per month",
}


def unit_of(address: str, scenario: Scenario) -> str:
    """The unit of the number at an address, in the scenario's currency.

    >>> from advgame.scenarios import case
    >>> unit_of("attack_cost", case("cifar10-two-defences"))
    'units per adversarial input'
    """
    field = address.partition("[")[0]
    if field in TERM_PARAMETERS:
        return TERM_PARAMETERS[field].unit.replace("money", currency_of(scenario))
    return {"volume_per_month": "inputs per month"}.get(
        field, "share of inputs" if "accuracy" in field else "share of the traffic"
    )


def currency_of(scenario: Scenario) -> str:
    """The name of the unit of money."""
    return scenario.currency or "units"


def _steers(character: str) -> bool:
    return character in TURNING or unicodedata.category(character) == "Cc"
