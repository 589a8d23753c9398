"""How far the decision depends on the errors of the judge of success."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import advgame as ag
from advgame.bundled import bundled
from advgame.decision.policies import policies
from advgame.decision.situation import situate
from advgame.errors import InputError, MeasurementError
from advgame.measurements import Measurement, MeasurementTable, write_table
from advgame.measurements.judge_verdicts import read_verdicts
from advgame.payoffs import Judge
from advgame.scenarios import Scenario, build_game
from advgame.scenarios.judges import judge_evidence_of
from advgame.scenarios.verdicts_beside import verdicts_beside
from advgame.studies.decisions_under_judges import UnderJudge
from advgame.studies.judge_error import JudgeError
from advgame.studies.judged_games import JudgedGames

VERDICTS = bundled("data") / "published" / "prompt-defences.verdicts.parquet"
MODEL = "gpt-4.1-mini-2025-04-14"


def studied(scenario: Scenario | str, **settings: object) -> JudgeError:
    scenario = ag.case(scenario) if isinstance(scenario, str) else scenario
    result = ag.study("judge_error", scenario, **{"draws": 200, "points": 3, **settings})
    assert isinstance(result, JudgeError)
    return result


def row(result: JudgeError, verdicts: str) -> UnderJudge:
    return next(each for each in result.rows if each.verdicts == verdicts)


def judged_success(judge: str) -> pd.Series:
    """The success rate of each defence by one judge, read without the library."""
    frame = pd.read_parquet(VERDICTS)
    frame = frame[frame.network == MODEL]
    return (frame[judge] == "success").groupby(frame.defence.astype(str)).mean()


def test_error_rates_are_counted_from_the_verdicts_on_the_same_cases() -> None:
    frame = pd.read_parquet(VERDICTS)
    frame = frame[frame.network == MODEL]
    table = pd.crosstab(frame["rule"].astype(str), frame["language model"].astype(str))
    counts = judge_evidence_of(ag.case("prompt-defences")).counts
    assert counts is not None
    assert (counts.hits, counts.successes) == (table.loc["success", "success"], table["success"].sum())
    assert (counts.rejections, counts.failures) == (
        table.loc["failure", "failure"],
        table["failure"].sum(),
    )


def test_the_rule_decided_on_the_table_and_its_rates_differ_between_defences() -> None:
    evidence = judge_evidence_of(ag.case("prompt-defences"))
    assert (evidence.judge, evidence.other) == ("rule", "language model")
    rates = {each.defence: each.counts.specificity for each in evidence.by_defence}
    assert rates["sandwich"] == pytest.approx(32 / 114)
    assert rates["instruction"] == pytest.approx(81 / 117)
    assert "from 28.1 % (sandwich) to 69.2 % (instruction)" in evidence.uneven


def test_by_the_second_judge_the_decision_is_that_of_a_table_with_its_verdicts() -> None:
    scenario = ag.case("prompt-defences")
    rates = judged_success("language model")
    table = scenario.measurements.keep(lambda each: each.network == MODEL)
    rows = [
        each if each.attack == "none" else replace(each, accuracy=1 - rates[each.defence], correct=None)
        for each in table
    ]
    other = policies(situate(replace(scenario, measurements=type(table)(tuple(rows))))).verdict
    last = studied("prompt-defences").rows[-1]
    assert last.verdicts == "the verdicts of 'language model'"
    assert last.value == pytest.approx(other.worth)
    assert last.deploy == other.deploy
    # by hand, what the rule's decision is worth there: 31 of 40 requests done, a tenth attacked
    assert last.kept == pytest.approx(0.9 * 31 / 40 - 0.1 * 5 * rates["instruction"] - 0.01073)


def test_the_corrected_decision_is_that_of_a_scenario_that_states_the_judge() -> None:
    scenario = ag.case("jailbreaks")
    result = studied(scenario, sensitivity=(0.7, 0.9), specificity=(0.9, 1.0))
    for verdicts, judge in (
        ("corrected at the estimate", Judge(0.8, 0.95)),
        ("least sensitivity and specificity", Judge(0.7, 0.9)),
        ("least sensitivity", Judge(0.7, 1.0)),
        ("least specificity", Judge(0.9, 0.9)),
    ):
        other = policies(situate(replace(scenario, judge={"*": judge}))).verdict
        found = row(result, verdicts)
        assert (found.sensitivity, found.specificity) == (judge.sensitivity, judge.specificity)
        assert found.value == pytest.approx(other.worth)
        assert found.loss >= 0
    # by hand: of jailbreaks judged at rate s, (s + Sp − 1) / (Se + Sp − 1) are true
    (gpt,) = (place for place, name in enumerate(scenario.accuracies.defences) if name.startswith("gpt-3.5"))
    accuracies = replace(scenario, judge={"*": Judge(0.7, 1.0)}).accuracies
    judged = 1 - scenario.accuracies.attacked_accuracy[gpt, 1:]
    assert accuracies.attacked_error[gpt, 1:] == pytest.approx(np.minimum(1, judged / 0.7))


def test_the_games_of_the_draws_are_those_of_scenarios_with_a_judge() -> None:
    scenario = ag.case("agentdojo-camel")
    judged = JudgedGames(situate(scenario), "*", "commitment")
    rates = np.array([[0.9, 0.97], [0.8, 1.0], [1.0, 0.99]])
    to_defender, to_attacker = judged.pays(judged.accuracy(rates))
    for place, (sensitivity, specificity) in enumerate(rates.tolist()):
        game = build_game(replace(scenario, judge={"*": Judge(sensitivity, specificity)}))
        assert to_defender[place] == pytest.approx(game.defender_payoffs)
        assert to_attacker[place] == pytest.approx(game.attacker_payoffs)


def test_only_the_attacks_of_a_judge_are_corrected_and_the_judges_of_others_stay() -> None:
    scenario = ag.case("jailbreaks")
    first, second = scenario.accuracies.attacks[1:3]
    both = replace(scenario, judge={first: Judge(0.9, 0.9, 50, 40), second: Judge(0.8, 0.95)})
    judged = JudgedGames(situate(both), first, "nash")
    to_defender, _ = judged.pays(judged.accuracy(np.array([[0.7, 0.99]])))
    game = build_game(replace(scenario, judge={first: Judge(0.7, 0.99), second: Judge(0.8, 0.95)}))
    assert to_defender[0] == pytest.approx(game.defender_payoffs)
    result = studied(both)
    assert result.evidence.attack == first
    assert "The judge of" in result.sentence


def test_the_map_shows_what_is_deployed_under_each_judge() -> None:
    scenario = ag.case("prompt-defences")
    tiles = studied(scenario, sensitivity=(0.4, 0.9), specificity=(0.8, 1.0)).map
    meanings = dict(tiles.meanings)
    assert set(meanings.values()) == {"instruction", "XML tags"}
    assert (tiles.rows, tiles.columns) == (("1", "0.7", "0.4"), ("0.8", "0.9", "1"))
    for letters, sensitivity in zip(tiles.letters, (1, 0.7, 0.4), strict=True):
        for letter, specificity in zip(letters, (0.8, 0.9, 1), strict=True):
            game = build_game(replace(scenario, judge={"*": Judge(sensitivity, specificity)}))
            mixed = ag.solve(game).recommended.defender
            played = [name for name, share in zip(game.defences, mixed, strict=True) if share > 1e-9]
            assert meanings[letter] == " + ".join(played)


def test_without_a_judge_a_range_is_assumed_and_said_to_be() -> None:
    result = studied("agentdojo-camel")
    assert "states no judge" in result.sentence
    assert "at least 90 % of successes" in result.sentence
    assert row(result, "corrected at the estimate").outside == 16
    assert "16 of 20 corrected rates outside 0 to 100 %" in result.sentence


def test_counts_of_a_stated_judge_narrow_its_interval() -> None:
    scenario = ag.case("jailbreaks")
    few, many = (judge_evidence_of(replace(scenario, judge={"*": Judge(0.9, 0.9, n, n)})) for n in (20, 2000))
    assert few.sensitivity[0] < many.sensitivity[0] < 0.9 < many.sensitivity[1] < few.sensitivity[1]
    drawn = many.draw(np.random.default_rng(1), 20_000)
    inside = (drawn >= [many.sensitivity[0], many.specificity[0]]) & (
        drawn <= [many.sensitivity[1], many.specificity[1]]
    )
    assert inside.mean() == pytest.approx(0.95, abs=0.01)
    assert "100 are assumed" in judge_evidence_of(replace(scenario, judge={"*": Judge(0.9, 0.9)})).words


def test_a_judge_that_may_be_no_better_than_chance_is_counted_apart() -> None:
    result = studied("jailbreaks", sensitivity=(0.3, 0.6), specificity=(0.3, 0.6))
    assert result.useless > 0
    assert result.draws + result.useless == 200
    assert "does no better than chance" in result.sentence
    none = studied("jailbreaks", sensitivity=(0.3, 0.4), specificity=(0.3, 0.4))
    assert none.draws == 0
    assert "Over all of this range" in none.sentence


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"sensitivity": (0.9, 0.8)}, "smaller one first"),
        ({"specificity": (0.9, 1.2)}, "at most 1"),
        ({"draws": 10}, "whole number from 100"),
        ({"assumed": 0.4}, "no better than chance"),
        ({"level": 1.0}, "between 0 and 1"),
    ],
)
def test_invalid_settings_are_refused(settings: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        studied("jailbreaks", **settings)


def test_without_attacks_no_judge_matters() -> None:
    with pytest.raises(InputError, match="no judge's error changes anything"):
        studied("imagenette-explanations")


HEAD = "network,defence,attack,case,rule,model\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + "n,d,a,1,success,maybe\n", "line 2, column model: the verdict 'maybe' is unknown"),
        ("network,defence,attack,rule\nn,d,a,success\n", "verdicts of 'rule'; judges are compared"),
        ("network,defence,rule,model\nn,d,success,success\n", "column 'attack' is missing"),
        (HEAD + "n,d,a,1,success,success\nn,d,a,1,failure,success\n", "the case '1' .* is there twice"),
        (HEAD + "n,d,a,1,,error\n", "no case with a verdict of every judge"),
        ("network,defence,attack,cases,rule,model\nn,d,a,0,success,failure\n", "no count of at least 1"),
    ],
)
def test_verdicts_that_cannot_be_read_are_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.verdicts.csv"
    path.write_text(text)
    with pytest.raises(MeasurementError, match=says):
        read_verdicts(path)


def test_a_case_without_a_verdict_counts_as_neither(tmp_path: Path) -> None:
    path = tmp_path / "mine.verdicts.csv"
    path.write_text(HEAD + "n,d,a,1,success,success\nn,d,a,2,error,success\nn,d,a,3,Failure,\n")
    found = read_verdicts(path)
    assert found.left_out == 2
    assert dict(found.together) == {(True, True): 1}


def own_table(folder: Path, verdicts: str) -> Scenario:
    """The scenario of a table of one's own, with counted verdicts beside it."""
    rows = [
        ag.Measurement(
            "d", "n", defence, attack, metric=metric, accuracy=right / 100, correct=right, tested=100
        )
        for defence, clean, under in (("open", 95, 60), ("guarded", 90, 90))
        for attack, metric, right in (("none", "clean", clean), ("inject", "robust", under))
    ]
    write_table(ag.MeasurementTable(tuple(rows)), folder / "mine.csv")
    (folder / "mine.verdicts.csv").write_text("network,defence,attack,cases,rule,people\n" + verdicts)
    (folder / "mine.toml").write_text('name = "mine"\ndata = "mine.csv"\nlargest_share = 0.2\n')
    return ag.read_scenario(folder / "mine.toml")


