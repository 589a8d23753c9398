"""Compares occlusion saliency maps with different baselines."""

from __future__ import annotations

from statistics import fmean

from advgame.findings.finding import Finding, Row, span
from advgame.measurements.experiment_tables import Measured
from advgame.number_text import fixed

QUESTION = "Do occlusion baselines disagree on which regions matter to a network?"
MEASURE = "occlusion_baselines"


def occlusion_baselines(measured: Measured) -> Finding:
    """The mean rank correlation of two maps of an image, for each pair of baselines and each network.

    The interval of a network is the span of its seeds' 95 % bootstrap intervals over images.
    """
    name = next(
        (name for name, measure in measured.record["measures"].items() if measure["use"] == MEASURE), None
    )
    values = measured.values(name) if name is not None else {}
    if not values:
        return Finding(QUESTION, measured.name, "It measures no saliency maps.")
    first = next(iter(values))
    least, most = (pick(values[first].items(), key=lambda measure: measure[1].mean) for pick in (min, max))
    pairs = values[first]
    over_all = {pair: fmean(by_pair[pair].mean for by_pair in values.values()) for pair in pairs}
    lowest, highest = min(over_all, key=over_all.__getitem__), max(over_all, key=over_all.__getitem__)
    answer = (
        f"For {first}, the maps of two baselines have rank correlations (mean over images) from "
        f"{least[1].words} for {_pair(least[0])} to {most[1].words} for {_pair(most[0])}. Over "
        f"{len(values)} networks the least similar pair is {_pair(lowest)} ({fixed(over_all[lowest], 2)} on "
        "average), "
        f"the most similar {_pair(highest)} ({fixed(over_all[highest], 2)})."
    )
    evidence: list[Row] = [
        {
            "defence": defence,
            "baselines": _pair(pair),
            "mean": value.mean,
            "from": value.low,
            "to": value.high,
        }
        for defence, by_pair in values.items()
        for pair, value in by_pair.items()
    ]
    short = f"rank correlations of two baselines {span(list(over_all.values()))}"
    return Finding(QUESTION, measured.name, answer, tuple(evidence), short)


def _pair(name: str) -> str:
    return " and ".join(name.split("~"))
