"""Every value of a report for programs, under a schema with a version."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

from advgame.reports.blocks import Block
from advgame.reports.formats.format import Format

if TYPE_CHECKING:
    from advgame.decision import Alone, Recommendation
    from advgame.games import Profile
    from advgame.reports.document import Document

SCHEMA = "advgame-report/1"


@dataclass(frozen=True)
class Json(Format):
    """All numbers with every digit; shares and probabilities as fractions, money per classified input.

    A break-even share that is infinite (it never pays) is null.
    """

    name: ClassVar[str] = "json"
    endings: ClassVar[tuple[str, ...]] = (".json",)
    media_type: ClassVar[str] = "application/json"

    def render(self, report: Document) -> str:
        """The report as one JSON object."""
        content = _plain(_content(report))
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        return text.replace("<", "\\u003c") + "\n"  # so that it can stand inside a page


def _content(report: Document) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "title": report.title,
        "question": report.question,
        "verdict": report.verdict,
        "decision": _decision(report.recommendation),
        "equilibria": _equilibria(report.recommendation),
        "thresholds": [asdict(each) for each in report.thresholds],
        "break_even": [{**asdict(each), "shaky": each.shaky} for each in report.break_even],
        "game": _game(report.recommendation),
        "blocks": [_block(block) for block in report.blocks],
        "inputs_sha256": report.inputs_sha256,
        "versions": dict(report.versions),
    }


def _decision(found: Recommendation) -> dict[str, Any]:
    scenario = found.scenario
    return {
        "concept": found.solution.concept,
        "rule": found.solution.rule,
        "announced": scenario.announced,
        "success": scenario.success,
        "largest_share": scenario.largest_share,
        "currency": scenario.currency,
        "volume_per_month": scenario.volume_per_month,
        "deploy": [{"defence": name, "probability": share} for name, share in found.deploy],
        "attacked_by": [{"attack": name, "probability": share} for name, share in found.attacked_by],
        "defends": found.defends,
        "defender_payoff": found.value,
        "attacker_payoff": found.attacker_value,
        "expected_adversarial_share": found.expected_share,
        "doing_nothing": _alone(found.doing_nothing),
        "next_best": None if found.next_best is None else _alone(found.next_best),
        "alone": [_alone(each) for each in found.alone],
    }


def _alone(each: Alone) -> dict[str, Any]:
    return {"defence": each.defence, "adversary_answers": each.answer, "defender_payoff": each.value}


def _equilibria(found: Recommendation) -> dict[str, Any]:
    solution = found.solution
    return {
        "complete": solution.complete,
        "method": solution.method,
        "remark": solution.remark,
        "recommended": next(n for n, each in enumerate(solution.profiles) if each is found.profile),
        "profiles": [_profile(each) for each in solution.profiles],
    }


def _profile(each: Profile) -> dict[str, Any]:
    certificate = each.certificate
    return {
        "defender": each.defender.tolist(),
        "attacker": each.attacker.tolist(),
        "defender_payoff": each.defender_payoff,
        "attacker_payoff": each.attacker_payoff,
        "defender_regret": certificate.defender_regret,
        "attacker_regret": certificate.attacker_regret,
        "exact": certificate.exact,
    }


def _game(found: Recommendation) -> dict[str, Any]:
    game = found.game
    return {
        "defences": game.defences,
        "attacks": game.attacks,
        "defender_payoffs": game.defender_payoffs.tolist(),
        "attacker_payoffs": game.attacker_payoffs.tolist(),
    }


def _block(block: Block) -> dict[str, Any]:
    return {"kind": type(block).__name__, **asdict(block)}


def _plain(value: Any) -> Any:
    """The same without numbers JSON has no word for."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value
