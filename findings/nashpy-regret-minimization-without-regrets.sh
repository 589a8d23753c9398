#!/usr/bin/env bash
# nashpy's regret_minimization ends at a profile that is no equilibrium in a 2 x 2 game, and fails on a 3 x 2 game.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q --no-compile --disable-pip-version-check \
    nashpy==0.0.43 numpy==2.4.6 scipy==1.17.1

"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import nashpy
import numpy as np

print("nashpy", nashpy.__version__)
np.random.seed(0)

# By hand: the only equilibrium is x = (1/3, 2/3), y = (1/2, 1/2). Averages of regret matching approach it.
game = nashpy.Game(np.array([[3, 0], [2, 1]]), np.array([[0, 2], [1, 0]]))
assert [tuple(map(tuple, np.round(pair, 4))) for pair in game.support_enumeration()] == [
    ((0.3333, 0.6667), (0.5, 0.5))
]
result = game.regret_minimization(iterations=1000)
if not isinstance(result, tuple):
    result = list(result)[-1]
x, y = (np.asarray(strategy, float) for strategy in result)
gain = float((np.array([[3, 0], [2, 1]]) @ y).max() - x @ np.array([[3, 0], [2, 1]]) @ y) + float(
    (x @ np.array([[0, 2], [1, 0]])).max() - x @ np.array([[0, 2], [1, 0]]) @ y
)
print("2 x 2:", x.tolist(), y.tolist(), "gain from deviating", round(gain, 3))
assert gain > 0.5, "the behaviour has changed"

wide = nashpy.Game(np.array([[3.0, 0.0], [2.0, 1.0], [0.0, 2.0]]), np.array([[0.0, 2.0], [1.0, 0.0], [1.0, 1.0]]))
try:
    outcome = wide.regret_minimization(iterations=10)
    list(outcome)
except ValueError as error:
    print("3 x 2: ValueError:", error)
else:
    raise SystemExit("the behaviour has changed")
PYTHON
