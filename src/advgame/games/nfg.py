"""Games as Gambit's strategic-form files (.nfg, payoff version, two players).

Format: https://gambitproject.readthedocs.io/en/latest/formats.nfg.html
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import numpy as np

from advgame.errors import GameError
from advgame.games.game import Game

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}]|[^\s{}"]+')


def write_nfg(game: Game, title: str = "adversary against defender") -> str:
    """The game as the text of an ``.nfg`` file, payoffs as exact fractions.

    >>> print(write_nfg(Game([[1, 0]], [[0, 2]]), "tiny"))
    NFG 1 R "tiny" { "defender" "adversary" }
    { { "d1" } { "a1" "a2" } }
    ""
    1 0 0 2
    <BLANKLINE>
    """
    to_defender, to_attacker = game.exact_payoffs
    numbers = [
        text
        for column in range(game.shape[1])  # the first player's strategy runs fastest
        for row in range(game.shape[0])
        for text in (str(to_defender[row][column]), str(to_attacker[row][column]))
    ]
    strategies = " ".join(
        "{ " + " ".join(map(_quoted, names)) + " }" for names in (game.defences, game.attacks)
    )
    head = f'NFG 1 R {_quoted(title)} {{ "defender" "adversary" }}'
    return f'{head}\n{{ {strategies} }}\n""\n{" ".join(numbers)}\n'


def read_nfg(path: str | Path) -> Game:
    """The two-player game in an ``.nfg`` file, payoffs exact.

    Raises:
        GameError: when the file is no two-player payoff ``.nfg``.
    """
    text = Path(path).read_text(encoding="utf-8")
    tokens = TOKEN.findall(text)
    try:
        return _game_of(tokens)
    except (IndexError, ValueError, ZeroDivisionError):
        raise GameError(
            f"{Path(path).name} is no two-player payoff .nfg file (NFG 1 R …, strategy names, then one "
            "payoff for each player and cell)."
        ) from None


def _game_of(tokens: list[str]) -> Game:
    if tokens[:2] != ["NFG", "1"] or tokens[4] != "{" or tokens[7] != "}":
        raise ValueError
    place = 8
    if tokens[place] != "{":
        raise ValueError
    if tokens[place + 1] == "{":
        defences, place = _block(tokens, place + 1)
        attacks, place = _block(tokens, place)
        place += 1  # the outer brace
    else:
        counts, place = _block(tokens, place)
        defences, attacks = (
            [f"{letter}{k + 1}" for k in range(int(n))] for letter, n in zip("da", counts, strict=True)
        )
    if tokens[place].startswith('"'):
        place += 1  # a comment
    payoffs = [Fraction(token) for token in tokens[place:]]
    shape = len(defences), len(attacks)
    if len(payoffs) != 2 * shape[0] * shape[1]:
        raise ValueError
    cells = np.array(payoffs, dtype=object).reshape(shape[1], shape[0], 2)
    return Game(cells[:, :, 0].T, cells[:, :, 1].T, defences, attacks)


def _block(tokens: list[str], start: int) -> tuple[list[str], int]:
    end = tokens.index("}", start)
    return [_unquoted(token) for token in tokens[start + 1 : end]], end + 1


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token.startswith('"') else token
