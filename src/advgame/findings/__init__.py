"""Findings: answers of measured tables to open questions of the field, one question per file, with intervals.

To add one, write a file with a function from `Measured` to `Finding`, and list it below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from advgame.bundled import bundled
from advgame.catalogue import Catalogue
from advgame.findings.finding import Finding
from advgame.findings.questions.attack_strength import attack_strength
from advgame.findings.questions.best_by_share import best_by_share
from advgame.findings.questions.hidden_gradients import hidden_gradients
from advgame.findings.questions.importance import importance
from advgame.findings.questions.intrinsic_robustness import intrinsic_robustness
from advgame.findings.questions.low_pass_filtering import low_pass
from advgame.findings.questions.occlusion_baselines import occlusion_baselines
from advgame.findings.questions.pruning_methods import pruning_methods
from advgame.findings.questions.pruning_sweet_spots import sweet_spots
from advgame.findings.questions.stochastic_heads import stochastic_heads
from advgame.findings.questions.two_robustnesses import two_robustnesses
from advgame.measurements.experiment_tables import Measured, read_measured

Question = Callable[[Measured], Finding]

QUESTIONS: tuple[Question, ...] = (
    attack_strength,
    hidden_gradients,
    sweet_spots,
    two_robustnesses,
    pruning_methods,
    importance,
    stochastic_heads,
    intrinsic_robustness,
    occlusion_baselines,
    low_pass,
    best_by_share,
)

QUESTIONS_BY_NAME: Mapping[str, Question] = Catalogue(
    "question", {question.__name__: question for question in QUESTIONS}
)

# The experiment that answers a question, if it is not the fastest one.
EXPERIMENTS: Mapping[Question, str] = {
    attack_strength: "digits-audit",
    two_robustnesses: "mnist-invariance",
    low_pass: "pneumonia",
}
QUICKEST = "digits"

__all__ = [
    "QUESTIONS",
    "QUESTIONS_BY_NAME",
    "Finding",
    "Measured",
    "Question",
    "answering",
    "concerns",
    "measured_tables",
    "read_measured",
]


def concerns(question: Question, measured: Measured) -> bool:
    """Whether a question applies to a table; an audit of another table's networks answers only its own."""
    return question is attack_strength or not measured.audit


def answering(question: Question) -> str:
    """The command, in Markdown, that measures the data for a question.

    >>> answering(two_robustnesses)
    '`advgame measure data/experiments/mnist-invariance.toml`'
    """
    experiment = f"data/experiments/{EXPERIMENTS.get(question, QUICKEST)}.toml"
    if question is importance:
        return f"`advgame importances {experiment} {QUICKEST}.csv`"
    return f"`advgame measure {experiment}`"


def measured_tables(folder: Path | None = None) -> list[Path]:
    """The measured tables of a folder, by name; by default the bundled ones.

    A table is identified by its run record, ``….run.json``.
    """
    folder = folder or bundled("data") / "measured"
    stems = sorted(path.name.removesuffix(".run.json") for path in folder.glob("*.run.json"))
    candidates = [folder / f"{stem}{suffix}" for stem in stems for suffix in (".csv", ".parquet")]
    return [path for path in candidates if path.is_file()]
