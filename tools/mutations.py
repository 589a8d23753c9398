"""Whether the tests notice slips in the compiled kernels: each mutant below is one that somebody could make.

    python tools/mutations.py               every mutant (over half an hour: each is compiled)
    python tools/mutations.py modular_signs      those of one kernel; or one mutant, by its name

Each is written into a copy of the repository, in which the tests that should notice are run; the working
tree is never changed. A mutant that survives asks for a test. Mutants that could not change an answer, only
the time it takes, have no place here.

What is compiled already is copied along; `advgame.equilibria.kernels.cache` forgets of it what a mutant
changes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
KERNELS = Path("src/advgame/equilibria/kernels")
COPIED = ("src", "tests", "benchmarks", "pyproject.toml", "conftest.py")
SECONDS = 1800  # for some tests: a mutant that never ends is noticed, too
PASSED, FAILED = 0, 1  # what pytest returns

BATCH = "tests/equilibria/batch/test_solve_batch.py"
BAD = "tests/equilibria/batch/test_bad_games.py"
CONTRACT = "tests/equilibria/batch/test_batch_contract.py"
COMMITMENT = "tests/equilibria/batch/test_batch_commitment.py"
FUSED = "tests/equilibria/kernels/test_fused.py"
GENERAL = "tests/equilibria/kernels/test_minors.py"
PIVOTS = "tests/equilibria/kernels/test_pivots.py"
WALKS = "tests/equilibria/kernels/test_rank_one_solver.py"


@dataclass(frozen=True)
class Mutant:
    """A slip, where it is made, and the tests that should notice it: files, with pytest's -k if not all."""

    name: str
    kernel: str
    old: str
    new: str
    tests: tuple[str, ...]
    chosen: str = ""


