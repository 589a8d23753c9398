"""Laws that every member of a family keeps, run over its catalogue: what is listed is tested."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import advgame as ag
from advgame.bundled import bundled
from advgame.catalogue import Catalogue
from advgame.dashboard_pages import PAGES
from advgame.equilibria import CONCEPTS, Concept, Nashpy, Timing
from advgame.errors import InputError, UnknownName
from advgame.measurements.importers import IMPORTERS
from advgame.payoffs import TERMS
from advgame.reports import study_section
from advgame.reports.blocks import Caution, Heading, LineChart, Matrix, Paragraph, Table
from advgame.reports.facts import Facts, gather
from advgame.reports.formats import FORMATS
from advgame.reports.sections import SECTIONS
from advgame.scenarios.parameters import TERM_PARAMETERS
from advgame.studies import STUDIES, StudyResult
from advgame.wording.money import amounts_in_words
from advgame.wording.names import addresses_in_words

CATALOGUES = {
    "concepts": CONCEPTS,
    "terms": TERMS,
    "studies": STUDIES,
    "sections": SECTIONS,
    "formats": FORMATS,
    "importers": IMPORTERS,
    "pages": PAGES,
}


@pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=CATALOGUES)
def test_a_name_that_is_not_listed_is_answered_with_the_nearest(catalogue: Catalogue) -> None:
    name = next(iter(catalogue))
    with pytest.raises(UnknownName, match=f"did you mean '{name}'"):
        catalogue[name + "x"]


@pytest.mark.parametrize(
    "name", [name for name in CONCEPTS if CONCEPTS[name].timing in (Timing.SIMULTANEOUS, Timing.LEADER)]
)
def test_under_every_concept_but_those_of_security_and_noise_the_attacker_responds_best(name: str) -> None:
    game = ag.build_game(ag.case("cifar10-two-defences"))
    profile = ag.solve(game, name).recommended
    pays = profile.defender @ game.attacker_payoffs
    assert pays @ profile.attacker == pytest.approx(pays.max(), abs=1e-9)


@pytest.mark.parametrize("name", CONCEPTS)
def test_every_concept_answers_with_probabilities_and_a_valid_certificate(name: str) -> None:
    random = np.random.default_rng(11)
    concept = CONCEPTS[name]
    if isinstance(concept, Nashpy):  # Lemke–Howson may loop for ever on a game with ties
        concept = replace(concept, time_limit_seconds=0.2)
    for shape in ((1, 1), (1, 3), (2, 2), (3, 2), (3, 4)):
        game = ag.Game(random.integers(-5, 6, shape), random.integers(-5, 6, shape))
        solution = ag.solve(game, concept)
        assert solution.concept == name
        for profile in solution.profiles:
            assert profile.certificate.valid
            assert profile.defender.shape == (shape[0],)
            assert profile.attacker.shape == (shape[1],)
            for mix in (profile.defender, profile.attacker):
                assert mix.min() >= 0
                assert mix.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", CONCEPTS)
def test_every_concept_explains_itself(name: str) -> None:
    concept: Concept = CONCEPTS[name]
    solution = concept.solve(ag.Game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]))
    assert solution.rule
    assert solution.method
    assert type(concept).__doc__
    assert concept.situation[:1].isupper()
    assert not concept.situation.endswith(".")
    assert isinstance(concept.timing, Timing)


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_concept_is_listed_under_its_name_and_found_by_its_aliases(name: str) -> None:
    concept = CONCEPTS[name]
    assert concept.name == name
    for alias in (name, name.replace("_", "-"), *concept.aliases):
        assert CONCEPTS.resolve(alias) is concept
    assert CONCEPTS.resolve(concept) is concept


@pytest.mark.parametrize("name", [name for name in CONCEPTS if CONCEPTS[name].batch_method is not None])
def test_a_concept_with_a_batch_method_gets_its_own_value_from_it(name: str) -> None:
    game = ag.build_game(ag.case("cifar10-two-defences"))
    together = ag.solve_batch(game.defender_payoffs[None], game.attacker_payoffs[None], name)
    values = np.einsum("si,ij,sj->s", together.defender, game.defender_payoffs, together.attacker)
    assert values.min() == pytest.approx(ag.solve(game, name).recommended.defender_payoff, abs=1e-9)


# a case that has what a parameter prices
MEASURED = {"explanation_value": "imagenette-explanations", "attacked_utility": "agentdojo-camel"}


@pytest.mark.parametrize("name", TERM_PARAMETERS)
def test_every_parameter_can_be_read_set_and_swept(name: str) -> None:
    scenario = ag.case(MEASURED.get(name, "cifar10-two-defences"))
    changed = ag.set_parameter(scenario, name, 0.25)
    assert ag.get_parameter(changed, name) == 0.25
    assert len(ag.sweep(scenario, {name: [0.0, 0.25]})) == 2


@pytest.mark.parametrize("case", [case.name for case in ag.cases()])
def test_every_bundled_case_is_solved_with_a_certificate(case: str) -> None:
    solution = ag.solve(ag.build_game(ag.case(case)))
    assert solution.complete
    assert solution.recommended.certificate.valid


APPLIES = {"sweet_spots": "cifar10-pruning"}  # studies that do not apply to a table without pruned networks


@cache
def answered(name: str, case: str) -> StudyResult:
    parts = [0.0]
    result = ag.study(name, ag.case(case), progress=lambda done, total: parts.append(done / total))
    assert parts == sorted(set(parts))  # progress rises
    assert parts[-1] <= 1
    return result


@cache
def reported(case: str) -> tuple[Facts, ag.Report]:
    return gather(ag.case(case), None), ag.report(ag.case(case))


@pytest.mark.parametrize("case", ["cifar10-two-defences", "imagenette-explanations"])
@pytest.mark.parametrize("name", STUDIES)
def test_every_study_is_a_section_in_every_format(
    name: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_section, "study", lambda name, _: answered(name, case))
    facts, report = reported(case)
    title, *blocks = study_section.study_section(name, facts)
    assert title == Heading((STUDIES[name].__doc__ or "").partition("\n")[0])
    if isinstance(blocks[0], Caution):
        with pytest.raises(InputError) as mistake:
            answered(name, case)
        assert blocks == [Caution(f"The study {name} does not apply here. {mistake.value}")]
    else:
        result = answered(name, case)
        kinds = [Paragraph, Table] if result.figure is None else [Paragraph, LineChart | Matrix, Table]
        assert all(isinstance(block, kind) for block, kind in zip(blocks, kinds, strict=True))
        assert isinstance(blocks[0], Paragraph)
        names = {*facts.game.defences, *facts.game.attacks}
        said = addresses_in_words(result.sentence, names)
        assert blocks[0].text == f"{said} {amounts_in_words(result, facts.scenario)}".rstrip()
    whole = replace(report, blocks=(report.blocks[0], title, *blocks))
    for form in FORMATS.values():
        if form.media_type != "application/pdf":  # the HTML page, set slowly
            rendered = form.render(whole)
            assert (
                not form.whole or isinstance(rendered, bytes) or title.text[:20].lower() in rendered.lower()
            )


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_that_states_amounts_states_their_unit(name: str) -> None:
    case = APPLIES.get(name, "cifar10-two-defences")
    result = answered(name, case)
    said = re.search(r"per input|a month|worth|earn|\bcosts?\b|\bloses?\b", result.sentence)
    stated = said or re.search(r"value_|_value|worth|gain|loss|earned", " ".join(result.frame()))
    assert bool(stated) == result.in_money
    unit = amounts_in_words(result, replace(ag.case(case), currency="EUR"))
    assert unit == ("Amounts are in EUR per classified input unless stated otherwise." if stated else "")


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_answers_in_a_sentence_and_a_table(name: str) -> None:
    found = answered(name, APPLIES.get(name, "cifar10-two-defences"))
    assert STUDIES[name].name == name
    assert found.sentence.endswith(".")
    assert len(found.frame()) > 0
    assert found.frame().columns.is_unique
    assert (STUDIES[name].__doc__ or "").partition("\n")[0].endswith("?")


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_is_made_of_blocks(name: str) -> None:
    blocks = SECTIONS[name](gather(ag.case("cifar10-two-defences"), None))
    assert blocks
    assert {type(block).__module__ for block in blocks} == {"advgame.reports.blocks"}


@cache
def two_reports() -> tuple[ag.Report, ag.Report]:
    """On one case, made independently."""
    return ag.report(ag.case("cifar10-two-defences")), ag.report(ag.case("cifar10-two-defences"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_the_same_report_alike(name: str) -> None:
    first, second = (report.render(name) for report in two_reports())
    assert first == second
    assert FORMATS[name].name == name
    assert all(ending.startswith(".") for ending in FORMATS[name].endings)
    assert "/" in FORMATS[name].media_type


@pytest.mark.parametrize("name", IMPORTERS)
def test_every_importer_says_what_it_reads(name: str) -> None:
    assert IMPORTERS[name].name == name
    assert IMPORTERS[name].about


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_a_script_with_a_title(name: str) -> None:
    page = PAGES[name]
    assert (bundled("app") / page.path).is_file()
    assert page.title
    assert page.about.endswith(".")
