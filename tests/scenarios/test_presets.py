"""Every preset can be put on every case, and says where each amount comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advgame.errors import ScenarioError, UnknownName
from advgame.scenarios import (
    apply_preset,
    build_game,
    case,
    cases,
    get_parameter,
    preset,
    presets,
    set_parameter,
)
from advgame.scenarios.parameters import TERM_PARAMETERS
from advgame.scenarios.presets import _preset_at

SOURCES = (
    "MITRE",
    "Biometric Update",
    "SCMP",
    "Kanich",
    "Google Cloud",
    "Square attack",
    "AttackBench",
    "PLOT4ai",
)
NAMES = [each.name for each in presets()]


def test_the_four_trades_are_bundled() -> None:
    assert NAMES == ["cloud-vision-api", "face-verification", "spam", "white-box-compute"]


@pytest.mark.parametrize("name", NAMES)
def test_amounts_that_a_preset_does_not_price_are_nothing_so_that_no_two_currencies_meet(name: str) -> None:
    scenario = case("cifar10-two-defences")
    for about in TERM_PARAMETERS.values():
        scenario = set_parameter(scenario, about.name, 0.125)
    priced = apply_preset(scenario, preset(name))
    for about in TERM_PARAMETERS.values():
        if about.unit.startswith("money"):
            assert get_parameter(priced, about.name) == preset(name).amounts.get(about.name, 0.0)
    assert priced.currency == preset(name).currency == "USD"


def test_a_preset_need_not_name_what_it_does_not_price() -> None:
    spam = preset("spam")
    silent = replace(spam, amounts={key: spam.amounts[key] for key in spam.amounts if key != "attack_setup"})
    scenario = set_parameter(case("cifar10-two-defences"), "attack_setup", 0.5)
    assert get_parameter(apply_preset(scenario, silent), "attack_setup") == 0.0


@pytest.mark.parametrize("name", NAMES)
def test_each_amount_has_a_fact_with_its_year_or_source_or_the_word_assumed(name: str) -> None:
    basis = preset(name).basis
    assert set(basis) == set(preset(name).amounts)
    named = [text for text in basis.values() if any(source in text for source in SOURCES)]
    assert named
    assert all("assumed" in text for text in basis.values() if text not in named)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bundled", [each.name for each in cases()])
def test_a_preset_makes_a_game_of_every_case(name: str, bundled: str) -> None:
    scenario = apply_preset(case(bundled), preset(name))
    assert build_game(scenario).shape == build_game(case(bundled)).shape
    for address, amount in preset(name).amounts.items():
        assert get_parameter(scenario, address) == amount
    assert scenario.basis["attack_cost"] == preset(name).basis["attack_cost"]


def test_amounts_follow_from_the_facts_they_name() -> None:
    face, cloud = preset("face-verification").amounts, preset("cloud-vision-api").amounts
    spam, white_box = preset("spam").amounts, preset("white-box-compute").amounts
    assert face["breach_loss"] == pytest.approx(3.4e6 / 180, rel=0.01)
    assert face["attack_setup"] == 250 / face["volume_per_month"]
    assert cloud["attack_cost"] == pytest.approx(73 * 1.5 / 1000)
    assert spam["attack_reward"] == pytest.approx(28 / 350e6 / 0.16 * 100)
    assert spam["attack_cost"] == pytest.approx(80e-6 / 8)
    assert white_box["attack_cost"] == pytest.approx(1340 / 2000 * 2 / 3600, rel=0.01)
    assert white_box["attack_setup"] == pytest.approx(1150 * 0.0015 / white_box["volume_per_month"])


def test_at_the_retail_price_of_delivery_spam_loses_money() -> None:
    assert preset("spam").amounts["attack_reward"] < 80e-6


def test_an_unknown_preset_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'spam'"):
        preset("spa")


WHOLE = (
    'title = "t"\nstory = "s"\ncurrency = "USD"\n[parameters.attack_cost]\namount = 1\nbasis = "assumed"\n'
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "not valid TOML"),
        (WHOLE.replace('"t"', "3"), "title is 3; expected text"),
        (WHOLE.replace('story = "s"', ""), "story is None"),
        ('title = "t"\nstory = "s"\ncurrency = ""\n', "no parameters"),
        (
            WHOLE.split("[", maxsplit=1)[0] + "[parameters]\nattack_cost = 1\n",
            "expected a table",
        ),
        (WHOLE.replace("= 1", "= nan"), "amount of attack_cost is nan"),
        (WHOLE.replace("= 1", "= true"), "amount of attack_cost is True"),
        (WHOLE.replace("= 1", "= " + "9" * 400), "amount of attack_cost is 999"),
        (WHOLE.replace("amount = 1\n", ""), "amount of attack_cost is None"),
        (WHOLE.replace('"assumed"', "1"), "basis is 1"),
    ],
)
def test_a_preset_that_cannot_be_used_is_refused_by_key(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=said) as mistake:
        _preset_at(path)
    assert "mine.toml" in str(mistake.value)
