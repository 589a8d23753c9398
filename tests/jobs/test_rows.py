"""Every row is what `solve` gives for its cell."""

from __future__ import annotations

from pathlib import Path

import nashpy
import numpy as np
import pyarrow.parquet as pq
import pytest

import advgame as ag
from advgame.errors import InputError, ScenarioError, UnknownName
from advgame.jobs import InlineEngine, chunk_rows
from advgame.jobs.chunk_rows import rows_of
from advgame.jobs.regimes import regime_of, regimes_of
from advgame.jobs.sweep_job import SweepJob
from advgame.scenarios.evidence import evidence_of

SMALL, LARGE = "cifar10-two-defences", "cifar10-many-attacks"
RANGES = {"attack_cost": (0.05, 0.95), "largest_share": (0.02, 0.6)}


@pytest.mark.parametrize("name", [SMALL, LARGE])
def test_a_row_is_the_solution_of_its_game(name: str) -> None:
    scenario, design = ag.case(name), ag.SobolDesign(RANGES, 2048, 4)
    frame = ag.sweep(scenario, design=design, concept="nash")
    assert frame["cell"].tolist() == list(range(2048))
    for row in frame.iloc[::256].to_dict("records"):
        here = scenario
        for address in RANGES:
            here = ag.set_parameter(here, address, row[address])
        solution = ag.solve(ag.build_game(here))
        profile, game = solution.recommended, solution.game
        assert row["regime"] == regime_of(solution)
        assert [row[f"P[{each}]"] for each in game.defences] == pytest.approx(profile.defender, abs=1e-9)
        assert [row[f"P(attack)[{each}]"] for each in game.attacks] == pytest.approx(
            profile.attacker, abs=1e-9
        )
        assert row["defender_value"] == pytest.approx(profile.defender_payoff, abs=1e-9)
        assert (row["equilibria"], row["complete"]) == (len(solution.profiles), solution.complete)


def test_rows_agree_with_nashpy() -> None:
    scenario = ag.case(SMALL)
    frame = ag.sweep(scenario, design=ag.UniformDesign(RANGES, 2100, 9), concept="nash")
    for row in frame.iloc[::300].to_dict("records"):
        here = scenario
        for address in RANGES:
            here = ag.set_parameter(here, address, row[address])
        game = ag.build_game(here)
        other = nashpy.Game(game.defender_payoffs, game.attacker_payoffs)
        ((x, y),) = other.support_enumeration()
        assert [row[f"P[{name}]"] for name in game.defences] == pytest.approx(x, abs=1e-9)
        assert [row[f"P(attack)[{name}]"] for name in game.attacks] == pytest.approx(y, abs=1e-9)


@pytest.mark.parametrize("count", [2, 64, 65, 130])
def test_regimes_name_the_played_strategies_of_each_cell_whatever_their_number(count: int) -> None:
    rng = np.random.default_rng(count)
    kinds = (rng.random((6, count + 3)) < 0.3).astype(float)
    kinds[:, [0, count]] = 1.0  # both players play something
    kinds[1] = kinds[0]
    kinds[1, count - 1] = 1.0 - kinds[0, count - 1]  # differs in one strategy only
    cells = np.repeat(kinds[rng.integers(0, 6, 30)], rng.integers(1, 4, 30), axis=0)
    defences, attacks = [f"d{place}" for place in range(count)], ["none", "pgd", "square"]
    regimes = regimes_of(tuple(defences), tuple(attacks), cells[:, :count], cells[:, count:])
    expected = [
        " + ".join(name for name, plays in zip(defences, cell[:count], strict=True) if plays)
        + " | "
        + " + ".join(name for name, plays in zip(attacks, cell[count:], strict=True) if plays)
        for cell in cells
    ]
    assert [regimes.texts[code] for code in regimes.codes] == expected
    assert regimes.texts == list(dict.fromkeys(expected))  # in the order in which they occur


def test_a_sweep_without_any_solved_cell_has_an_empty_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(chunk_rows, "solve_singly", fails)
    output = tmp_path / "failed.parquet"
    written = ag.sweep(ag.case(SMALL), {"largest_share": [0.1, 0.3]}, output=output, engine=InlineEngine())
    reader = ag.SweepReader(output)
    assert written.failed == reader.summary().failed == 2
    assert reader.regimes() == {}
    assert reader.map().regimes == ()
    assert (reader.map().which == -1).all()


