"""Engines of a sweep, and the catalogue that lists them."""

from advgame.catalogue import Catalogue
from advgame.jobs.engines.dask_engine import DaskEngine
from advgame.jobs.engines.engine import Engine
from advgame.jobs.engines.inline_engine import InlineEngine
from advgame.jobs.engines.local_engine import LocalEngine

ENGINES: Catalogue[type[Engine]] = Catalogue(
    "engine", {engine.name: engine for engine in (LocalEngine, InlineEngine, DaskEngine)}
)

__all__ = ["ENGINES", "DaskEngine", "Engine", "InlineEngine", "LocalEngine"]
