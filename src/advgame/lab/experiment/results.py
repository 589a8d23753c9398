"""Writes the journal of an experiment as tables: accuracies, outcomes per input, costs, run record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advgame.files import spreadsheet_safe, written_whole
from advgame.lab.attacks.kinds import MinimumNormAttack
from advgame.lab.datasets import DATASETS
from advgame.lab.experiment.environment import surroundings
from advgame.lab.experiment.journal import Journal, SetAside
from advgame.lab.experiment.masking_warnings import masked_rows
from advgame.lab.experiment.outputs import SOURCE, Output
from advgame.lab.experiment.plan import AttackPlan, DefencePlan, MeasurePlan
from advgame.lab.experiment.runner import NOT_COUNTED
from advgame.lab.experiment.together import replaced_together
from advgame.lab.experiment.units import CRAFT, MAKE, Plan, Unit
from advgame.measurements import Measurement, MeasurementTable, mark_contradictions, write_table
from advgame.measurements.outcome_contradictions import mark_outcomes
from advgame.measurements.outcomes import OutcomeTable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

ABOUT_THE_WORK = ("wall_seconds", "made_with")  # fields of records that no table contains
AT_CHANCE = "clean accuracy is no better than chance"
NEAR_CHANCE = "clean accuracy is not significantly better than chance"
METRIC = {"invariance": "robust"}  # predicting the changed label is also robustness
FEWEST_FOR_INTERVAL = 10  # inputs
CHANCE_LEVEL = 0.05  # of the one-sided binomial test against guessing


@dataclass(frozen=True)
class Results:
    """The table of results and the paths of the files written."""

    table: MeasurementTable
    path: Path
    outcomes: Path
    networks: Path
    attacks: Path
    run: Path
    measures: Path | None  # None if the experiment has no measures
    made_with: int  # number of different environments (versions and devices) of the units
    unproved: int = 0  # records of an older version, whose content cannot be verified
    set_aside: tuple[SetAside, ...] = ()  # damaged or changed files of the journal


def write_results(
    plan: Plan,
    journal: Journal,
    output: Path,
    device: str,
    seconds: float,
    failures: Mapping[str, str],
    set_aside: Sequence[SetAside] = (),
) -> Results:
    """Writes all tables from the journal, together; failed cells are omitted.

    Args:
        plan: the units of the experiment.
        journal: the journal with the records of finished units.
        output: the table to write, .csv or .parquet.
        device: the device that this run used, such as cpu.
        seconds: wall-clock seconds of this run.
        failures: unit in words → message, for units that failed.
        set_aside: damaged or changed files of the journal, which were renamed.

    Raises:
        LabError: if a record cannot be used; no file is replaced then.
    """
    done = journal.finished(plan.units)
    records = {unit.key: journal.read(unit) for unit in plan.units if unit.key in done}
    networks = {unit.key: records[unit.key] for unit in plan.units if unit.kind == MAKE and unit.key in done}
    cells = [
        (unit, attack, records[unit.key])
        for unit, attack in plan.cells()
        if unit.key in done and unit.needs[0] in networks
    ]
    unproved = journal.unproved(plan.units)
    record = _run_record(plan, device, seconds, failures, list(records.values()))
    record |= {
        "unproved_records": unproved,
        "set_aside": [{"unit": file.unit, "file": file.path.name, "why": file.reason} for file in set_aside],
    }
    outcomes = _outcomes(cells)
    table = mark_contradictions(MeasurementTable(tuple(_rows(plan, cells, networks))))
    table = mark_outcomes(table, OutcomeTable(outcomes), record["attacks"])
    files = Output(output)
    measures = files.measures if plan.experiment.measures else None
    written = tuple(path for path in files.files if path != files.measures or measures)
    with replaced_together(written, files.note) as staged:
        write_table(table, staged[output])
        _write_parquet(outcomes, staged[files.outcomes])
        _write_csv(_network_costs(plan, networks), staged[files.networks])
        _write_csv(_attack_costs(plan, records, cells), staged[files.attacks])
        if measures is not None:
            _write_csv(_measures(plan, records), staged[measures])
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        written_whole(staged[files.run], lambda file: file.write(text), text=True)
    return Results(
        table,
        output,
        files.outcomes,
        files.networks,
        files.attacks,
        files.run,
        measures,
        len(record["made_with"]),
        unproved,
        tuple(set_aside),
    )


Cells = list[tuple[Unit, AttackPlan | None, dict[str, Any]]]


def _rows(plan: Plan, cells: Cells, networks: Mapping[str, dict[str, Any]]) -> Iterator[Measurement]:
    chance, masked = _at_chance(cells), masked_rows(cells)
    for unit, attack, record in cells:
        facts = networks[plan.network(unit.dataset, unit.network, unit.defence, unit.seed).key]
        caution = DATASETS[unit.dataset].caution
        warnings = [
            *((caution,) if caution else ()),
            *record["warnings"],
            *chance.get(unit.needs[0], ()),
        ]
        for number, radius in enumerate(record["radii"]):
            shares = counted_shares(record, number)
            tested = len(shares)
            if tested == 0:
                continue
            yield Measurement(
                dataset=unit.dataset,
                network=unit.network,
                defence=unit.defence,
                attack="none" if attack is None else attack.name,
                norm=None if attack is None else attack.attack.norm,
                radius=radius,
                source_model=None if attack is None else attack.source_model,
                metric="clean" if attack is None else METRIC.get(attack.attack.metric, attack.attack.metric),
                accuracy=float(shares.sum()) / tested,
                correct=round(float(shares.sum())),
                tested=tested,
                seed=unit.seed,
                compression_nominal=facts["compression_nominal"],
                parameters_left=facts["parameters_left"],
                parameters_total=facts["parameters_total"],
                source=f"{SOURCE}{plan.experiment.name}",
                warnings=(*warnings, *masked.get((unit.key, number), ())),
            )


def _at_chance(cells: Cells) -> dict[str, tuple[str, ...]]:
    """A warning, by the key of the network, where clean accuracy is not shown to be better than guessing."""
    return {
        unit.needs[0]: chance_warning(
            record["right"][0].count("1"), len(record["right"][0]), record["largest_class"]
        )
        for unit, attack, record in cells
        if attack is None
    }


def chance_warning(right: int, tested: int, largest_class: float) -> tuple[str, ...]:
    """A warning if an accuracy is not better than guessing the most frequent class, by an exact test.

    "No better" is said only of an accuracy that is at most that of guessing; a higher one whose one-sided
    binomial test at 5 % does not reject guessing is "not significantly better".

    >>> chance_warning(76, 100, 0.66)
    ()
    >>> chance_warning(66, 100, 0.66)
    ('clean accuracy is no better than chance: 66 of 100 right, 66 by guessing the most frequent class',)

    Args:
        right: number of inputs classified correctly.
        tested: number of inputs.
        largest_class: share of the most frequent class among them, in 0..1.
    """
    from scipy.stats import binomtest

    guessed = round(largest_class * tested)
    if binomtest(right, tested, largest_class, alternative="greater").pvalue <= CHANCE_LEVEL:
        return ()
    assessment = AT_CHANCE if right <= guessed else NEAR_CHANCE
    return (f"{assessment}: {right} of {tested} right, {guessed} by guessing the most frequent class",)


def counted_shares(record: Mapping[str, Any], number: int) -> NDArray[np.float64]:
    """The share of right answers to each input that counts: 0 or 1, unless a network answers at random.

    Args:
        record: of a cell.
        number: index of the radius.
    """
    import numpy as np

    outcomes = np.frombuffer(record["right"][number].encode(), np.uint8)
    counted = outcomes != ord(NOT_COUNTED)
    shares = record.get("shares")
    by_input = np.array(outcomes == ord("1") if shares is None else shares[number], np.float64)
    right: NDArray[np.float64] = by_input[counted]
    return right


def _outcomes(cells: Cells) -> pd.DataFrame:
    """One row per cell, radius and input: whether, or how often, it was classified correctly."""
    import numpy as np
    import pandas as pd

    parts = []
    for unit, attack, record in cells:
        for number, (radius, right) in enumerate(zip(record["radii"], record["right"], strict=True)):
            counted = np.frombuffer(right.encode(), np.uint8) != ord(NOT_COUNTED)
            parts.append(
                pd.DataFrame(
                    {
                        "dataset": unit.dataset,
                        "network": unit.network,
                        "defence": unit.defence,
                        "attack": "none" if attack is None else attack.name,
                        "norm": None if attack is None else attack.attack.norm,
                        "radius": np.nan if radius is None else radius,
                        "crafted_on": None if attack is None else attack.source_model,
                        "seed": unit.seed,
                        "input": np.array(record["places"], np.int32)[counted],
                        "correct": counted_shares(record, number),
                    }
                )
            )
    frame: pd.DataFrame = pd.concat(parts, ignore_index=True)
    names = ["dataset", "network", "defence", "attack", "norm", "crafted_on"]
    typed: pd.DataFrame = frame.astype(dict.fromkeys(names, "category"))
    return typed


def _network_costs(plan: Plan, networks: Mapping[str, dict[str, Any]]) -> pd.DataFrame:
    """One row per network: the cost of making it, its size and its speed."""
    import pandas as pd

    rows = []
    for unit in plan.units:
        if unit.kind == MAKE and unit.key in networks:
            facts = {key: value for key, value in networks[unit.key].items() if key not in ABOUT_THE_WORK}
            about = {
                "dataset": unit.dataset,
                "network": unit.network,
                "defence": unit.defence,
                "seed": unit.seed,
            }
            rows.append({**about, **facts})
    return pd.DataFrame(rows)


def _attack_costs(plan: Plan, records: Mapping[str, dict[str, Any]], cells: Cells) -> pd.DataFrame:
    """One row per attack and network: seconds, propagations and queries per attacked input.

    Propagations and queries are counted as outputs, and also as random draws (``forward_draws``,
    ``backward_draws``, ``query_draws``): an output that averages 30 draws counts as 30. Figures are totals
    over all ``runs``: one for each radius, or a single one of a minimum-norm attack.
    """
    import pandas as pd

    crafted = {
        (unit.dataset, unit.network, unit.attack, unit.seed): records[unit.key]
        for unit in plan.units
        if unit.kind == CRAFT and unit.key in records
    }
    rows = []
    for unit, attack, record in cells:
        if attack is not None:
            source = (
                crafted.get((unit.dataset, unit.network, unit.attack, unit.seed))
                if attack.source_model
                else None
            )
            rows.append(
                {
                    "dataset": unit.dataset,
                    "network": unit.network,
                    "defence": unit.defence,
                    "attack": attack.name,
                    "norm": attack.attack.norm,
                    "runs": 1 if isinstance(attack.attack, MinimumNormAttack) else len(attack.radii),
                    "crafted_on": attack.source_model,
                    "seed": unit.seed,
                    "inputs": len(record["places"]),
                    **(source or record)["cost"],
                }
            )
    return pd.DataFrame(rows)


def _measures(plan: Plan, records: Mapping[str, dict[str, Any]]) -> pd.DataFrame:
    """One row per network and value: the mean over the inputs, with a 95 % bootstrap interval."""
    import pandas as pd

    rows = []
    for unit, measure in plan.inspections():
        if unit.key not in records:
            continue
        for name, values in records[unit.key]["values"].items():
            rows.append(
                {
                    "dataset": unit.dataset,
                    "network": unit.network,
                    "defence": unit.defence,
                    "compared_with": measure.compared_with,
                    "seed": unit.seed,
                    "measure": measure.name,
                    "value": name,
                    **_mean_with_interval(values),
                }
            )
    return pd.DataFrame(rows)


def _mean_with_interval(values: Sequence[float]) -> dict[str, float]:
    """The mean, its bootstrap interval over the inputs, and the number of inputs with a value."""
    import numpy as np
    from scipy.stats import bootstrap

    finite = np.array([value for value in values if isfinite(value)])
    mean = float(finite.mean()) if len(finite) else float("nan")
    low = high = mean if len(finite) >= FEWEST_FOR_INTERVAL else float("nan")
    if len(finite) >= FEWEST_FOR_INTERVAL and np.ptp(finite) > 0:
        draws = np.random.default_rng(0)
        low, high = bootstrap(
            (finite,), np.mean, n_resamples=999, method="percentile", rng=draws
        ).confidence_interval
    return {"mean": mean, "low": float(low), "high": float(high), "inputs": len(finite)}


def _run_record(
    plan: Plan, device: str, seconds: float, failures: Mapping[str, str], records: list[dict[str, Any]]
) -> dict[str, Any]:
    experiment = plan.experiment
    return {
        "experiment": experiment.name,
        "datasets": list(experiment.datasets),
        "networks": list(experiment.networks),
        "defences": {defence.name: _defence(plan, defence) for defence in experiment.defences},
        "attacks": {attack.name: _attack(attack) for attack in experiment.attacks},
        "measures": {measure.name: _measure(measure) for measure in experiment.measures},
        "test_inputs": experiment.test_inputs,
        "units": len(plan.units),
        "failed": dict(failures),
        "seconds_of_this_run": round(seconds, 1),
        "seconds_of_all_units": round(sum(record["wall_seconds"] for record in records), 1),
        **surroundings(device),
        "made_with": _made_with(records),
    }


def _made_with(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The environments of the units with the number of units, the most frequent first."""
    environments = Counter(json.dumps(record.get("made_with", {}), sort_keys=True) for record in records)
    return [{**json.loads(text), "units": count} for text, count in environments.most_common()]


def _defence(plan: Plan, planned: DefencePlan) -> dict[str, Any]:
    return {
        "use": planned.defence.name,
        "after": planned.after,
        "seeds": list(plan.experiment.seeds_of(planned)),
        "settings": asdict(planned.defence),
    }


def _attack(planned: AttackPlan) -> dict[str, Any]:
    return {
        "use": planned.attack.name,
        "norm": planned.attack.norm,
        "metric": planned.attack.metric,
        "queries_only": planned.attack.queries_only,
        "radii": list(planned.radii),
        "inputs": planned.inputs,
        "crafted_on": planned.source_model,
        "settings": asdict(planned.attack),
    }


def _measure(planned: MeasurePlan) -> dict[str, Any]:
    return {
        "use": planned.measure.name,
        "inputs": planned.inputs,
        "compared_with": planned.compared_with,
        "settings": asdict(planned.measure),
    }


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    safe = frame.map(lambda value: spreadsheet_safe(value) if isinstance(value, str) else value)
    text = safe.to_csv(index=False, lineterminator="\n", float_format="%.6g")
    written_whole(path, lambda file: file.write(text), text=True)


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    written_whole(path, lambda file: frame.to_parquet(file, index=False))
