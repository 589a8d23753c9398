"""What is registered from outside the package appears by itself: in commands, dashboard, pages and laws."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import advgame as ag
from advgame.bundled import bundled
from advgame.catalogue import Catalogue
from advgame.cli import app
from advgame.cli.catalogues import FAMILIES, page
from advgame.dashboard_pages import PAGES, Page
from advgame.decision import Situation
from advgame.equilibria import CONCEPTS, Concept, Solution, Timing
from advgame.errors import NameTaken, UnknownName
from advgame.games import Game, certified_profile
from advgame.measurements import Measurement, MeasurementTable
from advgame.measurements.importers import IMPORTERS, Importer
from advgame.payoffs import TERMS, Accuracies, Term
from advgame.payoffs.terms.term import NOTHING, parameter
from advgame.reports import FORMATS
from advgame.reports.blocks import Block, Heading, Paragraph
from advgame.reports.document import Document
from advgame.reports.facts import Facts
from advgame.reports.formats import Format
from advgame.reports.sections import SECTIONS
from advgame.studies import STUDIES, Study, StudyResult
from tests import test_families

CASE = "cifar10-two-defences"
MAIN = bundled("app") / "main.py"


@dataclass(frozen=True)
class AuditFee(Term):
    """Charges the defender for an audit of every classified input."""

    name: ClassVar[str] = "audit_fee"
    audit_price: float = parameter(0.0, "price of an audit", "money per classified input")

    def to_defender(self, accuracies: Accuracies) -> Any:  # noqa: ARG002 (the contract of a term)
        return -self.audit_price

    def to_attacker(self, accuracies: Accuracies) -> Any:  # noqa: ARG002 (the contract of a term)
        return NOTHING


@dataclass(frozen=True)
class BlindChance(Concept):
    """Each player draws a strategy by lot; the certificate is that of the game of equal payoffs."""

    name: ClassVar[str] = "blind_chance"
    situation: ClassVar[str] = "Nobody looks at the payoffs"
    timing: ClassVar[Timing] = Timing.NOISY
    aliases: ClassVar[tuple[str, ...]] = ("by_lot",)

    def solve(self, game: Game) -> Solution:
        mixes = [np.full(count, 1 / count) for count in game.shape]
        level = certified_profile(Game(np.zeros(game.shape), np.zeros(game.shape)), *mixes)
        values = [float(mixes[0] @ pay @ mixes[1]) for pay in (game.defender_payoffs, game.attacker_payoffs)]
        profile = replace(level, defender_payoff=values[0], attacker_payoff=values[1])
        return Solution(self.name, game, (profile,), (), False, "equal probabilities", "counting")


@dataclass(frozen=True)
class Counted(StudyResult):
    defences: int

    @property
    def sentence(self) -> str:
        return f"{self.defences} defences are compared."

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame({"defences": [self.defences]})


@dataclass(frozen=True)
class CountStudy(Study[Counted]):
    """How many defences are compared?

    Args:
        more: that many are added.
    """

    name: ClassVar[str] = "count"
    more: int = 0

    def run(self, situation: Situation) -> Counted:
        return Counted(situation.game.shape[0] + self.more)


def greeting(facts: Facts) -> tuple[Block, ...]:
    """A word to the reader."""
    return Heading("To the reader"), Paragraph(f"There are {facts.game.shape[0]} defences.")


@dataclass(frozen=True)
class Squeezed(Format):
    """The verdict in compressed bytes."""

    name: ClassVar[str] = "squeezed"
    endings: ClassVar[tuple[str, ...]] = (".z",)
    media_type: ClassVar[str] = "application/octet-stream"
    whole: ClassVar[bool] = False

    def render(self, report: Document) -> bytes:
        return b"\x00" + report.verdict.encode()


@dataclass(frozen=True)
class OneLine(Importer):
    """Reads a file of one number."""

    name: ClassVar[str] = "one_line"
    about: ClassVar[str] = "a file of one clean accuracy"

    def read(self, path: str | os.PathLike[str]) -> MeasurementTable:
        accuracy = float(Path(path).read_text(encoding="utf-8"))
        row = Measurement(
            "data", "network", "plain", "none", metric="clean", accuracy=accuracy, source="a file"
        )
        return MeasurementTable((row,))


@pytest.fixture
def plugged_in(tmp_path: Path) -> Iterator[Path]:
    """One trivial part of every kind, and the script of the dashboard page."""
    script = tmp_path / "hello.py"
    script.write_text('import streamlit as st\n\nst.title("Hello from outside")\n', encoding="utf-8")
    parts: list[tuple[Catalogue[Any], str, Any]] = [
        (TERMS, "audit_fee", AuditFee),
        (CONCEPTS, "blind_chance", BlindChance()),
        (STUDIES, "count", CountStudy),
        (SECTIONS, "greeting", greeting),
        (FORMATS, "squeezed", Squeezed()),
        (IMPORTERS, "one_line", OneLine),
        (PAGES, "hello", Page(str(script), "Hello", "A greeting from outside.", "👋")),
    ]
    with ExitStack() as stack:
        for catalogue, name, part in parts:
            stack.enter_context(catalogue.registered(name, part))
        yield script
    assert all(name not in catalogue for catalogue, name, _ in parts)


@pytest.mark.usefixtures("plugged_in")
@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("solve", ["blind_chance", "squeezed"]),
        ("sweep", ["blind_chance"]),
        ("study", ["count", "blind_chance"]),
        ("import", ["one_line"]),
    ],
)
def test_the_help_of_commands_names_it(command: str, named: list[str]) -> None:
    told = CliRunner().invoke(app, [command, "--help"], terminal_width=300)
    assert told.exit_code == 0
    assert [name for name in named if name not in told.output] == []


@pytest.mark.usefixtures("plugged_in")
def test_commands_use_it(tmp_path: Path) -> None:
    run = CliRunner().invoke
    solved = run(app, ["solve", CASE, "--full", "--concept", "by-lot", "--set", "audit_price=0.25"])
    words = " ".join(solved.output.split())
    assert "Nobody looks at the payoffs" in words
    assert "equal probabilities" in words
    assert "price of an audit" in solved.output
    assert "TO THE READER" in solved.output
    assert run(app, ["solve", CASE, "-o", str(tmp_path / "decision.z")]).exit_code == 0
    assert (tmp_path / "decision.z").read_bytes().startswith(b"\x00Announce the defence")
    counted = run(app, ["study", "count", CASE, "--with", "more=3"])
    assert counted.output.startswith("5 defences are compared.")
    (tmp_path / "one.txt").write_text("0.9", encoding="utf-8")
    imported = run(app, ["import", "one-line", str(tmp_path / "one.txt")])
    assert "plain" in imported.output


@pytest.mark.usefixtures("plugged_in")
def test_the_price_of_a_new_term_is_read_set_swept_written_and_read_again(tmp_path: Path) -> None:
    scenario = ag.set_parameter(ag.case(CASE), "audit_price", 0.25)
    free, charged = (ag.build_game(each).defender_payoffs for each in (ag.case(CASE), scenario))
    np.testing.assert_allclose(charged, free - 0.25, rtol=0, atol=1e-15)
    written = ag.write_scenario(scenario, tmp_path / "audited.toml")
    assert ag.get_parameter(ag.read_scenario(written), "audit_price") == 0.25
    values = ag.solve_many(scenario, {"audit_price": [0.0, 0.5]}).value[:, 0]
    assert values[0] - values[1] == pytest.approx(0.5, abs=1e-12)


@pytest.mark.usefixtures("plugged_in")
def test_presets_need_not_price_a_new_term() -> None:
    scenario = ag.set_parameter(ag.case(CASE), "audit_price", 0.25)
    for preset in ag.presets():
        assert ag.get_parameter(ag.apply_preset(scenario, preset), "audit_price") == 0.0


@pytest.mark.usefixtures("plugged_in")
def test_the_page_of_catalogues_lists_it() -> None:
    families = [family for family in FAMILIES.values() if not family.module.startswith("advgame.lab")]
    text = page(families)
    for name in ("audit_fee", "blind_chance", "count", "greeting", "squeezed", "one_line", "hello"):
        assert f"- `{name}`" in text
    assert "`audit_price` (0, money per classified input): price of an audit" in text
    assert "`more`: that many are added." in text
    assert "(also `by_lot`): Nobody looks at the payoffs." in text


@pytest.mark.usefixtures("plugged_in")
def test_the_laws_of_its_family_hold_for_it() -> None:
    for law in (
        test_families.test_every_concept_answers_with_probabilities_and_a_valid_certificate,
        test_families.test_every_concept_explains_itself,
        test_families.test_a_concept_is_listed_under_its_name_and_found_by_its_aliases,
    ):
        law("blind_chance")
    test_families.test_every_parameter_can_be_read_set_and_swept("audit_price")
    test_families.test_every_study_answers_in_a_sentence_and_a_table("count")
    test_families.test_every_section_is_made_of_blocks("greeting")
    test_families.test_every_format_renders_the_same_report_alike("squeezed")
    test_families.test_every_importer_says_what_it_reads("one_line")
    test_families.test_every_page_is_a_script_with_a_title("hello")


def test_the_dashboard_offers_it(plugged_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.syspath_prepend(str(MAIN.parent))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(sys, "argv", [str(MAIN)])
    shown = AppTest.from_file(str(MAIN), default_timeout=600).run()
    assert not shown.exception
    assert "slider audit_price" in {slider.key for slider in shown.slider}
    assert "download squeezed" in {
        button.proto.id.rsplit("-", 1)[-1] for button in shown.get("download_button")
    }
    shown.selectbox(key="choose concept").set_value("blind_chance").run()
    assert not shown.exception
    assert any("Nobody looks at the payoffs" in each.value for each in shown.caption)
    assert "50" in shown.main.header[0].value  # a mixed strategy of equal probabilities
    shown.switch_page(str(MAIN.parent / "views" / "evidence.py")).run()
    assert "a file of one clean accuracy" in shown.selectbox(key="upload format").options
    shown.switch_page(str(MAIN.parent / "views" / "report.py")).run()
    shown.segmented_control(key="report").set_value("chosen sections").run()
    assert "Greeting" in shown.multiselect(key="sections").options
    assert any(option.startswith("Count: ") for option in shown.multiselect(key="studies").options)
    assert not shown.exception
    assert shown.switch_page(str(plugged_in)).run().title[0].value == "Hello from outside"


def test_an_attack_from_outside_is_listed_with_the_others() -> None:
    pytest.importorskip("torch", reason="the laboratory is the extra lab")
    from advgame.lab.analysis.reference import page as experiments
    from advgame.lab.attacks import ATTACKS
    from advgame.lab.attacks.kinds import FixedEpsilonAttack

    @dataclass(frozen=True)
    class Nothing(FixedEpsilonAttack):
        """Changes nothing."""

        name: ClassVar[str] = "nothing"
        norm: ClassVar[str | None] = "Linf"

        def within(self, victim: Any, inputs: Any, labels: Any, radius: float) -> Any:  # noqa: ARG002
            return inputs

    with ATTACKS.registered("nothing", Nothing):
        assert "### `nothing`\n\nChanges nothing." in experiments()
        assert "- `nothing`: Changes nothing." in CliRunner().invoke(app, ["catalogues", "attacks"]).output
    assert "nothing" not in ATTACKS


def test_a_name_or_an_alias_that_is_taken_is_refused() -> None:
    with pytest.raises(NameTaken, match="'nash' is called 'nash' already"):
        CONCEPTS.register("nash", BlindChance())
    with CONCEPTS.registered("blind_chance", BlindChance()):
        with pytest.raises(NameTaken, match="'blind_chance' is called 'by_lot' already"):
            CONCEPTS.register("another", BlindChance())
        assert "another" not in CONCEPTS
    with pytest.raises(UnknownName, match="blind-chance"):
        CONCEPTS.unregister("blind-chance")


def test_the_reference_page_is_the_one_the_catalogues_make() -> None:
    pytest.importorskip("torch", reason="the laboratory is the extra lab")
    path = Path(__file__).parents[1] / "docs" / "reference" / "catalogues.md"
    made = page()
    assert path.read_text(encoding="utf-8") == made, "run: advgame catalogues -o docs/reference/catalogues.md"