MUTANTS = (
    Mutant(
        "a tie counted as a gain",
        "two_by_two_signs",
        "code += 9 if d1 > 0 else",
        "code += 9 if d1 >= 0 else",
        (BATCH,),
    ),
    Mutant(
        "games numbered anew in every tile",
        "two_by_two_signs",
        "index[row] = begin + places[row]",
        "index[row] = places[row]",
        (BATCH, CONTRACT),
    ),
    Mutant(
        "infinite payoffs of the second defence overlooked",
        "two_by_two_signs",
        " & (abs(b1) < np.inf)",
        "",
        (BATCH, BAD),
    ),
    Mutant(
        "each player's own payoffs make the own mix",
        "two_by_two_signs",
        "x, y = abs(b1) / (abs(b0) + abs(b1)), abs(d1) / (abs(d0) + abs(d1))",
        "y, x = abs(b1) / (abs(b0) + abs(b1)), abs(d1) / (abs(d0) + abs(d1))",
        (BATCH,),
    ),
    Mutant(
        "Laplace's signs turned",
        "minors",
        "if t % 2 == 1 else simd32.plus_times",
        "if t % 2 == 0 else simd32.plus_times",
        (GENERAL,),
    ),
    Mutant(
        "the last reply that is not played goes unchecked",
        "support_pairs",
        "range(columns - size):  # with one reply more",
        "range(columns - size - 1):  # with one reply more",
        (GENERAL,),
    ),
    Mutant(
        "the last reply goes unchecked amid ties",
        "support_pairs",
        "range(columns - size):\n                    word, turn =",
        "range(columns - size - 1):\n                    word, turn =",
        (GENERAL,),
    ),
    Mutant(
        "every sign believed, rounding or not",
        "supports",
        "bounds.append(2 * error)",
        "bounds.append(0.0)",
        (GENERAL,),
    ),
    Mutant(
        "large whole numbers believed to be free of rounding",
        "supports",
        "return 2.0 ** floor(most - 1e-9)",
        "return 2.0 ** floor(most + 4)",
        (GENERAL,),
    ),
    Mutant(
        "uncertain pairs taken for certain",
        "support_pairs",
        "    sure = 0 if certain else 1\n",
        "    sure = 0\n",
        (GENERAL,),
    ),
    Mutant(
        "shares of two strategies exchanged",
        "profiles",
        "second / (second - first) if",
        "first / (first - second) if",
        (GENERAL,),
    ),
    Mutant(
        "the last reply's pay not among those compared",
        "profiles",
        "for j in range(len(pays)):\n        best =",
        "for j in range(len(pays) - 1):\n        best =",
        (GENERAL,),
    ),
    Mutant(
        "regrets relative to the other player's range",
        "profiles",
        "scale_a, scale_b = load(a",
        "scale_b, scale_a = load(a",
        (GENERAL,),
    ),
    Mutant(
        "rows exchanged but for the right-hand side",
        "profiles",
        "for c in range(k, size + 1):\n            system[k, c], system[top, c]",
        "for c in range(k, size):\n            system[k, c], system[top, c]",
        (GENERAL,),
    ),
    Mutant(
        "half as many primes as are needed",
        "modular_signs",
        "/ BITS_OF_PRIME) + 1",
        "/ BITS_OF_PRIME / 2) + 1",
        (GENERAL,),
    ),
    Mutant(
        "the sign of a residue turned",
        "modular_signs",
        "-1 if digits[i] > half else 1",
        "-1 if digits[i] < half else 1",
        (GENERAL,),
    ),
    Mutant(
        "Laplace's signs without turn, modulo primes",
        "modular_signs",
        "entry = entries[t % 2, row,",
        "entry = entries[0, row,",
        (GENERAL,),
    ),
    Mutant(
        "a reply as good as those played not among the best",
        "degenerate_vertices",
        "best |= 1 << sets.others[k, u]",
        "best |= 0 << sets.others[k, u]",
        (GENERAL,),
    ),
    Mutant(
        "what is played by one need not be a best response",
        "degenerate_vertices",
        " and of_y[j, 2] & ~of_x[i, 3] == 0",
        "",
        (GENERAL,),
    ),
    Mutant(
        "vertices of other supports taken for the same",
        "degenerate_vertices",
        "listed(vertices, of_support, total, best)",
        "listed(vertices, 0, total, best)",
        (GENERAL,),
    ),
    Mutant(
        "the largest supports left out amid ties",
        "degenerate_vertices",
        "range(1, min(len(sets.first), len(others.first)) - 1)",
        "range(1, min(len(sets.first), len(others.first)) - 2)",
        (GENERAL,),
    ),
    Mutant(
        "halves taken for whole numbers",
        "simd32",
        "every(3 * WHOLE)), every(3 * WHOLE))",
        "every(WHOLE)), every(WHOLE))",
        (GENERAL,),
    ),
    Mutant(
        "what is not surely above counted as below",
        "simd32",
        "builder.fneg(bounds)",
        "bounds",
        (GENERAL,),
    ),
    Mutant(
        "the size of whole numbers not looked at",
        "simd32",
        'builder.and_(builder.fcmp_ordered("==", rounded, numbers), small)',
        'builder.fcmp_ordered("==", rounded, numbers)',
        (GENERAL,),
    ),
    Mutant(
        "upward crossings overlooked",
        "crossings",
        " or (gap_here < -MAY_TIE and gap_there > MAY_TIE)",
        "",
        (WALKS,),
        "by_itself and False",
    ),
    Mutant(
        "a crossing at a breakpoint taken for clear",
        "crossings",
        "return here, False",
        "return here, True",
        (WALKS,),
        "breakpoint",
    ),
    Mutant(
        "games almost of rank 1 taken for such by the careful way",
        "careful_rank_one_detection",
        "if worst <= RANK_ONE_RESIDUE * min(size_a, ratio * size_b):",
        "if worst <= 1e-3 * min(size_a, ratio * size_b):",
        (WALKS,),
        "quickly",
    ),
    Mutant(
        "a root's discriminant with a wrong sign",
        "careful_rank_one_detection",
        "linear * linear - 4 * square * constant",
        "linear * linear + 4 * square * constant",
        (WALKS,),
        "form_pays",
    ),
    Mutant(
        "rows centred by the wrong count",
        "careful_rank_one_detection",
        "mean /= columns",
        "mean /= rows",
        (WALKS,),
        "form_pays",
    ),
    Mutant(
        "games almost of rank 1 taken for such",
        "rank_one_detection",
        "            if worst <= CLEAN * size:",
        "            if worst <= 1e-3 * size:",
        (WALKS,),
        "quickly",
    ),
    Mutant(
        "a told structure believed",
        "rank_one_detection",
        "if size > 0 and worst <= CLEAN * size:",
        "if size > 0:",
        (WALKS,),
        "not_believed",
    ),
    Mutant(
        "columns beyond the last four not looked at",
        "rank_one_detection",
        "for k in range(0, n, WIDTH):\n            j = min(k, n - WIDTH)\n            from_a",
        "for k in range(0, n - WIDTH + 1, WIDTH):\n            j = min(k, n - WIDTH)\n            from_a",
        (WALKS,),
        "form_pays or quickly",
    ),
    Mutant(
        "a bound told in place of what the careful way leaves",
        "rank_one_detection",
        "idle, slope, intensity)\n    return gain, row, worst * gain / ratio,",
        "idle, slope, intensity)\n    return gain, row, 1e-11,",
        (WALKS,),
        "by_itself and True",
    ),
    Mutant(
        "ties of the attacker's mixes not noticed",
        "tableau_walk",
        "if least <= MAY_TIE or thinnest < THIN:",
        "if thinnest < THIN:",
        (WALKS,),
        "by_itself and False",
    ),
    Mutant(
        "ties of the defender's mixes not noticed",
        "tableau_walk",
        "return smallest(least) > MAY_TIE",
        "return True",
        (WALKS,),
        "by_itself and False",
    ),
    Mutant(
        "the piece always begins where the walk began",
        "tableau_walk",
        "        here = there\n",
        "        here = 0.0\n",
        (WALKS,),
        "by_itself and False",
    ),
    Mutant(
        "what a cost rises by per intensity with a wrong sign",
        "tableau_walk",
        "table[m + COST, row], table[m + PER, row] = -cost, -per\n    basic[column]",
        "table[m + COST, row], table[m + PER, row] = -cost, per\n    basic[column]",
        (WALKS,),
        "by_itself and False",
    ),
    Mutant(
        "the weight of what moves to another slot left behind",
        "support_walk",
        "slots[WEIGHT, slot], slots[PACE, slot] = slots[WEIGHT, last], slots[PACE, last]",
        "slots[PACE, slot] = slots[PACE, last]",
        (WALKS,),
        "by_itself and True",
    ),
    Mutant(
        "ties of the defender not noticed in large games",
        "support_walk",
        "return least > MAY_TIE",
        "return True",
        (WALKS,),
        "by_itself and True",
    ),
    Mutant(
        "costs per intensity not relative to the first defence",
        "support_inverse",
        "else slope[played] - slope[row]",
        "else slope[played]",
        (WALKS,),
        "by_itself and True",
    ),
    Mutant(
        "ties of the attacker not noticed in large games",
        "support_walk",
        "if not 0 <= drift <= DRIFT or least_level(k, at) <= error_of(k, beside, at):",
        "if not 0 <= drift <= DRIFT:",
        (WALKS,),
        "by_itself and True",
    ),
    Mutant(
        "the attacker's regret not looked at",
        "certificate",
        "larger(best_a - earned_a, 0.0), larger(best_b - earned_b, 0.0)",
        "larger(best_a - earned_a, 0.0), larger(best_a - earned_a, 0.0)",
        (WALKS,),
        "regrets_are_those",
    ),
    Mutant(
        "a false mix left in place of the one before",
        "certificate",
        "        y[which, j] = other[old_y + j]\n",
        "        y[which, j] = y[which, j]\n",
        (WALKS,),
        "sharpened_to",
    ),
    Mutant(
        "what is worse taken for sharper",
        "certificate",
        "if larger(gains[0], gains[1]) <= larger(one, two):",
        "if larger(gains[0], gains[1]) >= larger(one, two):",
        (WALKS,),
        "sharpened_to",
    ),
    Mutant(
        "the least of four taken for the largest",
        "simd4",
        '"vector.reduce.fmin"',
        '"vector.reduce.fmax"',
        (WALKS,),
        "by_itself and False",
    ),
    Mutant(
        "sums of four that begin with one",
        "simd4",
        "[ir.DoubleType()(0.0), given[0]]",
        "[ir.DoubleType()(1.0), given[0]]",
        (WALKS,),
        "by_itself and False",
    ),
    Mutant(
        "the first equilibrium taken for the only one",
        "rank_one_solver",
        "alone = first_only and only_one(two, gain, idle, slope, intensity)\n"
        "            count, status[game] = tableau_walk(",
        "alone = first_only\n            count, status[game] = tableau_walk(",
        (WALKS,),
        "without_an_assumption or theorem",
    ),
    Mutant(
        "only the last certificate counts",
        "rank_one_solver",
        "certain = certain and one <= LARGEST_REGRET",
        "certain = one <= LARGEST_REGRET",
        (WALKS,),
        "certificate_of",
    ),
    Mutant(
        "a weight that turns on the way called safe",
        "uniqueness",
        "factor < -1.0 - MAY_TIE",
        "factor < -MAY_TIE",
        (WALKS,),
        "beyond_the_theorem",
    ),
    Mutant(
        "costs that are no multiple of one vector called safe",
        "uniqueness",
        "return worst <= ALIKE",
        "return worst <= 1.0",
        (WALKS,),
        "beyond_the_theorem",
    ),
    Mutant(
        "two attacks of no intensity called none",
        "uniqueness",
        "if idlers != 1:",
        "if idlers == 0:",
        (WALKS,),
        "beyond_the_theorem",
    ),
    Mutant(
        "a weight that turns on the way called safe in a sweep",
        "affine_tile",
        "tile.unique[c] = form.aligned == 0 or (form.aligned > 0 and positive)",
        "tile.unique[c] = form.aligned >= 0",
        (FUSED,),
    ),
    Mutant(
        "attacks of several intensities taken for one",
        "affine_tile",
        "tile.unique[c] = tile.unique[c] and tile.share[j, c] == tile.share[1, c]",
        "tile.unique[c] = tile.unique[c] and tile.share[j, c] >= tile.share[1, c]",
        (FUSED,),
    ),
    Mutant(
        "a neighbour's support not held against the last attack",
        "support_trial",
        "    for j in range(len(share)):\n        if not among(j, columns, k):",
        "    for j in range(len(share) - 1):\n        if not among(j, columns, k):",
        (FUSED,),
    ),
    Mutant(
        "a neighbour's support not held against the last defence",
        "support_trial",
        "    for i in range(len(still)):\n        if not among(i, rows, k):",
        "    for i in range(len(still) - 1):\n        if not among(i, rows, k):",
        (FUSED,),
    ),
    Mutant(
        "sums of one tile carried into the next",
        "affine_tile",
        "if varies or fresh:",
        "if fresh:",
        (FUSED,),
    ),
    Mutant(
        "three equilibria of coordination taken for one",
        "affine_two_by_two",
        " and d0 * b0 < 0:",
        ":",
        (FUSED,),
    ),
    Mutant(
        "games in which nobody may attack read off their signs",
        "affine_two_by_two",
        "KINDS[signs] if share[c] > 0.0 else LEFT",
        "KINDS[signs]",
        (FUSED,),
    ),
    Mutant(
        "a dominant attack taken for the first one",
        "affine_two_by_two",
        "y = 1.0 if (kind[c] == 1.0) | (kind[c] == 4.0) else 0.0",
        "y = 1.0 if kind[c] == 1.0 else 0.0",
        (FUSED,),
    ),
    Mutant(
        "of rows that tie, the lexicographically largest leaves",
        "lemke_howson_pivots",
        "ratio = table[ties[k], place] / table[ties[k], column]",
        "ratio = -table[ties[k], place] / table[ties[k], column]",
        (PIVOTS,),
    ),
    Mutant(
        "an exchange loses the column of the variable that leaves",
        "exchange",
        "line[column] = inverse",
        "line[column] = 0.0",
        (PIVOTS,),
    ),
    Mutant(
        "a dominated attack taken for a best response",
        "lemke_howson_pivots",
        "best[j] = a[i, j] if a[i, j] > best[j] else best[j]",
        "best[j] = a[i, j] if a[i, j] < best[j] else best[j]",
        (GENERAL,),
    ),
    Mutant(
        "the path always in one tableau",
        "lemke_howson_pivots",
        "        of_x = not of_x\n",
        "        of_x = True\n",
        (GENERAL,),
    ),
    Mutant(
        "a reply given up before it is beaten",
        "commitment_programs",
        "if right[n] <= known:",
        "if right[n] <= known + 0.05:",
        (COMMITMENT,),
    ),
    Mutant(
        "any reply to a single defence expected, best or not",
        "commitment_programs",
        "if reward[j, i] >= most and worth[j, i] > value:",
        "if worth[j, i] > value:",
        (COMMITMENT,),
    ),
    Mutant(
        "a reply that pays less at the start taken to pay more",
        "commitment_programs",
        "right[k] = -here",
        "right[k] = here",
        (COMMITMENT,),
    ),
    Mutant(
        "what the attacker gains by leaving counted against the defender",
        "commitment_programs",
        "line[i] += price * (reward[other, i] - reward[reply, i])",
        "line[i] -= price * (reward[other, i] - reward[reply, i])",
        (COMMITMENT,),
    ),
)


