"""A finding: a question of the field, the answer from an experiment, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advgame.measurements.experiment_tables import hundredths
from advgame.statistics.rank_correlation import RankCorrelation

Row = Mapping[str, str | float]  # column name → value


@dataclass(frozen=True)
class Finding:
    """The answer of one experiment to one question."""

    question: str
    experiment: str  # its name, and the network where it has several
    answer: str  # sentences with intervals, or the reason why there is no answer
    evidence: tuple[Row, ...] = ()  # the rows of figures; empty if there is no answer
    short: str = ""  # the answer in a few words

    @property
    def answered(self) -> bool:
        """Whether the experiment measured the required data."""
        return bool(self.evidence)


def points(amount: float) -> str:
    """A difference of accuracies in percentage points.

    >>> points(0.0123), points(-0.0004)
    ('+1.2', '0.0')
    """
    text = f"{100 * amount:+.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "−")


def correlation_words(correlation: RankCorrelation) -> str:
    """A rank correlation with its interval.

    >>> correlation_words(RankCorrelation(0.91, -0.7, 0.98, 0.95, 12))
    '0.91 (−0.70 to 0.98)'
    """
    return f"{hundredths(correlation.rho)} ({hundredths(correlation.low)} to {hundredths(correlation.high)})"


def norm_sign(norm: str | None) -> str:
    """The symbol of a norm.

    >>> norm_sign("Linf"), norm_sign("L2")
    ('L∞', 'L2')
    """
    return "L∞" if norm == "Linf" else norm or ""


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names as an enumeration.

    >>> listed(["a", "b", "c"]), listed([])
    ('a, b and c', 'none')
    """
    if not names:
        return "none"
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def span(values: Sequence[float]) -> str:
    """The smallest and the largest of some correlations.

    >>> span([0.91, -0.7, 0.2]), span([0.5])
    ('−0.70 to 0.91', '0.50')
    """
    return " to ".join(dict.fromkeys(hundredths(value) for value in (min(values), max(values))))
