"""Measured or published accuracies: rows, tables, files, intervals and contradictions."""

from advgame.measurements.contradictions import mark_contradictions
from advgame.measurements.measurement import METRICS, Column, Measurement
from advgame.measurements.pooling import pool_seeds
from advgame.measurements.radii import radius_text, read_radius
from advgame.measurements.standard_errors import standard_error
from advgame.measurements.table import MeasurementTable
from advgame.measurements.table_files import read_table, table_text, write_table
from advgame.statistics.intervals import beta_interval, wilson_interval

__all__ = [
    "METRICS",
    "Column",
    "Measurement",
    "MeasurementTable",
    "beta_interval",
    "mark_contradictions",
    "pool_seeds",
    "radius_text",
    "read_radius",
    "read_table",
    "standard_error",
    "table_text",
    "wilson_interval",
    "write_table",
]
