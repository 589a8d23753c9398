"""What measured tables say to the field's open questions: one per file, each answer with its interval.

To add one, write a file with a function from `Measured` to `Finding`, and list it below.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from advgame.bundled import bundled
from advgame.findings.best_by_share import best_by_share
from advgame.findings.finding import Finding
from advgame.findings.importance import importance
from advgame.findings.intrinsic_robustness import intrinsic_robustness
from advgame.findings.low_pass import low_pass
from advgame.findings.measured import Measured, read_measured
from advgame.findings.occlusion_baselines import occlusion_baselines
from advgame.findings.pruning_methods import pruning_methods
from advgame.findings.stochastic_heads import stochastic_heads
from advgame.findings.sweet_spots import sweet_spots
from advgame.findings.two_robustnesses import two_robustnesses

QUESTIONS: tuple[Callable[[Measured], Finding], ...] = (
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

__all__ = ["QUESTIONS", "Finding", "Measured", "measured_tables", "read_measured"]


def measured_tables(folder: Path | None = None) -> list[Path]:
    """The measured tables of a folder, by name; of the bundled ones if none is given.

    A table is known by its run record, ``….run.json``.
    """
    folder = folder or bundled("data") / "measured"
    stems = sorted(path.name.removesuffix(".run.json") for path in folder.glob("*.run.json"))
    found = [folder / f"{stem}{suffix}" for stem in stems for suffix in (".csv", ".parquet")]
    return [path for path in found if path.is_file()]
