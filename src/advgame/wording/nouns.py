"""Sentences in the words of a scenario: requests and agents, or texts and detectors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from advgame.scenarios import Scenario

USUAL = ("input", "inputs"), ("network", "networks")
Say = Callable[[str], str]
Block = TypeVar("Block")


def said_of(scenario: Scenario, *, labelled: bool = True) -> Say:
    """A function that puts a sentence into the words of a scenario; quotations stay as they are.

    >>> from dataclasses import replace
    >>> from advgame.scenarios import case
    >>> mail = replace(case("cifar10-two-defences"), item=("mail", "mails"), system=("filter", "filters"))
    >>> said_of(mail)("0.8 units per classified input, 0.1 more than the best known network")
    '0.8 units per mail, 0.1 more than the best known filter'
    >>> said_of(mail)('attacker_knows = "network": which network answers')
    'attacker_knows = "network": which filter answers'
    >>> said_of(mail)("loss from a misclassified benign input")
    'loss from a wrongly handled benign mail'

    Defences and attacks are called by their labels, where the scenario gives them any:

    >>> named = replace(case("cifar10-two-defences"), labels={"Standard": "undefended network"})
    >>> said_of(named)("Deploy Standard: defending does not pay.")
    'Deploy undefended network: defending does not pay.'
    >>> said_of(replace(named, labels={"autoattack": "the strongest attack"}))("Autoattack succeeds.")
    'The strongest attack succeeds.'

    Args:
        scenario: its ``item`` and ``system`` are the nouns, its ``labels`` the names.
        labelled: whether labels are used; otherwise names stay as they are.
    """
    labels = scenario.labels if labelled else {}
    if (scenario.item, scenario.system) == USUAL and not labels:
        return lambda text: text
    accuracies = scenario.accuracies
    kept = (
        *accuracies.defences,
        *accuracies.attacks,
        *scenario.basis.values(),
        scenario.question,
        scenario.name,
        scenario.data,
    )
    return _saying(scenario.item, scenario.system, kept, tuple(labels.items()))


@lru_cache(maxsize=16)
def _saying(
    item: tuple[str, str],
    system: tuple[str, str],
    kept: tuple[str, ...],
    labels: tuple[tuple[str, str], ...],
) -> Say:
    label_of = dict(labels)
    words = (
        {}
        if (item, system) == USUAL
        else {
            "classified input": item[0],
            "classified inputs": item[1],
            "input": item[0],
            "inputs": item[1],
            "network": system[0],
            "networks": system[1],
            "correctly classified": "correctly handled",
            "misclassified": "wrongly handled",
        }
    )
    longest = sorted({text for text in kept if text}, key=len, reverse=True)
    names = "|".join(map(re.escape, longest))
    pattern = re.compile(
        rf"(?P<kept>(?<![\w-])(?:{names})(?![\w-])|attacker_knows = \"\w+\")"
        r"|(?P<words>\b(?:classified inputs?|correctly classified|misclassified|inputs?|networks?)\b)",
        re.IGNORECASE,
    )

    def spoken(match: re.Match[str]) -> str:
        noun = match.group("words")
        if noun is None:
            name = match.group()
            begins = match.string[: match.start()].endswith((". ", "! ", "? "))
            if name not in label_of and name[:1].lower() + name[1:] in label_of:  # it begins a sentence
                name, begins = name[:1].lower() + name[1:], True
            label = label_of.get(name)
            if label is None:
                return match.group()
            return label[0].upper() + label[1:] if begins else label
        replacement = words.get(noun.lower(), noun)
        return replacement[:1].upper() + replacement[1:] if noun[0].isupper() else replacement

    if not words:
        return lambda text: pattern.sub(spoken, text)
    return lambda text: _with_article(pattern.sub(spoken, text))


def _with_article(text: str) -> str:
    """The text with "an" before a consonant, and "a" before a vowel, corrected where a noun was exchanged."""
    text = re.sub(r"\b([Aa])n (?=[b-df-hj-np-tv-z])(?!hour|honest)", r"\1 ", text)
    return re.sub(r"\b([Aa]) (?=[aeio])(?!one\b|once\b|eu)", r"\1n ", text)


def in_words_of(block: Block, say: Say) -> Block:
    """A block of a report with every text in the words of a scenario.

    Args:
        block: a dataclass of texts, numbers, and tuples of such; nothing else in it is changed.
        say: as of `said_of`.
    """
    return _renamed(block, say)  # type: ignore[no-any-return]


VALUES = ("value",)  # of cells and figures: for programs


def _renamed(value: Any, say: Say) -> Any:
    if isinstance(value, str):
        return say(value)
    if isinstance(value, tuple):
        return tuple(_renamed(item, say) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: _renamed(getattr(value, field.name), say) for field in _texts(fields(value))}
        return replace(value, **changed)
    return value


def _texts(every: Iterable[Any]) -> Iterable[Any]:
    return (field for field in every if field.name not in VALUES)
