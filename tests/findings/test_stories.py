"""Stories of measured tables are read from files, and what is wrong in one is said."""

from pathlib import Path

import pytest

from advgame.errors import ScenarioError
from advgame.findings.stories import STORIES, read_story
from advgame.scenarios import case

PLAIN = 'name = "N"\nquestion = "Which?"\nundefended = "plain"\n'


def test_each_bundled_story_has_the_bundled_case_of_its_table() -> None:
    for experiment, story in STORIES.items():
        scenario = case(f"{experiment}-measured")
        assert (scenario.name, scenario.question) == (story.name, story.question)
        assert (scenario.undefended, scenario.largest_share) == (story.undefended, story.largest_share)


def test_a_story_without_amounts_has_the_default_ones(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PLAIN, encoding="utf-8")
    story = read_story(path)
    assert (story.name, story.largest_share, story.nature_plays, story.amounts) == ("N", 0.3, False, {})


def test_a_story_has_what_it_lacks_from_the_one_it_is_based_on(tmp_path: Path) -> None:
    labels = '[labels]\nplain = "no defence"\n'
    (tmp_path / "first.toml").write_text(PLAIN + "largest_share = 0.2\n" + labels, encoding="utf-8")
    second = tmp_path / "second.toml"
    second.write_text('based_on = "first"\nquestion = "Which one?"\n', encoding="utf-8")
    story = read_story(second)
    assert (story.name, story.question, story.largest_share) == ("N", "Which one?", 0.2)
    assert story.labels == {"plain": "no defence"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "N"\n', "lacks question, undefended"),
        (PLAIN + "largest = 0.2\n", "the key 'largest' is unknown; known are name"),
        (PLAIN + 'largest_share = "much"\n', "largest_share is 'much'; expected a number"),
        (PLAIN + "nature_plays = 1\n", "nature_plays is 1; expected true or false"),
        (PLAIN + "[amounts]\nbreach_loss = 5\n", "write [amounts.NAME]"),
        (PLAIN + "[amounts.breach_loss]\namount = 5\n", "breach_loss is None; expected text"),
        (PLAIN + "volume_per_month = -1\n", "volume_per_month is -1.0; expected a positive number"),
        ("name = \n", "is not valid TOML"),
        ('based_on = "other"\n', "is based on other.toml, which is not in"),
        ("based_on = 1\n", "based_on is 1; expected text"),
    ],
)
def test_a_bad_story_is_refused_with_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        read_story(path)
    assert message in str(refused.value)