def test_verdicts_beside_a_table_of_ones_own_are_found(tmp_path: Path) -> None:
    counted = (
        "n,open,inject,30,success,success\nn,open,inject,10,success,failure\nn,open,inject,60,failure,failure\n"
        "n,guarded,inject,10,success,success\nn,guarded,inject,2,failure,success\n"
        "n,guarded,inject,88,failure,failure\n"
    )
    result = studied(own_table(tmp_path, counted))
    assert result.evidence.estimate == pytest.approx((40 / 42, 148 / 158))
    assert result.evidence.other_rates == {
        ("open", "inject"): pytest.approx(0.3),
        ("guarded", "inject"): pytest.approx(0.12),
    }


def test_runs_of_a_cell_are_averaged_and_two_radii_of_an_attack_are_refused(tmp_path: Path) -> None:
    counted = (
        "n,open,inject,40,success,failure\nn,open,inject,60,failure,failure\n"
        "n,guarded,inject,10,success,success\nn,guarded,inject,90,failure,success\n"
    )
    scenario = own_table(tmp_path, counted)
    assert verdicts_beside(scenario).judge == "rule"
    rows = scenario.measurements.rows

    def with_rows(change: Callable[[Measurement], tuple[Measurement, ...]]) -> Scenario:
        return replace(scenario, measurements=MeasurementTable(tuple(e for row in rows for e in change(row))))

    def run(row: Measurement, seed: int, right: int) -> Measurement:
        return replace(row, seed=seed, accuracy=right / 100, correct=right)

    two_runs = with_rows(lambda row: (run(row, 0, row.correct - 5), run(row, 1, row.correct + 5)))
    assert verdicts_beside(two_runs).judge == "rule"
    two_radii = with_rows(
        lambda row: (
            (row,)
            if row.attack == "none"
            else (replace(row, norm="L2", radius=1.0), replace(row, norm="L2", radius=2.0))
        )
    )
    with pytest.raises(InputError, match=r"the scenario has both .*; select one of them"):
        verdicts_beside(two_radii)


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        ("n,open,inject,100,success,failure\n", "no verdicts on n · guarded · inject"),
        (
            "n,open,inject,100,success,failure\nn,guarded,inject,100,success,failure\n",
            r"No judge of mine.verdicts.csv \(rule, people\) gives the success rates",
        ),
        (
            "n,open,inject,40,success,failure\nn,open,inject,60,failure,failure\n"
            "n,guarded,inject,10,success,failure\nn,guarded,inject,90,failure,failure\n",
            "By 'people', 0 of 200 attacks succeeded",
        ),
    ],
)
def test_verdicts_that_do_not_fit_the_table_are_refused(verdicts: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        studied(own_table(tmp_path, verdicts))


def test_a_report_says_that_a_second_judge_decided_on_the_same_cases() -> None:
    text = str(ag.report(ag.case("prompt-defences")).render("markdown"))
    assert "Against the judge 'language model' on the same 658 cases" in text
    assert "shows how far the decision depends on that." in text
    assert "second judge" not in str(ag.report(ag.case("jailbreaks")).render("markdown"))
