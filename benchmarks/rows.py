"""What is measured: each row is a family, a shape and a question, with how many games there are."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.sweeps import ALIKE, EACH, SWEEPS

ONE, ALL, LOTTERY = "one equilibrium", "all equilibria", "commitment"


@dataclass(frozen=True)
class Row:
    """One line of the table: games of one family and shape, and what is asked about them."""

    family: str
    shape: tuple[int, int]
    question: str
    games: int  # in the full mode, for the solvers that take many at once
    threads: int = 1
    part: str = "table"  # or "curve": cost against size; or "classes": one game after the other
    goal_seconds: float | None = None  # per game
    buffers: bool = False  # whether the answers are written into arrays made beforehand

    @property
    def name(self) -> str:
        """What the row is called in the table and with --rows."""
        threads = f", {self.threads} cores" if self.threads > 1 else ""
        buffers = ", into given arrays" if self.buffers else ""
        return f"{self.shape[0]}×{self.shape[1]} {self.family}, {self.question}{buffers}{threads}"

    @property
    def swept(self) -> bool:
        """Whether a scenario is swept, which only ours does."""
        return self.family in SWEEPS

    @property
    def kind(self) -> tuple[str, str, str]:
        """Rows of one kind differ by size only: who stops at one does not try the larger ones."""
        return self.part, self.family, self.question

    def games_for(self, quick: bool) -> int:
        """A tenth of the games in the quick mode, at least one."""
        return max(1, self.games // 10) if quick else self.games


TABLE = (
    Row("random", (2, 2), ALL, 1_000_000, goal_seconds=0.01e-6),
    Row("random", (2, 2), ALL, 1_000_000, goal_seconds=0.01e-6, buffers=True),
    Row(ALIKE, (2, 2), ALL, 16_000_000, goal_seconds=0.002e-6),
    Row(ALIKE, (10, 8), ALL, 1_000_000, goal_seconds=0.15e-6),
    Row(EACH, (10, 8), ALL, 200_000),
    Row(EACH, (20, 11), ALL, 100_000),
    Row("random", (5, 5), ALL, 200_000, goal_seconds=0.5e-6),
    Row("random", (10, 10), ALL, 2_000, goal_seconds=0.4e-3),
    Row("random", (10, 10), ONE, 20_000, goal_seconds=1e-6),
    Row("attacker–defender", (10, 8), ALL, 200_000, goal_seconds=1e-6),
    Row("attacker–defender", (20, 15), ALL, 20_000, goal_seconds=3e-6),
    Row("attacker–defender", (60, 40), ALL, 2_000, goal_seconds=30e-6),
    Row("attacker–defender", (200, 200), ALL, 50, goal_seconds=1.5e-3),
    Row("attacker–defender", (1000, 1000), ALL, 5, goal_seconds=30e-3),
    Row("several equilibria", (10, 8), ALL, 20_000, goal_seconds=25e-6),
    Row("several equilibria", (20, 15), ALL, 5_000, goal_seconds=75e-6),
    Row("several equilibria", (60, 40), ALL, 500, goal_seconds=750e-6),
    Row("several equilibria", (200, 200), ALL, 10, goal_seconds=37.5e-3),
    Row("several equilibria", (1000, 1000), ALL, 2, goal_seconds=750e-3),
    Row("attacker–defender", (10, 8), LOTTERY, 50_000, goal_seconds=1.5e-6),
    Row("attacker–defender", (20, 15), LOTTERY, 10_000),
    Row("attacker–defender", (60, 40), LOTTERY, 1_000, goal_seconds=1e-3),
)

# The same work on two cores, beside the row on one.
SHARED = tuple(
    Row(row.family, row.shape, row.question, row.games, threads=2)
    for row in TABLE
    if row.shape in ((2, 2), (10, 8), (5, 5))
    and row.family in ("random", "attacker–defender")
    and not row.buffers
)

SIZES = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 50, 100, 200, 500, 1000)
GENERAL_SIZES = tuple(size for size in SIZES if size <= 15)


def _games_of(family: str, size: int) -> int:
    """Fewer where each takes longer: what general games cost grows about fourfold with each strategy."""
    most = 10**9 // 4**size if family == "random" else 40_000_000 // size**4
    return max(2, min(20_000, most))


CURVES = tuple(
    Row(family, (size, size), ALL, _games_of(family, size), part="curve")
    for family, sizes in (("attacker–defender", SIZES), ("random", GENERAL_SIZES))
    for size in sizes
)

# Classes from the literature, one game after the other, by `solve` and by the others.
SHAPES = {
    "random": ((12, 12), (60, 60)),
    "coordination": ((12, 12), (60, 60)),
    "covariant": ((12, 12), (60, 60)),
    "dual cyclic": ((8, 8), (12, 12)),
    "travellers": ((10, 10), (60, 60)),
    "attrition": ((10, 10), (60, 60)),
    "Blotto": ((15, 15), (45, 45)),
    "ranking": ((10, 10), (60, 60)),
    "sgc": ((11, 11), (59, 59)),
    "tournament": ((6, 15), (10, 45)),
    "unit vector": ((12, 12), (60, 60)),
}
CLASS_ROWS = tuple(
    Row(family, shape, question, 5, part="classes")
    for family, (small, large) in SHAPES.items()
    for shape, question in ((small, ALL), (small, ONE), (large, ONE))
)

ROWS = tuple(sorted((*TABLE, *SHARED), key=lambda row: (row.kind, row.shape[0] * row.shape[1], row.threads)))


def chosen(quick: bool, wanted: str | None) -> tuple[Row, ...]:
    """The rows whose names hold the wanted words; the quick mode has fewer sizes of the curves."""
    curves = [row for row in CURVES if not quick or row.shape[0] in (2, 5, 10, 20, 100, 1000)]
    words = (wanted or "").split()
    return tuple(row for row in (*ROWS, *curves) if all(word in row.name for word in words))


def of_classes(wanted: str | None) -> tuple[Row, ...]:
    """The rows of the classes whose names hold the wanted words."""
    return tuple(row for row in CLASS_ROWS if all(word in row.name for word in (wanted or "").split()))


def names() -> list[str]:
    """The names of all rows, each once."""
    return list(dict.fromkeys(row.name for row in (*ROWS, *CURVES)))
