from dataclasses import replace
from math import inf

import numpy as np
import pytest

from advgame.errors import ScenarioError, UnknownName
from advgame.measurements import Measurement, MeasurementTable
from advgame.scenarios import Scenario, build_game, case, set_parameter
from advgame.studies import break_even_share, break_even_shares


def scenario(plain: tuple[float, float], trained: tuple[float, float], **row: object) -> Scenario:
    """Two defences by (clean, attacked) accuracy."""
    rows = []
    for name, (clean, attacked) in (("plain", plain), ("trained", trained)):
        for attack, accuracy in (("none", clean), ("pgd", attacked)):
            counts = {}
            if "tested" in row:
                counts = {"tested": row["tested"], "correct": round(accuracy * int(str(row["tested"])))}
            spread = {key: row[key] for key in ("std", "runs") if key in row}
            rows.append(
                Measurement(
                    "mnist", "cnn", name, attack, metric="clean" if attack == "none" else "robust",
                    accuracy=accuracy, **counts, **spread,
                )
            )  # fmt: skip
    return Scenario("test", MeasurementTable(tuple(rows)))


def test_the_published_pair_breaks_even_at_the_known_share() -> None:
    found = break_even_share(case("cifar10-two-defences"), "Standard", "Rice2020Overfitting")
    assert found.share == pytest.approx(0.0944 / 0.6286)
    assert found.low < found.share < found.high


def test_prices_move_the_share_as_the_formula_says() -> None:
    priced = scenario((0.9, 0.1), (0.8, 0.5))
    for address, value in {"benign_loss": 1.0, "breach_loss": 3.0, "defence_cost[trained]": 0.2}.items():
        priced = set_parameter(priced, address, value)
    # V_b = 2, V_a = 4, ΔC = .2: (2·.1 + .2) / (4·.4 + 2·.1)
    assert break_even_share(priced, "plain", "trained").share == pytest.approx(0.4 / 1.8)


def test_a_defence_that_is_better_everywhere_always_pays() -> None:
    assert break_even_share(scenario((0.8, 0.1), (0.9, 0.5)), "plain", "trained").share == 0


def test_a_defence_that_wins_nothing_never_pays() -> None:
    assert break_even_share(scenario((0.9, 0.5), (0.8, 0.3)), "plain", "trained").share == inf


def test_a_rate_without_counts_or_spread_has_no_interval() -> None:
    found = break_even_share(scenario((0.9, 0.1), (0.8, 0.5)), "plain", "trained")
    assert (found.low, found.high, found.robust_gain_error) == (None, None, None)


def test_more_tested_inputs_narrow_the_interval() -> None:
    few, many = (
        break_even_share(scenario((0.9, 0.1), (0.8, 0.5), tested=count), "plain", "trained")
        for count in (100, 10_000)
    )
    assert many.high - many.low < (few.high - few.low) / 5


def test_the_interval_agrees_with_the_delta_method_where_counts_are_large() -> None:
    found = break_even_share(scenario((0.9, 0.1), (0.8, 0.5), tested=1_000_000), "plain", "trained")
    price, gain = 0.1, 0.4
    variances = [a * (1 - a) / 1e6 for a in (0.9, 0.8, 0.1, 0.5)]
    total = price + gain
    slope = [gain / total**2, -gain / total**2, price / total**2, -price / total**2]
    error = np.sqrt(sum(s * s * v for s, v in zip(slope, variances, strict=True)))
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.05)


def test_pruned_imagenette_networks_break_even_at_the_shares_of_the_stored_means() -> None:
    found = {
        (pair.plain.rpartition(" ")[2], pair.defended.rpartition(" ")[2]): pair
        for pair in break_even_shares(case("imagenette-pruning"))
    }
    # Δa / (Δr + Δa) by hand from the stored means, clean/attacked:
    # x1 .8502/.5020, x2 .8625/.5430, x4 .8393/.6263, x8 .7883/.6615
    expected = {("x1", "x4"): 0.0807, ("x2", "x4"): 0.2178, ("x1", "x8"): 0.2796, ("x4", "x8"): 0.5919}
    for pair, share in expected.items():
        assert found[pair].share == pytest.approx(share, abs=2e-4)
        assert found[pair].low < share < found[pair].high
        assert any("weak attack" in warning for warning in found[pair].warnings)
    last = found["x4", "x8"]
    assert last.robust_gain == pytest.approx(0.0352, abs=1e-4)
    assert last.robust_gain_error == pytest.approx(0.0256, abs=1e-4)
    assert last.shaky
    assert not found["x1", "x8"].shaky


