"""Importers: read published formats as a table of measurements.

An importer has three settings and one method:

    IMPORTERS[name](columns=None, percent=False, success=None).read(path)  # → MeasurementTable

``columns`` is the path of a column map (only for ``csv``); ``percent`` divides accuracies by 100; ``success``
says whether figures under attack are success rates of the attacks (only for ``csv``).
The result is a validated table with contradictions marked; invalid input raises a ``MeasurementError``.
``IMPORTERS[name].about`` is a one-line description.
"""

from advgame.catalogue import Catalogue
from advgame.measurements.importers.advpruning import AdvpruningImporter
from advgame.measurements.importers.agent_sandbox import AgentSandboxImporter
from advgame.measurements.importers.agentdojo import AgentdojoImporter
from advgame.measurements.importers.backdoorbench import BackdoorbenchImporter
from advgame.measurements.importers.csv_map import CsvImporter
from advgame.measurements.importers.importer import Importer
from advgame.measurements.importers.jailbreakbench import JailbreakbenchImporter
from advgame.measurements.importers.raid import RaidImporter
from advgame.measurements.importers.robustbench import RobustbenchImporter
from advgame.measurements.importers.tabularbench import TabularbenchImporter

IMPORTERS: Catalogue[type[Importer]] = Catalogue(
    "importer",
    {
        importer.name: importer
        for importer in (
            RobustbenchImporter,
            AdvpruningImporter,
            AgentdojoImporter,
            AgentSandboxImporter,
            RaidImporter,
            BackdoorbenchImporter,
            JailbreakbenchImporter,
            TabularbenchImporter,
            CsvImporter,
        )
    },
)

__all__ = [
    "IMPORTERS",
    "AdvpruningImporter",
    "AgentSandboxImporter",
    "AgentdojoImporter",
    "BackdoorbenchImporter",
    "CsvImporter",
    "Importer",
    "JailbreakbenchImporter",
    "RaidImporter",
    "RobustbenchImporter",
    "TabularbenchImporter",
]