def test_a_file_with_other_columns_is_refused_as_a_sweep_table(tmp_path: Path) -> None:
    output = tmp_path / "map.parquet"
    ag.sweep(ag.case(SMALL), {"largest_share": [0.1, 0.3]}, output=output, engine=InlineEngine())
    table = pq.read_table(output)
    regime, complete = (table.schema.get_field_index(name) for name in ("regime", "complete"))
    pq.write_table(table.set_column(regime, "regime", table["regime"].cast("string")), output)
    assert ag.SweepReader(output).summary().cells == 2  # rewritten by a tool without dictionaries
    for number, other in enumerate(
        (
            table.drop_columns("error"),
            table.drop_columns("complete"),
            table.set_column(regime, "regime", table["cell"]),
            table.set_column(complete, "complete", table["cell"]),
            table.append_column("regret", table["regret"]),
        )
    ):
        path = tmp_path / f"{number}.parquet"
        pq.write_table(other, path)
        with pytest.raises(InputError, match="is no table of a sweep"):
            ag.SweepReader(path)


def test_posterior_draws_are_scenarios_with_these_accuracies() -> None:
    scenario = ag.case(SMALL)
    frame = ag.sweep(scenario, {"largest_share": [0.1, 0.3], "attack_cost": [0.6]}, draws=5, seed=8)
    assert frame["draw"].tolist() == [0, 1, 2, 3, 4] * 2
    assert frame["largest_share"].tolist() == [0.1] * 5 + [0.3] * 5
    evidence = evidence_of(scenario)
    drawn = evidence.draw(np.random.default_rng((8, 0)), 5)
    for row in frame.to_dict("records"):
        here = ag.set_parameter(scenario, "largest_share", row["largest_share"])
        here = ag.set_parameter(here, "attack_cost", 0.6)
        for place, defence in enumerate(evidence.defences):
            clean, attacked = drawn[row["draw"], place].tolist()
            here = ag.set_parameter(here, f"clean_accuracy[{defence}]", clean)
            here = ag.set_parameter(here, f"attacked_accuracy[{defence}, {evidence.attacks[1]}]", attacked)
        profile = ag.solve(ag.build_game(here)).recommended
        assert row["defender_value"] == pytest.approx(profile.defender_payoff, abs=1e-9)
        assert [row[f"P[{name}]"] for name in evidence.defences] == pytest.approx(profile.defender, abs=1e-9)


def test_scenarios_share_one_table_with_the_strategies_of_all() -> None:
    scenarios = ag.case(SMALL), ag.case("imagenette-explanations")
    frame = ag.sweep(scenarios, {"largest_share": [0.1, 0.2]}, concept="nash")
    assert frame["scenario"].tolist() == [each.name for each in scenarios for _ in range(2)]
    assert frame["P[Standard]"].isna().tolist() == [False, False, True, True]
    assert frame["error"].isna().all()


def test_a_cell_that_cannot_be_solved_has_its_reason_and_the_others_their_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from advgame.jobs import chunk_rows

    solve = chunk_rows.solve_in_bulk

    def fails_at_one_value(scenario: object, columns: dict, method: str) -> object:
        if (columns["attack_cost"] == 0.5).any():
            raise ArithmeticError("no profile could be certified")
        return solve(scenario, columns, method)

    monkeypatch.setattr(chunk_rows, "solve_in_bulk", fails_at_one_value)
    job = SweepJob((ag.case(SMALL),), ag.FullGrid({"attack_cost": np.linspace(0, 1, 2001).tolist()}))
    (chunk,) = job.chunks()
    frame = rows_of(job, chunk).to_pandas()
    failed = frame[frame["error"].notna()]
    assert failed["cell"].tolist() == [1000]
    assert failed["error"].tolist() == ["ArithmeticError: no profile could be certified"]
    assert failed["regime"].isna().all()
    assert frame["cell"].tolist() == list(range(2001))
    assert frame["defender_value"].notna().sum() == 2000


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"grid": {"attack_costs": [0.1]}}, UnknownName, "attack_cost"),
        ({"grid": {"largest_share": [0.1, 1.5]}}, ScenarioError, "largest_share"),
        ({"grid": {"attack_cost": [0.1]}, "draws": -1}, ScenarioError, "draws"),
        ({"grid": {"clean_accuracy[Standard]": [0.9]}, "draws": 3}, ScenarioError, "drawn already"),
        ({"grid": {"attack_cost": [0.1]}, "draws": 3, "concept": "qre"}, ScenarioError, "no batch solver"),
    ],
)
def test_a_mistake_is_reported_before_any_work(settings: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ag.sweep([ag.case(SMALL)], **settings)


def test_two_scenarios_need_two_names() -> None:
    with pytest.raises(ScenarioError, match="a name of its own"):
        ag.sweep([ag.case(SMALL)] * 2, {"attack_cost": [0.1]})
