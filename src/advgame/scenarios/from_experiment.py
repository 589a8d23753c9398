"""A measured experiment as a scenario: counted computations and queries, at stated prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from advgame.errors import MeasurementError, ScenarioError
from advgame.measurements import Column
from advgame.measurements.experiment_tables import BLACK_BOX, CLEAN, NATURAL, UNBOUNDED, Measured
from advgame.measurements.measurement import PLAYABLE
from advgame.payoffs.accuracies import column_names
from advgame.payoffs.terms import AdversarialTraffic, AttackCost, AttackReward, BenignTraffic, DefenceCost
from advgame.scenarios.scenario import AttackChoice, Scenario, Select

DIGITS_OF_A_PRICE = 3  # significant ones


ASSUMED = {  # of amounts that a story does not set
    "benign_loss": "assumed: an error costs nothing beyond the lost gain",
    "stopped_gain": "assumed: a correctly classified attacked input is worth as much as a benign one",
    "breach_loss": "assumed: an error costs nothing beyond the lost gain",
    "attack_reward": (
        "assumed: the attacker gains as much from an error as the defender from a correct classification"
    ),
    "attack_penalty": "assumed: a failed attack costs nothing beyond crafting it",
}


@dataclass(frozen=True)
class Prices:
    """Prices of what was counted; the unit of money is one correctly classified benign input."""

    # one input through the undefended network; a backward pass costs twice as much
    propagation: float = 0.0005
    query: float = 0.001  # one answer of the deployed network to the attacker
    # for the largest perturbation in its norm, which may be detected; smaller ones in proportion
    notice: float = 0.3
    months_served: int = 12  # months of traffic over which the cost of training is spread

    def __post_init__(self) -> None:
        for name in ("propagation", "query", "notice", "months_served"):
            amount = getattr(self, name)
            if not isfinite(amount) or amount < 0 or (name == "months_served" and amount == 0):
                raise ScenarioError(
                    f"The price {name} is {amount!r}; expected a finite number that is not negative."
                )


@dataclass(frozen=True)
class Story:
    """The question of a scenario made from a measured table, and the amounts that were not measured."""

    name: str
    question: str
    undefended: str
    largest_share: float = 0.3
    volume_per_month: float = 1_000_000
    nature_plays: bool = False  # whether natural changes are among the attacker's choices
    amounts: Mapping[str, float] = field(default_factory=dict)  # gains and losses other than the defaults
    basis: Mapping[str, str] = field(default_factory=dict)  # the basis of those amounts
    attacker_knows: str | None = None  # a key of `KNOWLEDGE`
    labels: Mapping[str, str] = field(default_factory=dict)  # attack or defence to its name in plain words

    def __post_init__(self) -> None:
        if not isfinite(self.volume_per_month) or self.volume_per_month <= 0:
            raise ScenarioError(
                f"volume_per_month is {self.volume_per_month!r}; expected a positive number of inputs."
            )


def scenario_of(measured: Measured, story: Story, data: str, prices: Prices | None = None) -> Scenario:
    """The scenario of a measured table: its defences against each attack measured on all of them.

    Args:
        measured: the table and its measured costs.
        story: the question, and the amounts that were not measured.
        data: the table, as the scenario file names it.
        prices: prices of what was counted; None for the default prices.

    Returns:
        The scenario, with the basis of every amount.

    Raises:
        MeasurementError: when no attack was measured on every defence, or costs are missing.
    """
    prices = prices or Prices()
    columns = playable_columns(measured, story)
    refuse_unpriced(measured)
    names = column_names(tuple(columns))
    attack_costs = {names[column]: attack_cost(measured, column, prices) for column in columns}
    served = prices.months_served * story.volume_per_month
    defence_costs = {name: defence_cost(measured, name, prices, served) for name in measured.steps}
    amounts = story.amounts
    return Scenario(
        name=story.name,
        question=story.question,
        measurements=measured.table,
        data=data,
        attacker_knows=story.attacker_knows,
        labels=story.labels,
        undefended=story.undefended,
        largest_share=story.largest_share,
        volume_per_month=story.volume_per_month,
        select=Select(
            dataset=measured.dataset,
            networks=(measured.network,),
            attacks=tuple(AttackChoice(*column) for column in columns),
        ),
        terms=(
            BenignTraffic(amounts.get("benign_gain", 1.0), amounts.get("benign_loss", 0.0)),
            AdversarialTraffic(amounts.get("stopped_gain", 1.0), amounts.get("breach_loss", 0.0)),
            AttackReward(amounts.get("attack_reward", 1.0), amounts.get("attack_penalty", 0.0)),
            AttackCost({name: _rounded(cost) for name, cost in attack_costs.items()}),
            DefenceCost({name: _rounded(cost) for name, cost in defence_costs.items()}),
        ),
        basis={
            "largest_share": "assumed",
            "volume_per_month": "assumed",
            "benign_gain": "the unit of money: the value of one correctly classified benign input",
            "attack_cost": (
                "measured propagations and queries per attacked input in one run, on average over the "
                "deterministic networks of a single pass; "
                f"assumed: an input through {story.undefended} costs {prices.propagation:g}, a backward pass "
                f"twice that, a query of the deployed network {prices.query:g}, and detection "
                f"{prices.notice:g} at the largest perturbation in its norm, proportionally less below"
            ),
            "defence_cost": (
                "measured multiplications of each network and propagations of its training; assumed: an "
                f"input through {story.undefended} costs {prices.propagation:g}, a backward pass twice that, "
                f"and training is spread over the {served:,.0f} inputs of {prices.months_served} months"
            ),
            **{name: why for name, why in ASSUMED.items() if name not in story.amounts},
            **story.basis,
        },
    )


COUNTED = {  # the priced columns, by table of costs
    "networks": ("multiplications", "multiplications_reference", "forward_inputs", "backward_inputs"),
    "attacks": ("runs", "queries", "forward_inputs", "backward_inputs"),
}


def refuse_unpriced(measured: Measured) -> None:
    """Raises an error if costs of a measured table are missing.

    Raises:
        MeasurementError: names the file's suffix and what is missing.
    """
    for ending, counts in COUNTED.items():
        costs = getattr(measured, ending)
        needed = ("dataset", "network", "defence", *(("attack",) if ending == "attacks" else ()), *counts)
        lacking = [name for name in needed if name not in costs]
        where = f"The costs of {measured.experiment} (….{ending}.csv beside its table)"
        if lacking:
            raise MeasurementError(
                f"{where} are missing or lack the columns {', '.join(lacking)}; `advgame measure` writes "
                "them with a table. Run it again with --resume."
            )
        bad = [name for name in counts if costs[name].dtype.kind not in "iuf" or costs[name].isna().any()]
        if bad:
            raise MeasurementError(f"{where} have no number in some rows of {', '.join(bad)}.")
    unpriced = [name for name in measured.steps if name not in set(measured.networks["defence"])]
    if unpriced:
        raise MeasurementError(
            f"The defence {unpriced[0]!r} of {measured.experiment} has no row in ….networks.csv, so it has "
            "no price. Run `advgame measure` again with --resume."
        )


def playable_columns(measured: Measured, story: Story) -> list[Column]:
    """The attacks of a story that were measured on every defence, in the order of the table.

    Raises:
        MeasurementError: when there is no such attack.
    """
    left_out = {UNBOUNDED} if story.nature_plays else {UNBOUNDED, NATURAL}
    rows = [row for row in measured.table if row.metric in PLAYABLE and row.column != CLEAN]
    rows = [row for row in rows if measured.side(row.column) not in left_out]
    measured_on: dict[Column, set[str]] = {}
    for row in rows:
        measured_on.setdefault(row.column, set()).add(row.defence)
    columns = [column for column, defences in measured_on.items() if len(defences) == len(measured.steps)]
    if not columns:
        raise MeasurementError(f"No attack of {measured.experiment} was run against every defence.")
    return columns


def attack_cost(measured: Measured, column: Column, prices: Prices) -> float:
    """The attacker's cost per attacked input: computation, queries and detection.

    Counts are means over the deterministic networks that classify in a single pass. Networks that average
    many draws are excluded, because their propagations differ in size, and so are other randomised ones,
    against which attacks have further stages. A queried network runs on the defender's machines.

    Args:
        measured: one measured experiment: its table, outcomes per input and costs.
        column: the attack, as a column of the experiment.
        prices: the prices of a propagation, of a query and of detection.

    Raises:
        MeasurementError: for an attack whose cost was measured only on multi-pass networks.
    """
    rows = measured.attacks[measured.attacks["attack"] == column.attack]
    single = single_pass(measured)
    rows = rows[rows["defence"].isin(single)]
    if measured.side(column) in (BLACK_BOX, NATURAL):
        cost_per_network = rows["queries"] * prices.query
    else:
        cost_per_network = (rows["forward_inputs"] + 2 * rows["backward_inputs"]) * prices.propagation
    if rows.empty:
        raise MeasurementError(
            f"The cost of the attack {column.attack!r} was not measured on any single-pass network, so it "
            "has no price. Measure it on such a network, or remove it from the table."
        )
    return float((cost_per_network / rows["runs"]).mean()) + prices.notice * relative_size(measured, column)


def relative_size(measured: Measured, column: Column) -> float:
    """The radius relative to the largest one in the same norm; for natural changes, of the same kind."""
    by_nature = measured.side(column) == NATURAL
    radii = [
        row.radius or 0.0
        for row in measured.table
        if row.norm == column.norm
        and (not by_nature or row.attack == column.attack)
        and measured.side(row.column) != UNBOUNDED
    ]
    return (column.radius or 0.0) / (max(radii) or 1.0)


def single_pass(measured: Measured) -> list[str]:
    """The defences that pass an input through a single network once; only the deterministic ones, if any."""
    relative = measured.networks["multiplications"] / measured.networks["multiplications_reference"]
    single = list(measured.networks.loc[relative <= 1, "defence"].unique())
    return [name for name in single if name not in measured.randomised] or single


def defence_cost(measured: Measured, defence: str, prices: Prices, served: float) -> float:
    """The defender's cost per input: running the network, and its share of all training.

    Args:
        measured: one measured experiment: its table, outcomes per input and costs.
        defence: name of the defence.
        prices: the prices of a propagation, of a query and of detection.
        served: inputs that will be classified, over which the cost of training is spread.
    """
    rows = measured.networks[measured.networks["defence"] == defence]
    running = float((rows["multiplications"] / rows["multiplications_reference"]).mean())
    return prices.propagation * (running + training(measured, defence) / served)


def training(measured: Measured, defence: str) -> float:
    """The propagations that trained a defence and its predecessors; backward passes count twice."""
    rows = measured.networks[measured.networks["defence"] == defence]
    own = float((rows["forward_inputs"] + 2 * rows["backward_inputs"]).mean())
    step = measured.steps[defence]
    before = {step.after} if step.after else set(step.settings.get("of", ()))
    return own + sum(training(measured, name) for name in before)


def _rounded(cost: float) -> float:
    return float(f"{cost:.{DIGITS_OF_A_PRICE}g}")