def main(names: list[str]) -> int:
    """Tries the mutants named, or all; 1 if any survives."""
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names or mutant.kernel in names]
    known = {mutant.name for mutant in MUTANTS} | {mutant.kernel for mutant in MUTANTS}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(
            f"No mutant and no kernel is called {unknown[0]!r}; known: {', '.join(sorted(known))}."
        )
    for mutant in chosen:
        mutated(mutant, ROOT)  # one that no longer fits is told before any work
    survivors = []
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        sound, place = Path(folder) / "sound", Path(folder) / "mutant"
        copy_of(ROOT, sound)
        check_sound(sound, chosen)
        for mutant in chosen:
            started = monotonic()
            noticed = tried(mutant, sound, place)
            survivors += [] if noticed else [mutant]
            outcome = f"killed    {noticed}" if noticed else "SURVIVED"
            print(
                f"{outcome}\n          {mutant.kernel}: {mutant.name} ({monotonic() - started:.0f} s)",
                flush=True,
            )
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants killed.")
    return 1 if survivors else 0


def mutated(mutant: Mutant, place: Path) -> str:
    """The mutant's source."""
    text = (place / KERNELS / f"{mutant.kernel}.py").read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise SystemExit(
            f"{mutant.kernel}: {mutant.name}: {mutant.old!r} stands in {mutant.kernel}.py "
            f"{text.count(mutant.old)} times; a mutant needs a text that stands there once."
        )
    return text.replace(mutant.old, mutant.new)


