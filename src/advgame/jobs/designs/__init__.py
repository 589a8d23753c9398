"""Designs of a sweep, and the catalogue that lists them."""

from advgame.catalogue import Catalogue
from advgame.jobs.designs.design import Design, RangeDesign
from advgame.jobs.designs.full_grid import FullGrid
from advgame.jobs.designs.latin_hypercube import LatinHypercubeDesign
from advgame.jobs.designs.sobol_design import SobolDesign
from advgame.jobs.designs.uniform_design import UniformDesign

DESIGNS: Catalogue[type[Design]] = Catalogue(
    "design",
    {design.name: design for design in (FullGrid, UniformDesign, LatinHypercubeDesign, SobolDesign)},
)

__all__ = [
    "DESIGNS",
    "Design",
    "FullGrid",
    "LatinHypercubeDesign",
    "RangeDesign",
    "SobolDesign",
    "UniformDesign",
]
