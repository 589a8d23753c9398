"""The report as JSON: every value, under a versioned schema."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from advgame.reports.blocks import Block
from advgame.reports.formats.format import Format
from advgame.studies.confidence import MONTHS

if TYPE_CHECKING:
    from advgame.decision import Alone, Decision, Policy, Recommendation
    from advgame.games import Profile
    from advgame.reports.document import Document
    from advgame.studies.confidence import Confidence

SCHEMA = "advgame-report/1"


@dataclass(frozen=True)
class Json(Format):
    """All numbers in full precision; shares and probabilities as fractions, money per classified input.

    An infinite break-even share (the defence never pays) is null.
    """

    name: ClassVar[str] = "json"
    endings: ClassVar[tuple[str, ...]] = (".json",)
    media_type: ClassVar[str] = "application/json"

    def render(self, report: Document) -> str:
        """The report as one JSON object."""
        content = _plain(_content(report))
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        return text.replace("<", "\\u003c") + "\n"  # so that it can be embedded in an HTML page


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the reports that this version writes.

    >>> schema()["$id"]
    'urn:advgame:report:1'
    """
    text = Path(__file__).with_name("report.schema.json").read_text(encoding="utf-8")
    return cast(dict[str, Any], json.loads(text))


def _content(report: Document) -> dict[str, Any]:
    stops = report.decision.stops
    return {
        "schema": SCHEMA,
        "title": report.title,
        "question": report.question,
        "verdict": report.verdict,
        "decision": _decision(report.decision),
        "confidence": None if report.confidence is None else _confidence(report.confidence),
        "policies": _policies(report.decision),
        "equilibria": _equilibria(report.recommendation),
        "thresholds": [asdict(item) for item in report.thresholds],
        "break_even": [] if stops else [{**asdict(item), "shaky": item.shaky} for item in report.break_even],
        "game": _game(report.recommendation),
        "blocks": [_block(block) for block in report.blocks],
        "inputs_sha256": report.inputs_sha256,
        "versions": dict(report.versions),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    """What to do; nothing is deployed, attacked, earned or lost where the service is not run."""
    recommendation, runs = decision.recommendation, not decision.stops
    scenario = recommendation.scenario
    deploy = recommendation.deploy if runs else ()
    attacked_by = recommendation.attacked_by if runs else ()
    return {
        "runs_service": runs,
        "concept": recommendation.solution.concept,
        "rule": recommendation.solution.rule,
        "announced": scenario.announced,
        "attacker_knows": scenario.attacker_knows,
        "attacker_margin": scenario.attacker_margin,
        "success": scenario.success,
        "adaptive_factor": scenario.adaptive_factor,
        "tries": scenario.tries,
        "judge": {attack: asdict(judge) for attack, judge in scenario.judge.items()},
        "atlas": {name: list(ids) for name, ids in scenario.atlas.items()},
        "largest_share": scenario.largest_share,
        "currency": scenario.currency,
        "volume_per_month": scenario.volume_per_month,
        "deploy": [{"defence": name, "probability": share} for name, share in deploy],
        "attacked_by": [{"attack": name, "probability": share} for name, share in attacked_by],
        "worth": decision.value,
        "defends": runs and recommendation.defends,
        "defender_payoff": recommendation.value if runs else 0.0,
        "attacker_payoff": recommendation.attacker_value if runs else 0.0,
        "expected_adversarial_share": recommendation.expected_share if runs else 0.0,
        "doing_nothing": _alone(recommendation.doing_nothing),
        "next_best": None if recommendation.next_best is None else _alone(recommendation.next_best),
        "alone": [_alone(alone) for alone in recommendation.alone],
    }


def _confidence(confidence: Confidence) -> dict[str, Any]:
    measurement = confidence.measurement
    return {
        "verdict": confidence.verdict,
        "probability_best": confidence.probability_best,
        "rival": confidence.rival,
        "rival_probability": confidence.rival_probability,
        "value_low": confidence.low,
        "value_high": confidence.high,
        "beats_undefended": confidence.beats_undefended,
        "perfect_information": confidence.perfect_information,
        "draws": confidence.draws,
        "measurement": None if measurement is None else {**asdict(measurement), "months": MONTHS},
    }


def _alone(alone: Alone) -> dict[str, Any]:
    return {"defence": alone.defence, "adversary_answers": alone.answer, "defender_payoff": alone.value}


def _policies(decision: Decision) -> dict[str, Any]:
    table = decision.policies
    return {
        "announces": decision.announces,
        "by_knowledge": decision.by_knowledge,
        "price_of_secrecy": table.price_of_secrecy,
        "price_of_margin": table.price_of_margin,
        "verdict": table.policies.index(table.verdict),
        "stated": table.policies.index(table.stated),
        "table": [_policy(policy) | {"available": policy in table.available} for policy in table.policies],
    }


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.kind.value,
        "deploy": [{"defence": name, "probability": share} for name, share in policy.deploy],
        "worth": policy.worth,
        "if_known": policy.if_known,
        "guaranteed": policy.guaranteed,
        "at_equilibrium": policy.at_equilibrium,
        "near_best": policy.near_best,
        "quantal": policy.quantal,
        "best_response": policy.response,
        "adversarial_share": policy.share,
        "worst_attack": policy.threat,
        "worst_adversarial_share": policy.threat_share,
    }


def _equilibria(recommendation: Recommendation) -> dict[str, Any]:
    solution = recommendation.solution
    return {
        "complete": solution.complete,
        "method": solution.method,
        "remark": solution.remark,
        "recommended": next(
            n for n, profile in enumerate(solution.profiles) if profile is recommendation.profile
        ),
        "profiles": [_profile(profile) for profile in solution.profiles],
    }


def _profile(profile: Profile) -> dict[str, Any]:
    certificate = profile.certificate
    return {
        "defender": profile.defender.tolist(),
        "attacker": profile.attacker.tolist(),
        "defender_payoff": profile.defender_payoff,
        "attacker_payoff": profile.attacker_payoff,
        "defender_regret": certificate.defender_regret,
        "attacker_regret": certificate.attacker_regret,
        "exact": certificate.exact,
    }


def _game(recommendation: Recommendation) -> dict[str, Any]:
    game = recommendation.game
    return {
        "defences": game.defences,
        "attacks": game.attacks,
        "defender_payoffs": game.defender_payoffs.tolist(),
        "attacker_payoffs": game.attacker_payoffs.tolist(),
    }


def _block(block: Block) -> dict[str, Any]:
    return {"kind": type(block).__name__, **asdict(block)}


def _plain(value: Any) -> Any:
    """The value with null in place of numbers that JSON cannot represent."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value
