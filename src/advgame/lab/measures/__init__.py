"""Measures of a network besides its accuracy, one per file."""

from advgame.catalogue import Catalogue
from advgame.lab.measures.certified_radius import CertifiedRadius
from advgame.lab.measures.divergence import LargestDivergence
from advgame.lab.measures.measure import Measure
from advgame.lab.measures.robustness_probability import RobustnessProbability
from advgame.lab.measures.saliency import Explanations, OcclusionBaselines

MEASURES: Catalogue[type[Measure]] = Catalogue(
    "measure",
    {
        kind.name: kind
        for kind in (
            LargestDivergence,
            RobustnessProbability,
            CertifiedRadius,
            OcclusionBaselines,
            Explanations,
        )
    },
)

__all__ = ["MEASURES", "Measure"]
