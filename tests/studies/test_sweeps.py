from dataclasses import replace

import numpy as np
import pytest

from advgame.equilibria import Nash
from advgame.errors import ScenarioError, UnknownName
from advgame.scenarios import build_game, case, set_parameter
from advgame.scenarios.family.payoffs_over import payoffs_over
from advgame.studies import sweep

CASE = "cifar10-two-defences"


def test_every_cell_agrees_with_the_closed_form() -> None:
    shares, costs = np.linspace(0.01, 0.99, 12), np.linspace(0.01, 0.98, 11)
    frame = sweep(case(CASE), {"largest_share": shares, "attack_cost": costs})
    assert len(frame) == 132
    even = 0.0944 / 0.6286
    for row in frame.itertuples():
        share, cost, defended = row.largest_share, row.attack_cost, row._asdict()["_5"]
        if share < even:
            expected = 0.0
        elif cost < 0.4658:
            expected = 1.0
        else:
            expected = (1 - cost) / 0.5342
        assert defended == pytest.approx(expected, abs=1e-9)
    assert frame["complete"].all()
    assert frame["regret"].max() < 2e-9


def test_progress_is_reported_after_each_cell() -> None:
    told = []
    sweep(
        case(CASE), {"attack_cost": [0.1, 0.2, 0.3]}, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_accuracies_and_entries_by_name_can_be_varied() -> None:
    frame = sweep(case(CASE), {"clean_accuracy[Standard]": [0.95, 0.80], "attack_cost[autoattack]": [0.6]})
    assert frame["regime"].tolist() == [
        "Standard + Rice2020Overfitting | none + autoattack",
        "Rice2020Overfitting | none",
    ]


@pytest.mark.parametrize("grid", [{}, {"attack_cost": []}])
def test_an_empty_grid_is_refused(grid: dict) -> None:
    with pytest.raises(ScenarioError, match="empty"):
        sweep(case(CASE), grid)


def test_a_grid_too_large_for_memory_is_refused_before_any_work() -> None:
    with pytest.raises(ScenarioError, match="10,000,000,000 cells"):
        sweep(case(CASE), {"attack_cost": range(100_000), "largest_share": range(100_000)})


def test_an_unknown_parameter_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'attack_cost'"):
        sweep(case(CASE), {"attack_costs": [0.1]})


def test_a_parameter_and_one_of_its_entries_are_not_varied_together() -> None:
    with pytest.raises(ScenarioError, match="vary only one of them"):
        sweep(case(CASE), {"attack_cost[autoattack]": [0.1], "attack_cost": [0.6]})


@pytest.mark.parametrize("name", ["cifar10-two-defences", "cifar10-many-attacks", "imagenette-explanations"])
def test_batches_give_what_single_games_give_even_where_everything_ties(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advgame.studies.sweeps.COMPILED_FROM", 0)
    scenario = replace(case(name), attacker_knows="nothing")
    attack = build_game(scenario).attacks[-1]
    grid = {
        "largest_share": [0.0, 0.1, 1.0],
        "benign_gain": [0.0, 1.0],
        "attack_cost": [0.0, 0.6, 1.0],
        f"defence_cost[{build_game(scenario).defences[0]}]": [-0.01, 0.0],
    }
    if attack != "none":
        grid |= {f"adversarial_share[{attack}]": [0.05, 1.0], f"attack_setup[{attack}]": [0.0, 0.01]}
    together, singly = sweep(scenario, grid), sweep(scenario, grid, concept=Nash())
    assert together.columns.tolist() == singly.columns.tolist()
    assert together["regime"].tolist() == singly["regime"].tolist()
    assert together["complete"].tolist() == singly["complete"].tolist()
    numbers = [column for column in together if column not in ("regime", "complete")]
    assert np.allclose(together[numbers].to_numpy(float), singly[numbers].to_numpy(float), atol=1e-9)


@pytest.mark.parametrize("compiled_from", [0, 100])
def test_regimes_are_categories_in_order_of_appearance(
    compiled_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advgame.studies.sweeps.COMPILED_FROM", compiled_from)
    frame = sweep(case(CASE), {"largest_share": [0.3, 0.1, 0.3]})
    assert frame["regime"].cat.categories.tolist() == [
        "Standard + Rice2020Overfitting | none + autoattack",
        "Standard | autoattack",
    ]
    assert frame["regime"].cat.codes.tolist() == [0, 1, 0]


def test_payoffs_of_a_batch_are_those_of_the_single_games_to_the_last_bit() -> None:
    scenario, random = case("cifar10-many-attacks"), np.random.default_rng(3)
    columns = {
        address: random.uniform(0, 0.5, 7)
        for address in ("largest_share", "breach_loss", "attack_cost", "attack_setup", "attack_penalty")
    }
    a, b, _ = payoffs_over(scenario, columns)
    for cell in range(7):
        single = scenario
        for address, values in columns.items():
            single = set_parameter(single, address, float(values[cell]))
        game = build_game(single)
        assert (a[cell] == game.defender_payoffs).all()
        assert (b[cell] == game.attacker_payoffs).all()


def test_a_large_grid_is_solved_in_parts_that_report_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advgame.equilibria.batch.affine_games.PAYOFFS_AT_ONCE", 8_000)  # of 1,000 games
    told = []
    shares = np.linspace(0, 1, 2_100)
    frame = sweep(
        case(CASE), {"largest_share": shares}, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1000, 2100), (2000, 2100), (2100, 2100)]
    assert (frame["P[Standard]"] == 1).tolist() == (shares < 0.0944 / 0.6286).tolist()
