"""How sure the answer is, given on how many inputs the accuracies were measured."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

import advgame as ag
from advgame.decision import situate
from advgame.errors import InputError, MeasurementError
from advgame.measurements import MeasurementTable
from advgame.scenarios.evidence import evidence_of
from advgame.scenarios.family.payoffs_at_draws import PayoffCoefficients, PayoffsOfDraws
from advgame.studies import SamplingError, confidence_in_words
from advgame.studies.candidates import candidates, values_in_draws, values_of
from advgame.studies.sampling_error import SamplingErrorStudy, _Pair, verdict_of
from advgame.studies.solved_draws import solved_draws, undominated_strategies
from tests.studies.structures import CASES

CASE = "cifar10-two-defences"


def studied(case: str = CASE, **settings: object) -> SamplingError:
    result = ag.study("sampling_error", ag.case(case), **{"draws": 2000, "shares": 5, **settings})
    assert isinstance(result, SamplingError)
    return result


@pytest.mark.parametrize("case", CASES)
def test_it_answers_every_bundled_case(case: str) -> None:
    result = studied(case, draws=800, shares=3)
    assert result.complete == (1 if ag.case(case).knowledge == "nothing" else 0)
    assert sum(each.probability_best for each in result.options) == pytest.approx(1)
    assert result.value.low <= result.value.mean <= result.value.high
    assert sum(spread.mean for _, spread, _ in result.deployed) == pytest.approx(1)
    assert result.verdict in confidence_in_words(result).lower()
    np.testing.assert_allclose(np.nansum(result.curve.probability, axis=1), 1, atol=1e-12)
    assert len(result.quantities()) >= 2


def test_the_interval_of_the_break_even_share_is_that_of_the_delta_method() -> None:
    """p* = Δa / (Δa + Δr) of four independent rates of 10,000 inputs."""
    clean, robust = (0.9478, 0.8534), (0.0, 0.5342)
    lost, won = clean[0] - clean[1], robust[1] - robust[0]
    share = lost / (lost + won)
    variance = [rate * (1 - rate) / 10_000 for rate in (*clean, *robust)]
    slopes = np.array([won, -won, lost, -lost]) / (lost + won) ** 2
    margin = 1.959964 * sqrt(slopes**2 @ variance)
    threshold = studied(draws=20_000).threshold
    assert threshold is not None
    assert (threshold.plain, threshold.defended) == ("Standard", "Rice2020Overfitting")
    assert round(threshold.share.low, 2) == round(share - margin, 2)
    assert round(threshold.share.high, 2) == round(share + margin, 2)
    assert threshold.share.high - threshold.share.low == pytest.approx(2 * margin, rel=0.02)


@pytest.mark.parametrize("case", ["mnist-pruning", "cifar10-many-attacks", "cifar10-robustbench"])
@pytest.mark.parametrize("concept", ["nash", "commitment"])
def test_each_draw_is_the_whole_game_of_its_accuracies_solved_alone(case: str, concept: str) -> None:
    scenario = ag.case(case)
    draws, pays = evidence_of(scenario).draw(np.random.default_rng(1), 5), PayoffsOfDraws.at(scenario)
    (a, b), coefficients = pays(draws), pays.coefficients
    assert coefficients is not None
    columns = np.arange(a.shape[2])
    rows, columns = undominated_strategies(coefficients, draws, columns, rows_too=concept == "nash")
    assert len(columns) < a.shape[2] or case == "cifar10-robustbench"
    assert (len(rows) < a.shape[1]) == (concept == "nash")
    value, defender, complete = solved_draws(pays, draws, concept)
    for draw in range(5):
        profile = ag.solve(ag.Game(a[draw], b[draw]), concept).recommended
        assert value[draw] == pytest.approx(profile.defender_payoff, abs=1e-12)
        np.testing.assert_allclose(defender[draw], profile.defender, atol=1e-7)
    assert complete == (5 if concept == "nash" else 0)  # other commitments may be worth the same


def test_a_committed_defender_keeps_a_dominated_defence_that_makes_the_attacker_choose_another_attack() -> (
    None
):
    """The second defence pays one less in every column, and committing to it draws the harmless attack."""
    payoffs = np.array([[[2.0, 4.0], [1.0, 3.0]], [[1.0, 0.0], [0.0, 1.0]]])
    none = np.zeros((2, 2, 2))
    pays = PayoffsOfDraws(ag.case(CASE), np.array([0.0, 0.3]), PayoffCoefficients(payoffs, none, none))
    draws = np.full((3, 2, 2), 0.5)
    assert solved_draws(pays, draws, "nash")[0].tolist() == [2.0] * 3
    value, defender, _ = solved_draws(pays, draws, "commitment")
    np.testing.assert_allclose(value, 3.5)  # half and half, where the attacker is indifferent
    np.testing.assert_allclose(defender, 0.5)


@pytest.mark.parametrize("case", [CASE, "mnist-pruning", "pneumonia-measured"])
def test_options_are_valued_against_the_best_response_to_what_is_deployed(case: str) -> None:
    here = situate(ag.case(case))
    options, pays = candidates(here), PayoffsOfDraws.at(here.scenario)
    draws = evidence_of(here.scenario).draw(np.random.default_rng(2), 50)
    a, b = pays(draws)
    values = values_in_draws(options, pays, draws)
    np.testing.assert_allclose(values, values_of(options, a, b), rtol=0, atol=1e-12)
    for place, option in enumerate(options):
        replies = np.einsum("i,dij->dj", option.mixed_strategy, b).argmax(axis=1)
        paid = np.einsum("i,dij->dj", option.mixed_strategy, a)[np.arange(50), replies]
        np.testing.assert_allclose(values[:, place], paid, rtol=0, atol=1e-12)


def test_the_frontier_is_the_option_best_on_average_and_need_not_be_the_best_most_often() -> None:
    result = studied("cifar10-pruned-and-defended")
    often = max(result.options, key=lambda each: each.probability_best)
    assert result.best.value.mean > often.value.mean
    assert result.best.probability_best < often.probability_best
    curve = result.curve
    here = int(np.flatnonzero(curve.shares == result.largest_share)[0])
    assert curve.frontier[here] == result.best.option
    assert curve.frontier_probability[here] == pytest.approx(result.best.probability_best)
    for row, best in enumerate(curve.frontier):
        assert np.nanmax(curve.mean[row]) == curve.mean[row, curve.options.index(best)]


def test_fewer_inputs_make_the_answer_less_sure() -> None:
    scenario = ag.case("cifar10-robustbench")
    rows = tuple(
        replace(row, correct=round(row.accuracy * 100), tested=100, accuracy=round(row.accuracy * 100) / 100)
        for row in scenario.measurements.rows
    )
    few = ag.study(
        "sampling_error", replace(scenario, measurements=MeasurementTable(rows)), draws=800, shares=2
    )
    many = studied("cifar10-robustbench", draws=800, shares=2)
    assert isinstance(few, SamplingError)
    assert few.value.high - few.value.low > 3 * (many.value.high - many.value.low)
    assert few.flattery > 3 * many.flattery


def test_the_same_seed_gives_the_same_answer_and_more_draws_nearly_the_same() -> None:
    first, second = (studied().frame() for _ in range(2))
    assert first.equals(second)
    assert studied(draws=30_000).best.value.mean == pytest.approx(studied().best.value.mean, abs=2e-4)


def test_an_attacker_who_sees_the_network_leaves_no_mixtures_to_compare() -> None:
    scenario = replace(ag.case(CASE), attacker_knows="network")
    result = ag.study("sampling_error", scenario, draws=800, shares=3)
    assert isinstance(result, SamplingError)
    assert {each.option for each in result.options} == {"Standard", "Rice2020Overfitting"}
    assert set(result.curve.options) == {"Standard", "Rice2020Overfitting"}
    assert "a mixture would hide nothing" in result.compared


def test_doing_better_than_everything_else_is_settled() -> None:
    result = studied("imagenette-explanations")
    assert result.verdict == "settled"
    assert result.threshold is None  # there is no attack
    assert result.sentence.startswith("Settled: magnitude-local x2")
    assert "no other option is ever better" in result.sentence


def test_verdicts_follow_the_stated_rule() -> None:
    assert [verdict_of(share) for share in (0.95, 0.9499, 2 / 3, 0.66)] == [
        "settled",
        "leaning",
        "leaning",
        "open",
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"draws": 100}, "at least 800 draws"),
        ({"level": 95}, "level is 95"),
        ({"shares": 1}, "2 to 1000 points"),
        ({"highest_share": 1.5}, "highest_share is 1.5"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        studied(**settings)


def test_a_rate_alone_is_refused_on_request_and_a_slow_concept_always() -> None:
    with pytest.raises(MeasurementError, match="assumed_tested"):
        studied("mnist-pruning", assumed_tested=0)
    with pytest.raises(InputError, match="one game at a time"):
        SamplingErrorStudy().run(situate(ag.case(CASE), "maximin"))


def test_of_networks_that_are_equal_without_an_attack_only_the_more_robust_one_pays_from_a_share_on() -> None:
    pays = PayoffsOfDraws.at(replace(ag.case(CASE), largest_share=1.0))
    pair = _Pair(0, 1, 1, pays, ("first", "second", "attack"))
    drawn = [[[0.9, 0.6], [0.9, robust]] for robust in (0.4, 0.6, 0.8)]
    assert pair.crossings(np.array(drawn)).tolist() == [np.inf, np.inf, 0.0]
