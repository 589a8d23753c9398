"""Names and lists as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from advgame.arrays import NO_ATTACK
from advgame.scenarios import Scenario
from advgame.scenarios.parameters import STRENGTHS, TERM_PARAMETERS
from advgame.scenarios.ranges import STRENGTH_MEANINGS, TIMES

UNITS = "units"  # of money, where the scenario has no currency
TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}


def one_line(text: str) -> str:
    """A text on one line, without control characters or changes of the writing direction.

    >>> one_line("two\\nlines \\x1b[31mred")
    'two lines �[31mred'
    """
    line = " ".join(text.split())
    if line.isprintable():  # most are, and a character at a time takes long
        return line
    return "".join("�" if _steers(character) else character for character in line)


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names as an enumeration.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    items = list(names)
    return f" {last} ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def shortened(names: Iterable[str], most: int) -> str:
    """The first few names as an enumeration, and the number of the others.

    >>> shortened(["a", "b", "c", "d"], 2)
    'a, b and 2 more'
    """
    items = list(names)
    extra = [f"{len(items) - most} more"] if len(items) > most else []
    return listed([*items[:most], *extra])


def counted(count: int, singular: str, plural: str) -> str:
    """A count with its noun in the singular or plural.

    >>> counted(1, "row", "rows"), counted(1200, "row", "rows")
    ('1 row', '1,200 rows')

    Args:
        count: how many.
        singular: the noun in the singular.
        plural: the noun in the plural.
    """
    return f"{count:,} {singular if count == 1 else plural}"


def attack_in_words(name: str) -> str:
    """The name of an attack in a sentence.

    >>> attack_in_words("none"), attack_in_words("square")
    ('no attack', 'square')
    """
    return "no attack" if name == NO_ATTACK else name


def under_attack(name: str) -> str:
    """The condition of a measurement in a sentence.

    >>> under_attack("none"), under_attack("square")
    ('without attack', 'under square')

    Args:
        name: of the attack; ``none`` for no attack.
    """
    return "without attack" if name == NO_ATTACK else f"under {name}"


def meaning_of(address: str) -> str:
    """The meaning of the parameter at an address.

    >>> meaning_of("attack_cost[square]"), meaning_of("clean_accuracy[Standard]")
    ("attacker's cost per attacked input (square)", 'clean accuracy of Standard')
    >>> meaning_of("clean_accuracy"), meaning_of("robust_accuracy")
    ('clean accuracy', 'robust accuracy')
    """
    field, _, rest = address.partition("[")
    entry = rest.removesuffix("]")
    if not entry and "accuracy" in field:
        return field.replace("_", " ")
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


def addresses_in_words(text: str, kept: Collection[str] = ()) -> str:
    """A text in which parameters and other names in code are written in words.

    >>> addresses_in_words("attack_reward matters most; regret_matching ends at low_pass", ["low_pass"])
    "Attacker's reward for a success matters most; regret matching ends at low_pass"

    Args:
        text: one or more sentences.
        kept: names that stay as they are, of defences and attacks.
    """

    def in_words(match: re.Match[str]) -> str:
        if match.group() in kept:
            return match.group()
        field = match.group().partition("[")[0]
        known = field in TERM_PARAMETERS or field in PLAIN or "accuracy" in field
        words = meaning_of(match.group()) if known else match.group().replace("_", " ")
        return words[:1].upper() + words[1:] if match.start() == 0 else words

    return ADDRESS.sub(in_words, text)


ADDRESS = re.compile(r"(?<![\w-])[a-z]+(?:_[a-z]+)+(?:\[[^\]]*\])?(?![\w-])")
PLAIN = {
    "largest_share": "largest share of the traffic that can be adversarial",
    "volume_per_month": "classified inputs per month",
    "attacker_margin": "attacker's margin",
    **STRENGTH_MEANINGS,
}


def unit_of(address: str, scenario: Scenario) -> str:
    """The unit of the parameter at an address, in the scenario's currency.

    >>> from advgame.scenarios import case
    >>> unit_of("attack_cost", case("cifar10-two-defences"))
    'units per adversarial input'
    """
    field = address.partition("[")[0]
    if field in TERM_PARAMETERS:
        return TERM_PARAMETERS[field].unit.replace("money", currency_of(scenario))
    if field in STRENGTHS:
        return TIMES
    return {"volume_per_month": "inputs per month"}.get(
        field, "share of inputs" if "accuracy" in field else "share of the traffic"
    )


def with_unit(value: str, address: str, scenario: Scenario) -> str:
    """The value of a parameter with its unit of money; a share or a factor stays a number.

    What an amount is paid for is in the parameter's meaning, except where it is every classified input.

    >>> from advgame.scenarios import case
    >>> scenario = case("cifar10-two-defences")
    >>> [with_unit("1", name, scenario) for name in ("attack_cost", "defence_cost[Standard]", "tries")]
    ['1 unit', '1 unit per classified input', '1']

    Args:
        value: as text.
        address: of the parameter.
        scenario: the scenario, for its currency.
    """
    term = TERM_PARAMETERS.get(address.partition("[")[0])
    if term is None or "money" not in term.unit:
        return value
    everywhere = " per classified input" if "classified input" in term.unit else ""
    return f"{of_money(value, currency_of(scenario))}{everywhere}"


def of_money(value: str, currency: str) -> str:
    """A number and its unit of money.

    >>> of_money("0.2", "units"), of_money("1", "units"), of_money("1", "EUR")
    ('0.2 units', '1 unit', '1 EUR')

    Args:
        value: as text.
        currency: as of `currency_of`.
    """
    singular = currency == UNITS and value.lstrip("+−") == "1"
    return f"{value} {'unit' if singular else currency}"


def currency_of(scenario: Scenario) -> str:
    """The name of the unit of money."""
    return scenario.currency or UNITS


def _steers(character: str) -> bool:
    return character in TURNING or unicodedata.category(character) == "Cc"
