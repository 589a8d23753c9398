"""Outcomes of networks that are given as functions, for simulated traffic; they may be of any library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advgame.arrays import FloatArray
from advgame.errors import InputError, UnknownName
from advgame.scenarios.evidence import Evidence
from advgame.statistics.posteriors import BootstrapPosterior
from advgame.studies.traffic import Kinds

Network = Callable[[Any], Any]  # inputs (k, …) → labels (k,)
Attack = Callable[[Network, Any, Any], Any]  # the network, inputs (k, …) and labels (k,) → inputs (k, …)


def live_evidence(
    evidence: Evidence,
    kinds: tuple[Kinds, ...],
    networks: Mapping[str, Network],
    attacks: Mapping[str, Attack],
    examples: Any,
    labels: Any,
) -> Evidence:
    """The evidence with the outcomes of live networks on some examples, in the cells that occur.

    Args:
        evidence: of the scenario.
        kinds: of inputs that occur, with the network and the attack of each.
        networks: defence → function from inputs (k, …) to labels (k,).
        attacks: attack → function from a network, inputs and labels to attacked inputs (k, …).
        examples: (k, …) benign inputs.
        labels: (k,) the right ones.

    Raises:
        InputError: for a network or an attack that is missing or is no function, and for labels of another
            number than the examples.
        UnknownName: for a network or an attack that the scenario does not have.
    """
    _check(networks, evidence.defences, "networks")
    _check(attacks, evidence.attacks[1:], "attacks")
    right_labels = np.asarray(labels)
    if examples is None or right_labels.ndim != 1 or len(right_labels) == 0:
        raise InputError(
            "Live networks need examples, an array of inputs, and labels, the right label of each; give both."
        )
    count = len(evidence.attacks)
    right = np.zeros((1, len(right_labels), len(evidence.defences) * count))
    for defence, attack in sorted(_cells(kinds)):
        network = _named(networks, evidence.defences[defence], "networks")
        given = examples
        if attack:
            given = _named(attacks, evidence.attacks[attack], "attacks")(network, examples, right_labels)
        answers = _labels(network(given), evidence.defences[defence], len(right_labels))
        right[0, :, defence * count + attack] = answers == right_labels
    return replace(evidence, posterior=BootstrapPosterior(right), exact={}, paired=True)


def with_live_accuracy(kinds: Kinds, evidence: Evidence) -> Kinds:
    """The kinds of inputs with the accuracies of live networks.

    Args:
        kinds: of inputs.
        evidence: as of `live_evidence`.
    """
    assert isinstance(evidence.posterior, BootstrapPosterior)
    accuracy: FloatArray = evidence.posterior.right.mean(axis=(0, 1))
    return replace(kinds, accuracy=accuracy[kinds.defence * len(evidence.attacks) + kinds.attack])


def _cells(kinds: tuple[Kinds, ...]) -> set[tuple[int, int]]:
    return {
        (int(defence), int(attack))
        for kind in kinds
        for defence, attack in zip(kind.defence, kind.attack, strict=True)
    }


def _check(given: object, known: tuple[str, ...], what: str) -> None:
    if not isinstance(given, Mapping):
        raise InputError(f"{what} is {given!r}; expected a mapping from names to functions.")
    for name, function in given.items():
        if name not in known:
            raise UnknownName(f"entry of {what}", str(name), known)
        if not callable(function):
            raise InputError(f"{what}[{name!r}] is {function!r}; expected a function.")


def _named(given: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in given:
        raise InputError(f"The traffic meets {name}, which {what} does not have; add its function.")
    return given[name]


def _labels(answers: Any, network: str, count: int) -> NDArray[Any]:
    labels = np.asarray(answers)
    if labels.shape != (count,):
        raise InputError(
            f"The network {network} gave an array of shape {labels.shape} for {count:,} inputs; expected one "
            f"label for each, ({count},)."
        )
    return labels
