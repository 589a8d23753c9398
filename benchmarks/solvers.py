"""The solvers that are timed, each behind one function, and whether they are installed here.

A solver is given its own kind of game, made before the clock starts. Ours is given the arrays.
"""

from __future__ import annotations

import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

import numpy as np

from benchmarks.families import FloatArray
from benchmarks.rows import ALL, LOTTERY, ONE

Work = Callable[[], object]  # answers one game; its result is thrown away


class Peer(ABC):
    """Another solver, one game at a time."""

    name: ClassVar[str]
    package: ClassVar[str]
    methods: ClassVar[dict[str, str]]  # what it answers, and by what

    @property
    def version(self) -> str | None:
        """The version installed here; None where there is none."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return None

    @abstractmethod
    def work(self, question: str, a: FloatArray, b: FloatArray) -> Work:
        """The work that answers one game, with everything made that can be made beforehand."""

    def count(self, answer: Any) -> int:
        """How many equilibria an answer holds."""
        return len(answer)

    def is_complete(self, answer: Any) -> bool:
        """Whether the answer says that it holds all equilibria; peers do not say."""
        del answer
        return False


class NashpyPeer(Peer):
    name, package = "nashpy", "nashpy"
    methods: ClassVar[dict[str, str]] = {ALL: "support enumeration", ONE: "Lemke–Howson"}

    def work(self, question: str, a: FloatArray, b: FloatArray) -> Work:
        from nashpy import Game

        game = Game(a, b)
        if question == ONE:
            return lambda: game.lemke_howson(initial_dropped_label=0)
        return lambda: list(game.support_enumeration())


class QuantEconPeer(Peer):
    name, package = "QuantEcon", "quantecon"
    methods: ClassVar[dict[str, str]] = {ALL: "vertex enumeration", ONE: "Lemke–Howson"}

    def work(self, question: str, a: FloatArray, b: FloatArray) -> Work:
        from quantecon.game_theory import NormalFormGame, Player, lemke_howson, vertex_enumeration

        game = NormalFormGame((Player(a), Player(np.ascontiguousarray(b.T))))
        return lambda: [lemke_howson(game)] if question == ONE else vertex_enumeration(game)


class GambitPeer(Peer):
    name, package = "Gambit", "pygambit"
    methods: ClassVar[dict[str, str]] = {ALL: "enummixed, floats", ONE: "lcp, floats"}

    def work(self, question: str, a: FloatArray, b: FloatArray) -> Work:
        import pygambit

        kind = getattr(pygambit, "StrategicGame", pygambit.Game)  # as version 17 calls it
        game = kind.from_arrays(a, b)
        if question == ONE:
            return lambda: pygambit.nash.lcp_solve(game, rational=False, stop_after=1)
        return lambda: pygambit.nash.enummixed_solve(game, rational=False)

    def count(self, answer: Any) -> int:
        return len(answer.equilibria)


class LrsPeer(Peer):
    """Debian's package lrslib: exact, on payoffs of three decimals; the program's start is measured too."""

    name, package = "lrsnash", "lrslib"
    methods: ClassVar[dict[str, str]] = {ALL: "vertex enumeration, exact"}

    @property
    def version(self) -> str | None:
        return "as installed" if shutil.which("lrsnash") else None

    def work(self, question: str, a: FloatArray, b: FloatArray) -> Work:
        del question  # it has one answer: all equilibria
        file = f"{a.shape[0]} {a.shape[1]}\n\n{_rational(a)}\n\n{_rational(b)}\n"
        command = ["lrsnash", "/dev/stdin"]
        return lambda: subprocess.run(command, input=file, text=True, check=True, capture_output=True)


def _rational(payoffs: FloatArray) -> str:
    return "\n".join(" ".join(str(Fraction(round(payoff * 1000), 1000)) for payoff in row) for row in payoffs)


class HighsPeer(Peer):
    """SciPy's linear programs, one per reply of the attacker: the textbook way to a commitment."""

    name, package = "HiGHS", "scipy"
    methods: ClassVar[dict[str, str]] = {LOTTERY: "one linear program per reply"}

    def work(self, question: str, a: FloatArray, b: FloatArray) -> Work:
        del question  # it has one answer: the commitment
        return lambda: [_program(a[:, reply], b - b[:, [reply]]) for reply in range(a.shape[1])]


def _program(worth: FloatArray, gains: FloatArray) -> object:
    from scipy.optimize import linprog

    defences, attacks = gains.shape
    return linprog(-worth, gains.T, np.zeros(attacks), np.ones((1, defences)), [1.0], method="highs")


@dataclass(frozen=True)
class Ours:
    """`advgame.solve_batch`: arrays in, certified equilibria out, checks of the input included."""

    name: ClassVar[str] = "advgame"
    concepts: ClassVar[dict[str, str]] = {ALL: "nash", ONE: "nash_one", LOTTERY: "commitment"}

    def offers(self, question: str) -> bool:
        """Whether the concept behind a question is solved in batches."""
        from advgame.equilibria.batch.solve_batch import METHODS

        return self.concepts[question] in METHODS


class SinglePeer(Peer):
    """`advgame.solve` on one game, or one certified equilibrium; not the batches."""

    name, package = "advgame", "advgame"
    methods: ClassVar[dict[str, str]] = {ALL: "solve", ONE: "Lemke–Howson"}

    def work(self, question: str, a: FloatArray, b: FloatArray) -> Work:
        import advgame as ag
        from advgame.equilibria import compile_solvers

        compile_solvers()  # once; solve itself never waits for a compiler
        game = ag.Game(a, b)
        if question == ONE:
            return lambda: ag.solve(game, "nash_one")
        return lambda: ag.solve(game)

    def count(self, answer: Any) -> int:
        return len(getattr(answer, "profiles", answer))

    def is_complete(self, answer: Any) -> bool:
        return getattr(answer, "complete", False)


SINGLE = SinglePeer()
PEERS: dict[str, Peer] = {
    peer.name: peer for peer in (NashpyPeer(), QuantEconPeer(), GambitPeer(), LrsPeer(), HighsPeer())
}
