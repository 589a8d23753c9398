"""Measures the solvers: ``python -m benchmarks``, or with ``--quick`` in under two minutes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import against
from benchmarks.machine import machine
from benchmarks.plot import draw_curves
from benchmarks.results import Result, read, write
from benchmarks.rows import chosen, names, of_classes
from benchmarks.run import Run
from benchmarks.table import class_table, table

HERE = Path(__file__).parent / "results"


def main(arguments: list[str] | None = None) -> int:
    """Runs the rows asked for, prints the table, saves results and plot; 2 if no row is called that."""
    given = _parser().parse_args(arguments)
    if given.against is not None:
        return against.main([str(given.against), "--rows", given.rows or ""])
    rows = of_classes(given.rows) if given.classes else chosen(given.quick, given.rows)
    if not rows:
        print(f"No row holds '{given.rows}'; the rows are:", *names(), sep="\n  ", file=sys.stderr)
        return 2
    name = given.name or ("classes" if given.classes else "quick" if given.quick else "full")
    path = given.results / f"{name}.csv"
    known = read(path) if given.resume else []
    run = Run(
        given.quick,
        peer_seconds=given.peer_seconds or (1.0 if given.quick else 30.0),
        own_seconds=given.own_seconds or (2.0 if given.quick else 20.0),
        ours_only=given.ours_only,
    )
    print(machine(), flush=True)
    measured: list[Result] = []
    for result in run.results(rows, known, lambda text: print(f"  {text} …", file=sys.stderr, flush=True)):
        measured.append(result)
        held = {measurement.key for measurement in measured}
        write(path, [*measured, *(measurement for measurement in known if measurement.key not in held)])
    text = class_table(measured) if given.classes else table(measured)
    (given.results / f"{name}.md").write_text(f"{machine()}\n\n{text}\n", encoding="utf-8")
    drawn = not given.classes and draw_curves(measured, given.results / f"{name}.svg", machine())
    print(text)
    print(f"Saved {path.name}, {name}.md{f' and {name}.svg' if drawn else ''} in {given.results.name}/.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer games and sizes; under two minutes")
    parser.add_argument("--classes", action="store_true", help="the classes of games from the literature")
    parser.add_argument("--rows", help="only rows whose names hold all these words, such as '10×8 all'")
    parser.add_argument("--ours-only", action="store_true", help="leave the other solvers out")
    parser.add_argument("--resume", action="store_true", help="keep what the results' file already holds")
    parser.add_argument("--peer-seconds", type=float, help="for one row of another solver (30; quick: 1)")
    parser.add_argument("--own-seconds", type=float, help="for one row of ours (20; quick: 2)")
    parser.add_argument("--name", help="of the files of results (full, or quick)")
    parser.add_argument("--against", type=Path, help="only single games, side by side with this checkout")
    parser.add_argument("--results", type=Path, default=HERE, help="the folder of results")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
