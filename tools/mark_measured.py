"""Marks contradictions between outcomes on bundled tables: ``python tools/mark_measured.py [TABLE.csv …]``.

`advgame measure` marks the tables that it writes; this rewrites the warnings of tables measured before.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from advgame.bundled import bundled
from advgame.measurements import read_table, write_table
from advgame.measurements.outcome_contradictions import mark_outcomes
from advgame.measurements.outcomes import read_outcomes


def main(paths: list[Path]) -> int:
    """Rewrites the tables whose outcomes and run record stand beside them."""
    for path in paths or sorted((bundled("data") / "measured").glob("*.run.json")):
        table = path.with_name(path.name.replace(".run.json", ".csv"))
        record = json.loads(table.with_suffix(".run.json").read_text(encoding="utf-8"))
        outcomes = read_outcomes(table.with_suffix(".outcomes.parquet"))
        marked = mark_outcomes(read_table(table), outcomes, record["attacks"])
        write_table(marked, table)
        print(
            f"{table.name}: {sum(bool(row.warnings) for row in marked)} of {len(marked)} rows carry a warning"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main([Path(name) for name in sys.argv[1:]]))