def test_an_unknown_defence_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'Standard'"):
        break_even_share(case("cifar10-two-defences"), "standart", "Rice2020Overfitting")


def test_a_cheaper_weaker_network_pays_only_up_to_a_share() -> None:
    priced = set_parameter(scenario((0.9, 0.5), (0.88, 0.2)), "defence_cost[plain]", 0.2)
    found = break_even_share(priced, "plain", "trained")
    # its advantage is .2 − .02 without attacks and .2 − .3 under attack alone: gone at .18 / .28
    assert (found.share, found.until) == (0, pytest.approx(0.18 / 0.28))


def test_no_share_above_one_is_ever_given() -> None:
    # a price of .15 without attacks, and −.04 even under attack alone
    found = break_even_share(
        set_parameter(scenario((0.9, 0.5), (0.8, 0.51)), "defence_cost[trained]", 0.05), "plain", "trained"
    )
    assert found.share == inf


def test_what_explanations_are_worth_counts_too() -> None:
    rows = [
        Measurement("d", "n", name, attack, metric=metric, accuracy=accuracy)
        for name, clean, attacked, recognised in (("A", 0.9, 0.1, 0.3), ("B", 0.8, 0.5, 0.9))
        for attack, metric, accuracy in (
            ("none", "clean", clean),
            ("pgd", "robust", attacked),
            ("none", "human_recognition", recognised),
        )
    ]
    priced = set_parameter(Scenario("t", MeasurementTable(tuple(rows))), "explanation_value", 0.1)
    # (Δa − .1 · .6) / (Δr + Δa) = .04 / .5
    assert break_even_share(priced, "A", "B").share == pytest.approx(0.08)


def test_few_training_runs_widen_the_interval_as_student_says() -> None:
    def width(runs: int) -> float:
        found = break_even_share(
            scenario((0.9, 0.1), (0.8, 0.5), std=0.001 * np.sqrt(runs), runs=runs), "plain", "trained"
        )
        return found.high - found.low

    # the same standard error of 0.001, but with 3 runs t has 2 degrees of freedom and heavy tails
    assert 1.5 < width(3) / width(1000) < 3


def test_a_scenario_without_attacks_has_no_break_even_share() -> None:
    with pytest.raises(ScenarioError, match="has no attack"):
        break_even_share(case("imagenette-explanations"), "magnitude-local x1", "magnitude-local x2")


@pytest.mark.parametrize("changes", [{}, {"adaptive_factor": 3.0}, {"tries": 4.0}])
def test_at_the_break_even_share_both_defences_pay_alike_in_the_game(changes: dict[str, float]) -> None:
    """Also where tasks done under attack earn money, and attacks succeed more often than measured."""
    scenario = replace(case("agentdojo-camel"), **changes)
    pair = break_even_share(scenario, "undefended", "prompt sandwiching", "injection in slack")
    assert 0 < pair.share < 1
    game = build_game(replace(scenario, largest_share=pair.share))
    rows = [game.defences.index(name) for name in (pair.plain, pair.defended)]
    first, second = game.defender_payoffs[rows, game.attacks.index("injection in slack")]
    assert first == pytest.approx(second, abs=1e-12)


def test_of_networks_that_are_equal_without_an_attack_the_less_robust_one_never_pays() -> None:
    worse, same, better = (scenario((0.9, 0.4), (0.9, robust)) for robust in (0.3, 0.4, 0.5))
    assert [break_even_share(each, "plain", "trained").share for each in (worse, same, better)] == [
        inf,
        inf,
        0.0,
    ]
