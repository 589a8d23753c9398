"""Gambit's strategic-form files (.nfg): reads both versions, writes the payoff version.

Formats: https://gambitproject.readthedocs.io/en/latest/formats.nfg.html (payoffs in cells) and
https://gambitproject.readthedocs.io/en/latest/formats.nfg.html#outcome-version (numbered outcomes).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from advgame.errors import GameError
from advgame.games.game import Game
from advgame.games.nfg_tokens import SHOWN, Tokens, quoted, text_of, unquoted

PLAYERS = 2
MOST_CELLS = 4_000_000  # of a game in a file: 2,000 × 2,000
SMALL = 2**31  # limit of numerators and denominators in OpenSpiel
OTHER_FORMATS = {
    "EFG": "a game in extensive form; write its strategic form as .nfg with Gambit first",
    "#AGG": "an action-graph game; write its strategic form as .nfg with Gambit first",
    "#BAGG": "a Bayesian action-graph game; write its strategic form as .nfg with Gambit first",
    "<?xml": "a Gambit workbench; save its game as .nfg with Gambit first",
}


def write_nfg(game: Game, title: str = "attacker against defender", *, names: bool = True) -> str:
    """The game as the text of an ``.nfg`` file.

    >>> print(write_nfg(Game([[1, 0.5]], [[0, 2]]), "tiny"))
    NFG 1 R "tiny" { "defender" "attacker" }
    { { "d1" } { "a1" "a2" } }
    ""
    1 0 1/2 2
    <BLANKLINE>
    >>> print(write_nfg(Game([[1, 0.5]], [[0, 2]]), "tiny", names=False))
    NFG 1 R "tiny" { "defender" "attacker" } { 1 2 }
    <BLANKLINE>
    1 0 1/2 2
    <BLANKLINE>

    Args:
        game: the game; payoffs are written as exact fractions.
        title: any text.
        names: True to write the strategies' names, for Gambit. False writes their counts, no comment and
            no quotation marks in the title, for programs such as OpenSpiel that cannot read them; a
            fraction whose terms need more than 31 bits is then written as the nearest float64.
    """
    text = str if names else _short
    to_defender, to_attacker = game.exact_payoffs
    numbers = " ".join(
        text(payoff)
        for column in range(game.shape[1])  # the first player's strategy varies fastest
        for row in range(game.shape[0])
        for payoff in (to_defender[row][column], to_attacker[row][column])
    )
    players = '{ "defender" "attacker" }'
    if not names:
        plain = quoted(title.replace('"', "'").replace("\\", "/"))
        return f"NFG 1 R {plain} {players} {{ {game.shape[0]} {game.shape[1]} }}\n\n{numbers}\n"
    strategies = " ".join(
        "{ " + " ".join(map(quoted, names_of_player)) + " }"
        for names_of_player in (game.defences, game.attacks)
    )
    return f'NFG 1 R {quoted(title)} {players}\n{{ {strategies} }}\n""\n{numbers}\n'


def _short(payoff: Fraction) -> str:
    fits = abs(payoff.numerator) < SMALL and payoff.denominator < SMALL
    return str(payoff) if fits or payoff.denominator == 1 else repr(float(payoff))


def read_nfg(path: str | Path) -> Game:
    """The two-player game in an ``.nfg`` file, with exact payoffs.

    Both the payoff version and the outcome version (outcome 0 pays nothing) can be read, with strategies
    given by name or by count. The first player is the defender, the second the attacker. Empty and
    duplicate names get a suffix ``_1``, ``_2``, …, skipping those in use, as in Gambit 17.

    Args:
        path: a UTF-8 file of at most 64 MiB and four million cells.

    Returns:
        The game; decimals and fractions are kept as Fractions.

    Raises:
        GameError: for an invalid file; the message gives the line, what is there and what was expected.
    """
    path = Path(path)
    tokens = Tokens(text_of(path), path.name)
    _skip_head(tokens)
    strategies = _strategies(tokens)
    shape = strategies[0][0], strategies[1][0]
    if shape[0] * shape[1] > MOST_CELLS:
        raise tokens.refusal(f"{shape[0]} × {shape[1]} strategies; at most {MOST_CELLS:,} cells are read")
    if tokens.peek().startswith('"'):
        tokens.take()  # a comment
    payoffs = (_cells_of_outcomes if tokens.peek() == "{" else _cells_of_payoffs)(tokens, shape)
    cells = np.array(payoffs, dtype=object).reshape(shape[1], shape[0], PLAYERS)
    try:
        return Game(cells[:, :, 0].T, cells[:, :, 1].T, strategies[0][1], strategies[1][1])
    except GameError as mistake:
        raise GameError(f"{path.name}: {mistake}") from None


def _skip_head(tokens: Tokens) -> None:
    """Reads ``NFG 1 R "title" { "player" "player" }``."""
    kind = tokens.peek()
    if kind in OTHER_FORMATS:
        raise tokens.problem(f"this is {OTHER_FORMATS[kind]}")
    expected = 'a strategic game of Gambit, NFG 1 R "title" …,'
    tokens.expect("NFG", expected)
    tokens.expect("1", expected)
    if tokens.peek() not in ("R", "D"):
        raise tokens.problem(f"{tokens.shown()} where {expected} was expected")
    tokens.take()
    if not tokens.peek().startswith('"'):
        raise tokens.problem(f"{tokens.shown()} where the title was expected, between quotation marks")
    tokens.take()
    tokens.expect("{", "the list of players, { … },")
    players = _names(tokens)
    if len(players) != PLAYERS:
        some = ", ".join(repr(name[:SHOWN]) for name in players[:6])
        raise tokens.refusal(
            f"this is a game of {len(players)} players ({some}); expected two, the defender and the attacker"
        )


Strategies = tuple[int, Sequence[str] | None]  # number and names


def _strategies(tokens: Tokens) -> list[Strategies]:
    tokens.expect("{", "the strategies, { { names } { names } } or { number number },")
    players: list[Strategies] = []
    while tokens.peek() != "}":
        if tokens.peek() == "{":
            tokens.take()
            names = _names(tokens)
            players.append((len(names), unique_names(names)))
        else:
            players.append((_whole(tokens, "a number of strategies"), None))
    tokens.take()
    if len(players) != PLAYERS:
        raise tokens.refusal(f"strategies of {len(players)} players are listed; expected {PLAYERS}")
    if any(count < 1 for count, _ in players):
        raise tokens.refusal("a player has no strategy; each needs at least one")
    return players


def _names(tokens: Tokens) -> list[str]:
    """Reads names up to the closing brace."""
    names = []
    while tokens.peek() not in ("}", "{", ","):
        if not tokens.peek():
            raise tokens.problem("the file ends inside a list of names")
        names.append(unquoted(tokens.take()))
    tokens.expect("}", "a name or the end of the list, },")
    return names


def unique_names(names: Sequence[str]) -> list[str]:
    """The names; empty and duplicate ones get the next free suffix ``_1``, ``_2``, ….

    >>> unique_names(["x", "", "x", "x_1"])
    ['x_2', '_1', 'x_3', 'x_1']
    """
    used, counts = set(names), Counter(names)
    suffixes: Counter[str] = Counter()
    unique = []
    for name in names:
        new = name
        while (not name or counts[name] > 1) and new in used:
            suffixes[name] += 1
            new = f"{name}_{suffixes[name]}"
        used.add(new)
        unique.append(new)
    return unique


def _cells_of_payoffs(tokens: Tokens, shape: tuple[int, int]) -> list[Fraction]:
    if "," in tokens.text[tokens.place :]:
        raise tokens.refusal(
            "there is a comma among the payoffs; separate them by spaces and write 1.5, not 1,5"
        )
    expected = PLAYERS * shape[0] * shape[1]
    _check_count(tokens, "payoffs", expected, shape)
    return [tokens.number("a payoff") for _ in range(expected)]


def _cells_of_outcomes(tokens: Tokens, shape: tuple[int, int]) -> list[tuple[Fraction, Fraction]]:
    tokens.take()
    outcomes = [(Fraction(0), Fraction(0))]
    while tokens.peek() != "}":
        tokens.expect("{", "an outcome, { name payoff, payoff },")
        outcomes.append(_outcome(tokens, len(outcomes)))
    tokens.take()
    _check_count(tokens, "numbers of outcomes", shape[0] * shape[1], shape)
    cells = []
    for _ in range(shape[0] * shape[1]):
        if not 0 <= (number := _whole(tokens, "the number of an outcome")) < len(outcomes):
            raise tokens.problem(f"a cell has outcome {number}, but {len(outcomes) - 1} outcomes are listed")
        cells.append(outcomes[number])
    return cells


def _outcome(tokens: Tokens, number: int) -> tuple[Fraction, Fraction]:
    """Reads an outcome after its opening brace: its name, then a payoff per player."""
    if tokens.peek().startswith('"'):
        tokens.take()
    payoffs = []
    while tokens.peek() != "}":
        payoffs.append(tokens.number(f"a payoff of outcome {number}"))
        if tokens.peek() == ",":
            tokens.take()
    tokens.take()
    if len(payoffs) != PLAYERS:
        raise tokens.refusal(f"outcome {number} has {len(payoffs)} payoffs; expected one for each player")
    return payoffs[0], payoffs[1]


def _check_count(tokens: Tokens, what: str, expected: int, shape: tuple[int, int]) -> None:
    given = tokens.left()
    if given != expected:
        raise tokens.refusal(
            f"{given:,} {what} follow, but {shape[0]} × {shape[1]} strategies need {expected:,}; "
            "the file looks truncated or has another number of strategies"
        )


def _whole(tokens: Tokens, what: str) -> int:
    shown, number = tokens.shown(), tokens.number(what)
    if number.denominator != 1:
        raise tokens.problem(f"{shown} where {what} was expected, a whole number")
    return number.numerator
