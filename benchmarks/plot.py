"""Cost against size, ours and the peers', with a mark where each peer stops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import Result
from benchmarks.solvers import PEERS, Ours

TICKS = (2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
COLOURS = dict(
    zip((Ours.name, *PEERS), ("#c1121f", "#457b9d", "#2a9d8f", "#8d6a9f", "#7f7f7f", "#b08900"), strict=True)
)


def draw_curves(results: Sequence[Result], path: Path, caption: str) -> bool:
    """Saves the plot; False where there is nothing to draw or matplotlib is not installed."""
    curves = [result for result in results if result.part == "curve"]
    families = list(dict.fromkeys(result.family for result in curves))
    try:
        import matplotlib
    except ModuleNotFoundError:
        return False
    if not families:
        return False
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "advgame"  # the same figures give the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        1, len(families), figsize=(5.5 * len(families), 4.8), sharey=True, squeeze=False
    )
    for axis, family in zip(axes[0], families, strict=True):
        _panel(axis, [result for result in curves if result.family == family])
        axis.set_title(f"{family} games, all equilibria", fontsize=11, pad=12)
    for axis in axes[0]:
        axis.legend(frameon=False, fontsize=8, loc="lower right")
    axes[0][0].set_ylabel("median seconds per game")
    figure.text(0.5, 0.005, caption, ha="center", fontsize=6.5, color="#555555")
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return True


def _panel(axis: Any, results: Sequence[Result]) -> None:
    for solver, colour in COLOURS.items():
        own = [result for result in results if result.solver == solver]
        points = [
            (point.defences, point.seconds) for point in own if point.seconds is not None and _whole(point)
        ]
        if points:
            wide = 2.4 if solver == Ours.name else 1.4
            axis.plot(*zip(*points, strict=True), "o-", color=colour, label=solver, lw=wide, ms=4)
        for stop in _stops(own)[:1]:
            limit = _limit(stop)
            lead = [points[-1][0], stop.defences] if points else []
            axis.plot(lead, [points[-1][1], limit] if points else [], ":", color=colour, lw=1.2)
            axis.plot([stop.defences], [limit], "x", color=colour, ms=8, mew=2)
        partial = [
            (point.defences, point.seconds)
            for point in own
            if point.seconds is not None and not _whole(point)
        ]
        if partial:
            label = "not all equilibria listed"
            axis.plot(*zip(*partial, strict=True), "o", mfc="none", color=colour, ms=7, label=label)
    _name_stops(axis, _stops(results))
    sizes = sorted({result.defences for result in results})
    axis.set(xscale="log", yscale="log", xlabel="strategies of each player")
    axis.set_xticks([size for size in TICKS if size in sizes], [str(size) for size in TICKS if size in sizes])
    axis.minorticks_off()
    axis.margins(y=0.15)
    axis.grid(color="#e5e5e5")


def _whole(result: Result) -> bool:
    """Whether all equilibria of all games were listed, as far as the solver tells."""
    return not result.complete or float(result.complete) == 1.0


def _stops(results: Sequence[Result]) -> list[Result]:
    return [result for result in results if result.outcome.startswith("stopped after")]


def _limit(stop: Result) -> float:
    return float(stop.outcome.split()[2])


def _name_stops(axis: Any, stops: Sequence[Result]) -> None:
    """Above each place where the time ran out, who stopped there; the legend says after how long."""
    places: dict[tuple[int, float], list[str]] = {}
    for stop in stops:
        places.setdefault((stop.defences, _limit(stop)), []).append(stop.solver)
    for place, names in places.items():
        axis.annotate(
            "\n".join(names),
            place,
            (0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            color="#444444",
        )
    for limit in sorted({limit for _, limit in places}):
        axis.plot([], [], "x", color="#444444", ms=7, mew=2, label=f"stopped after {limit:g} s")
