"""Writes tables as CSV or Parquet, and names what a stopped command has kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".parquet")


def nothing_kept(output: Path | None) -> str:
    """The message of a stopped command that writes one file at its end.

    >>> nothing_kept(Path("sweep.csv"))
    'Nothing was written to sweep.csv. To start over, run the same command again.'
    """
    done = "printed" if output is None else f"written to {output}"
    return f"Nothing was {done}. To start over, run the same command again."


def csv_text(frame: pd.DataFrame) -> str:
    """A table as CSV that is safe in spreadsheets."""
    from advgame.files import spreadsheet_safe

    safe = frame.rename(columns=spreadsheet_safe)
    for column in safe.select_dtypes(exclude="number"):
        safe[column] = safe[column].map(
            lambda value: spreadsheet_safe(value) if isinstance(value, str) else value
        )
    return str(safe.to_csv(index=False, lineterminator="\n"))


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Writes a table as CSV or Parquet, according to the suffix."""
    from advgame.files import written_whole

    if path.suffix == ".parquet":
        written_whole(path, lambda file: frame.to_parquet(file, index=False))
    else:
        written_whole(path, lambda file: file.write(csv_text(frame)), text=True)
