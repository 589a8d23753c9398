"""Saliency by occlusion with different baselines: do the maps agree on what matters?"""

from __future__ import annotations

from statistics import fmean

from advgame.findings.finding import Finding, Row
from advgame.measurements.experiment_tables import Measured

QUESTION = "Do baselines of occlusion disagree on what a network looks at?"
MEASURE = "occlusion_baselines"


def occlusion_baselines(measured: Measured) -> Finding:
    """The mean rank correlation of two maps of an image, for each pair of baselines and each network.

    The interval of a network is what its seeds' 95 % bootstrap intervals over images span together.
    """
    name = next((name for name, each in measured.record["measures"].items() if each["use"] == MEASURE), None)
    if name is None:
        return Finding(QUESTION, measured.experiment, "It takes no saliency maps.")
    found = measured.values(name)
    first = next(iter(found))
    least, most = (pick(found[first].items(), key=lambda each: each[1].mean) for pick in (min, max))
    pairs = found[first]
    over_all = {pair: fmean(by_pair[pair].mean for by_pair in found.values()) for pair in pairs}
    lowest, highest = min(over_all, key=over_all.__getitem__), max(over_all, key=over_all.__getitem__)
    answer = (
        f"On {first}, maps of two baselines have rank correlations (mean over images) from "
        f"{least[1].words} for {_pair(least[0])} to {most[1].words} for {_pair(most[0])}. Over "
        f"{len(found)} networks the least alike are {_pair(lowest)}, {over_all[lowest]:.2f} on average; the "
        f"most alike {_pair(highest)}, {over_all[highest]:.2f}."
    )
    evidence: list[Row] = [
        {
            "defence": defence,
            "baselines": _pair(pair),
            "mean": value.mean,
            "from": value.low,
            "to": value.high,
        }
        for defence, by_pair in found.items()
        for pair, value in by_pair.items()
    ]
    return Finding(QUESTION, measured.experiment, answer, tuple(evidence))


def _pair(name: str) -> str:
    return " and ".join(name.split("~"))
