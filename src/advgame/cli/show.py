"""``advgame show``: what the Parquet file of a sweep contains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advgame.cli.application import app
from advgame.cli.arguments import Output
from advgame.errors import InputError

if TYPE_CHECKING:
    from advgame.jobs import RegimeMap, SweepSummary

REGIMES_SHOWN = 20
LETTERS = "ABCDEFGHIJKLMNOPQRST"
OTHERS = "*"
SVG_FILE = '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" style="background:#fff" '
LABELS = {
    "defender_value": "value to the defender",
    "attacker_value": "value to the attacker",
    "expected_share": "expected share of adversarial traffic",
}


@app.command(epilog="Example: advgame show sweep.parquet -x attack_cost -y largest_share -o map.svg")
def show(
    table: Annotated[Path, typer.Argument(metavar="FILE.parquet", help="A table that `sweep` wrote.")],
    x: Annotated[
        str | None, typer.Option("-x", metavar="NAME", help="The horizontal parameter of the map.")
    ] = None,
    y: Annotated[
        str | None, typer.Option("-y", metavar="NAME", help="The vertical parameter of the map.")
    ] = None,
    output: Output = None,
) -> None:
    """Shows the regimes, a map and the extremes of a sweep.

    The file is read in parts, so it may be larger than the memory. With --output, the map is written as SVG.
    """
    import advgame as ag

    if not table.is_file():
        raise InputError(f"There is no file {table}.")
    if output is not None and output.suffix != ".svg":
        raise InputError(f"{output} ends in {output.suffix!r}; a map is written as .svg.")
    reader = ag.SweepReader(table)
    summary = reader.summary()
    for line in _counts(summary):
        typer.echo(line)
    if reader.parameters and summary.failed < summary.cells:
        typer.echo()
        for line in _map_lines(reader.map(x, y)):
            typer.echo(line)
    typer.echo("\nExtremes")
    for line in _extremes(summary):
        typer.echo(line)
    if output is not None:
        from advgame.files import written_whole
        from advgame.reports.charts.regime_map import draw_regime_map

        markup = draw_regime_map(reader.map(x, y, columns=120, rows=80))
        picture = markup.replace("<svg ", SVG_FILE, 1)
        written_whole(output, lambda file: file.write(picture), text=True)
        typer.echo(f"\nThe map is in {output}.")


def _counts(summary: SweepSummary) -> list[str]:
    scenarios = ", ".join(summary.scenarios) if len(summary.scenarios) <= 3 else f"{len(summary.scenarios):,}"
    label = "Scenario" if len(summary.scenarios) == 1 else "Scenarios"
    lines = [f"{summary.cells:,} cells. {label}: {scenarios}", "", "Regimes (defender | attacker)"]
    for letter, (regime, count) in zip(LETTERS, summary.regimes.items(), strict=False):
        lines.append(f"  {letter}  {count:>12,}  {count / summary.cells:>6.1%}  {regime}")
    hidden = len(summary.regimes) - REGIMES_SHOWN
    if hidden > 0:
        lines.append(f"  {OTHERS}  {hidden:,} other regimes")
    lines.append(
        f"The largest certified regret is {summary.largest_regret:.2g} of the payoff range; in "
        f"{summary.incomplete:,} cells further equilibria may exist."
    )
    if summary.failed:
        lines.append(f"{summary.failed:,} cells could not be solved:")
        lines += [f"  cell {cell:,}: {reason}" for cell, reason in summary.failures]
    return lines


def _map_lines(regimes: RegimeMap) -> list[str]:
    """The map as text, a letter for each regime; the greatest value of ``y`` is at the top."""
    marks = [LETTERS[place] if place < len(LETTERS) else OTHERS for place in range(len(regimes.regimes))]
    flat = len(regimes.which) == 1
    ends = ["", ""] if flat else [f"{regimes.y_edges[-1]:g}", f"{regimes.y_edges[0]:g}"]
    margin = max(map(len, ends))
    lines = ["Most frequent regime" + ("" if flat else f"; up: {regimes.y}") + f"; across: {regimes.x}"]
    for place, row in enumerate(reversed(regimes.which.tolist())):
        label = ends[0] if place == 0 else ends[1] if place == len(regimes.which) - 1 else ""
        lines.append(f"  {label:>{margin}} " + "".join(marks[which] if which >= 0 else " " for which in row))
    low, high = f"{regimes.x_edges[0]:g}", f"{regimes.x_edges[-1]:g}"
    width = regimes.which.shape[1]
    lines.append(f"  {'':>{margin}} {low}{high:>{max(1, width - len(low))}}")
    return lines


def _extremes(summary: SweepSummary) -> list[str]:
    lines = []
    for extreme in summary.extremes:
        end = "greatest" if extreme.is_greatest else "least"
        point = ", ".join(f"{name}={value:.6g}" for name, value in extreme.point.items())
        among = f" in {extreme.scenario}" if len(summary.scenarios) > 1 else ""
        lines.append(
            f"  {end:<8} {LABELS[extreme.column]}: {extreme.value:.6g} at {point}{among} (cell "
            f"{extreme.cell:,}; {extreme.regime})"
        )
    return lines