def copy_of(source: Path, target: Path) -> None:
    """Copies what the tests need."""
    left_out = shutil.ignore_patterns(".pytest_cache", ".hypothesis")
    for name in COPIED:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=left_out)
        else:
            shutil.copy2(source / name, target / name)


def check_sound(place: Path, chosen: list[Mutant]) -> None:
    """Runs the tests on what is not mutated, which also compiles it once."""
    imports = [sys.executable, "-c", "import advgame; print(advgame.__file__)"]
    process = subprocess.run(
        imports, cwd=place, env=surroundings(place), capture_output=True, text=True, check=True
    )
    if not Path(process.stdout.strip()).is_relative_to(place.resolve()):
        raise SystemExit(f"advgame is imported from {process.stdout.strip()}, not from the copy in {place}.")
    files = sorted({test for mutant in chosen for test in mutant.tests})
    code, output = tested(place, files, "")
    if code != PASSED:
        raise SystemExit(f"Without any mutant the tests fail:\n{output[-3000:]}")


def tried(mutant: Mutant, sound: Path, place: Path) -> str:
    """By what the tests notice a mutant; empty where they do not."""
    copy_of(sound, place)
    try:
        (place / KERNELS / f"{mutant.kernel}.py").write_text(mutated(mutant, sound), encoding="utf-8")
        code, output = tested(place, mutant.tests, mutant.chosen)
    except subprocess.TimeoutExpired:
        return "by never ending"
    finally:
        shutil.rmtree(place)
    if code == PASSED:
        return ""
    if code < 0:
        return f"by a crash, signal {-code}"
    if code != FAILED or "numba.core.errors" in output:
        raise SystemExit(f"{mutant.kernel}: {mutant.name}: it cannot be tried.\n{output[-3000:]}")
    failed = re.search(r"^(?:FAILED|ERROR) \S+::(.+?)(?: - .*)?$", output, re.MULTILINE)
    return f"by {failed[1]}" if failed else "by a test"


def tested(place: Path, tests: Iterable[str], chosen: str) -> tuple[int, str]:
    """What pytest returns and prints."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    command += ["-k", chosen] if chosen else []
    done = subprocess.run(
        command,
        cwd=place,
        env=surroundings(place),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return done.returncode, done.stdout + done.stderr


def surroundings(place: Path) -> dict[str, str]:
    """The environment in which the copy is imported, and its compiled kernels stay beside it."""
    kept = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    return {**kept, "PYTHONPATH": str(place / "src")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
