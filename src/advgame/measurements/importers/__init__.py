"""Published formats that can be read as a table of measurements.

An importer is made with two settings and asked for one thing:

    IMPORTERS[name](columns=None, percent=False).read(path)  # → MeasurementTable

``columns`` is the path of a column map (``csv`` alone takes one); ``percent`` divides accuracies by 100.
A table comes back checked, its contradictions marked; otherwise a ``MeasurementError`` says what to do.
``IMPORTERS[name].about`` is a line for a list of choices.
"""

from advgame.catalogue import Catalogue
from advgame.measurements.importers.advpruning import AdvpruningImporter
from advgame.measurements.importers.csv_map import CsvImporter
from advgame.measurements.importers.importer import Importer
from advgame.measurements.importers.robustbench import RobustbenchImporter

IMPORTERS: Catalogue[type[Importer]] = Catalogue(
    "importer",
    {each.name: each for each in (RobustbenchImporter, AdvpruningImporter, CsvImporter)},
)

__all__ = ["IMPORTERS", "AdvpruningImporter", "CsvImporter", "Importer", "RobustbenchImporter"]
