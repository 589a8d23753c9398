"""Functions that take a scenario refuse the name of one in a sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import advgame as ag

GRID = {"largest_share": [0.0, 0.1]}
TAKERS: dict[str, Callable[[Any], object]] = {
    "build_game": ag.build_game,
    "decide": ag.decide,
    "policies": ag.policies,
    "report": ag.report,
    "thresholds": ag.thresholds,
    "study": lambda given: ag.study("confidence", given),
    "sweep": lambda given: ag.sweep(given, GRID),
    "sweep of several": lambda given: ag.sweep([ag.case("jailbreaks"), given], GRID),
    "get_parameter": lambda given: ag.get_parameter(given, "largest_share"),
    "set_parameter": lambda given: ag.set_parameter(given, "largest_share", 0.1),
    "apply_preset": lambda given: ag.apply_preset(given, ag.preset("spam")),
}


@pytest.mark.parametrize("given", ["jailbreaks", Path("jailbreaks.toml"), 5], ids=["name", "path", "number"])
@pytest.mark.parametrize("taker", TAKERS)
def test_what_is_no_scenario_is_refused_with_the_way_to_read_one(taker: str, given: object) -> None:
    with pytest.raises(ag.InputError, match=r"A scenario is expected, not .*advgame\.case\(NAME\)"):
        TAKERS[taker](given)


def test_writing_what_is_no_scenario_leaves_no_file(tmp_path: Path) -> None:
    wrong: Any = "jailbreaks"
    with pytest.raises(ag.InputError, match="A scenario is expected"):
        ag.write_scenario(wrong, tmp_path / "mine.toml")
    assert not list(tmp_path.iterdir())


def test_a_preset_and_a_case_are_named_in_messages_whatever_is_given() -> None:
    wrong: Any = "spam"
    with pytest.raises(ag.InputError, match=r"A preset is expected, not 'spam'; advgame\.preset\(NAME\)"):
        ag.apply_preset(ag.case("jailbreaks"), wrong)
    listed: Any = ag.cases()[0]
    with pytest.raises(ag.InputError, match=r"No bundled case is called Case\(name="):
        ag.case(listed)
