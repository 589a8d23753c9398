"""Games with exact known equilibria, from a folder the reader names in ADVGAME_CORPUS.

They are not the project's to hand on. Without them the same is asked of games made here, against every pair
of vertices in exact arithmetic (`brute_force.py`).
"""

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from advgame.equilibria import Nash, solve
from advgame.games import Game

FOLDER = os.environ.get("ADVGAME_CORPUS")


# Its games come from the test suites and catalogues of other projects, which this one does not hand on.
@pytest.mark.skipif(
    not FOLDER, reason="not part of the project: name the folder of games.json in ADVGAME_CORPUS"
)
def test_every_game_of_the_corpus_is_solved_completely_and_nothing_is_invented() -> None:
    corpus = json.loads((Path(str(FOLDER)) / "games.json").read_text())["games"]
    wrong = []
    for entry in corpus:
        matrices = ([[Fraction(value) for value in row] for row in entry[key]] for key in "AB")
        solution = solve(Game(*matrices), Nash(exact=True))
        truth = {(tuple(map(Fraction, x)), tuple(map(Fraction, y))) for x, y in entry["extreme_equilibria"]}
        if not solution.complete or {profile.exact_mixes for profile in solution.profiles} != truth:
            wrong.append(entry["name"])
    assert not wrong
