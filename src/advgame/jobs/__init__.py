"""Batch jobs: sweeps cut into chunks, which several processes solve and which survive an interruption."""

from advgame.jobs.designs import (
    DESIGNS,
    Design,
    FullGrid,
    LatinHypercubeDesign,
    SobolDesign,
    UniformDesign,
)
from advgame.jobs.engines import ENGINES, DaskEngine, Engine, InlineEngine, LocalEngine
from advgame.jobs.run_job import SweepFile
from advgame.jobs.sweep_reader import RegimeMap, SweepReader, SweepSummary

__all__ = [
    "DESIGNS",
    "ENGINES",
    "DaskEngine",
    "Design",
    "Engine",
    "FullGrid",
    "InlineEngine",
    "LatinHypercubeDesign",
    "LocalEngine",
    "RegimeMap",
    "SobolDesign",
    "SweepFile",
    "SweepReader",
    "SweepSummary",
    "UniformDesign",
]
