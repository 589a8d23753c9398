"""Gambit's files are read in both versions, exactly, and written so that Gambit and OpenSpiel read them."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pygambit
import pyspiel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advgame.errors import GameError
from advgame.games import Game, read_nfg, write_nfg
from advgame.games.nfg import unique_names
from tests.equilibria.games import games

FILES = Path(__file__).parent / "nfg"
HEAD = 'NFG 1 R "title" { "a" "b" } '
NAMED = HEAD + '{ { "x" "y" } { "u" "v" } } '


def read_text(folder: Path, text: str | bytes) -> Game:
    path = folder / "game.nfg"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_nfg(path)


# reading


@pytest.mark.parametrize("name", ["outcomes", "payoffs", "counts"])
def test_both_versions_with_and_without_names_give_one_game(name: str) -> None:
    game = read_nfg(FILES / f"{name}.nfg")
    robbed = Fraction(-3, 2)
    assert game.exact_payoffs[0] == ((1, robbed, 0), (robbed, 1, 0))
    assert game.exact_payoffs[1] == ((-2, Fraction(5, 2), 0), (Fraction(5, 2), -2, 0))
    if name != "counts":
        assert (game.defences, game.attacks) == (("front", "back"), ("front", "back", "stay"))
    else:
        assert (game.defences, game.attacks) == (("d1", "d2"), ("a1", "a2", "a3"))


@given(games())
@settings(deadline=None)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, game: Game) -> None:
    folder = tmp_path_factory.mktemp("nfg")
    again = read_text(folder, write_nfg(game, 'a "quoted" \\ title'))
    assert again.exact_payoffs == game.exact_payoffs
    assert (again.defences, again.attacks) == (game.defences, game.attacks)
    floats = read_text(folder, write_nfg(game, 'a "quoted" \\ title', names=False))
    np.testing.assert_array_equal(floats.defender_payoffs, game.defender_payoffs)
    np.testing.assert_array_equal(floats.attacker_payoffs, game.attacker_payoffs)


@given(st.lists(st.text(), min_size=1, max_size=4, unique=True))
@settings(deadline=None)
def test_every_name_is_read_back(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    row = [[0] * len(names)]
    game = Game(row, row, attacks=[f"{name}\\" for name in names])
    text = write_nfg(game).encode(errors="surrogatepass")
    assert read_text(tmp_path_factory.mktemp("nfg"), text).attacks == game.attacks


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0.1", Fraction(1, 10)),
        ("-1.50e-2", Fraction(-3, 200)),
        (".5", Fraction(1, 2)),
        ("+3.", Fraction(3)),
        ("2/6", Fraction(1, 3)),
        ("1E2", Fraction(100)),
        ("12345678901234567890/7", Fraction(12345678901234567890, 7)),
    ],
)
def test_a_number_is_read_exactly(tmp_path: Path, word: str, number: Fraction) -> None:
    game = read_text(tmp_path, f"{HEAD} {{ 1 1 }} {word} 0")
    assert game.exact_payoffs[0][0][0] == number


@pytest.mark.parametrize(
    ("given_names", "unique"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a"], ["a_1", "a_2"]),
        (["", "b"], ["_1", "b"]),
        (["", ""], ["_1", "_2"]),
        (["u", "u", "u_1"], ["u_2", "u_3", "u_1"]),
    ],
)
def test_empty_and_repeated_names_get_the_next_free_number(given_names: list[str], unique: list[str]) -> None:
    assert unique_names(given_names) == unique


@given(st.lists(st.sampled_from(["", "a", "b", "_1", "a_1", "a_2"]), max_size=8))
def test_names_that_stand_once_stay_and_all_become_different(names: list[str]) -> None:
    unique = unique_names(names)
    assert len(set(unique)) == len(names)
    assert "" not in unique
    assert all(new == old for new, old in zip(unique, names, strict=True) if old and names.count(old) == 1)


def test_empty_and_repeated_names_comments_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    game = read_text(
        tmp_path,
        '\ufeffNFG 1 R "" { "" "" }\r\n{ { "x" "x" } { "" } }\r\n"two\nlines { 7 }"\r\n{ { "" 1 2 } } 1 0',
    )
    assert (game.defences, game.attacks) == (("x_1", "x_2"), ("_1",))
    assert game.defender_payoffs.tolist() == [[1], [0]]


# refusing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file ends where a strategic game of Gambit"),
        ("EFG 2 R", "extensive form; write its strategic form"),
        ("#AGG", "action-graph game"),
        ('<?xml version="1.0"?>', "Gambit workbench"),
        ("dataset,network", "there is dataset"),
        ('NFG 2 R "t" { "a" "b" }', "there is 2 where"),
        ('NFG 1 X "t" { "a" "b" }', "there is X where"),
        ('NFG 1 R { "a" "b" }', "the title was expected"),
        ('NFG 1 R "title { a', "never closed"),
        (
            'NFG 1 R "t" { "a" "b" "c" } { 2 2 2 } ' + 24 * "0 ",
            "game of 3 players ('a', 'b', 'c'); expected two",
        ),
        ('NFG 1 R "t" { "a" } { 2 } 1 2', "game of 1 players"),
        ('NFG 1 R "t" { "a" "b"', "ends inside a list of names"),
        (HEAD, "the file ends where the strategies"),
        (HEAD + "{ 2 }", "strategies of 1 players"),
        (HEAD + "{ 2 2 2 }", "strategies of 3 players"),
        (HEAD + "{ 0 2 }", "at least one"),
        (HEAD + "{ -1 -2 } 1 2 3 4", "at least one"),
        (HEAD + "{ 1.5 2 }", "a whole number"),
        (HEAD + '{ { } { "u" } }', "at least one"),
        (NAMED + "1 2 3 4 5 6 7", "7 payoffs follow, but 2 × 2 strategies need 8"),
        (NAMED + "1 2 3 4 5 6 7 8 9", "9 payoffs follow"),
        (NAMED + "1 2 3 4 5 6 7 eight", "there is eight where a payoff was expected"),
        (NAMED + "1 2 3 4 5 6 7 1/0", "denominator is 0"),
        (NAMED + "1 2 3 4 5 6 7 nan", "numbers are written as"),
        (NAMED + "1 2 3 4 5 6 7 1_0", "numbers are written as"),
        (NAMED + "1 2 3 4 5 6 7 \u0663", "numbers are written as"),
        (NAMED + "1,5 2 3 4", "write 1.5, not 1,5"),
        (NAMED + '{ { "" 1 2 } { "" 3 } } 1 2 1 2', "outcome 2 has 1 payoffs"),
        (NAMED + '{ { "" 1 2 3 } } 1 1 1 1', "outcome 1 has 3 payoffs"),
        (NAMED + '{ { "" 1 2 } } 1 1 1', "3 numbers of outcomes follow, but 2 × 2 strategies need 4"),
        (NAMED + '{ { "" 1 2 } } 1 1 1 2', "a cell has outcome 2, but 1 outcomes are listed"),
        (NAMED + '{ { "" 1 2 } } 1 1 1 -1', "a cell has outcome -1"),
        (NAMED + '{ { "" 1 2 } 7', "there is 7 where an outcome"),
        (NAMED + '{ { "" 1 2', "the file ends where a payoff of outcome 1"),
        (HEAD + "{ 1 1 } 1e300 -1e308", None),
        (HEAD + "{ 1 1 } 1e309 0", "too large"),
        (
            'NFG 1 R "Gesch\xe4ft" { "a" "b" }'.encode("latin-1"),
            "line 1: the byte 0xe4 is not UTF-8 text; a title or a name seems to be in another encoding",
        ),
        ('NFG 1 R "t" { "a" "b" }'.encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x00\x00\xff", "not UTF-8"),
    ],
)
def test_a_file_that_is_not_a_two_player_game_is_refused_with_the_cause(
    tmp_path: Path, text: str | bytes, said: str | None
) -> None:
    if said is None:
        assert read_text(tmp_path, text).shape == (1, 1)
        return
    with pytest.raises(GameError) as mistake:
        read_text(tmp_path, text)
    assert said in str(mistake.value)
    assert "game.nfg" in str(mistake.value)
    assert len(str(mistake.value)) < 300


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "{ 1 1 } 1e99999999 0", "exponent is beyond"),
        (HEAD + "{ 1 1 } 1e-99999999 0", "exponent is beyond"),
        (HEAD + "{ 1 1 } " + "9" * 100_000 + " 0", "100,000 characters"),
        (HEAD + "{ 1 1 } 1e" + "9" * 100_000 + " 0", "characters"),
        (HEAD + "{ 100000000 100000000 } 1 2", "at most 4,000,000 cells"),
        (HEAD + "{ " + "9" * 100_000 + " 1 } 1 2", "characters"),
        (HEAD + "{ 1e99999999 1 } 1 2", "exponent is beyond"),
        (HEAD + "{ 2000 2000 } 1 2", "2 payoffs follow"),
    ],
)
def test_sizes_are_bounded_before_anything_is_made_of_them(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GameError) as mistake:
        read_text(tmp_path, text)
    assert said in str(mistake.value)
    assert len(str(mistake.value)) < 300


def test_a_file_that_is_not_there_or_a_folder_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.nfg", tmp_path):
        with pytest.raises(GameError, match="no file"):
            read_nfg(path)


# other programs


def cells_of_gambit(game: Any) -> list[tuple[Fraction, Fraction]]:
    first, second = game.players
    return [
        (Fraction(payoffs[first]), Fraction(payoffs[second]))
        for row in game.get_strategies(first)
        for column in game.get_strategies(second)
        for payoffs in [game.get_payoffs({first: row, second: column})]
    ]


def cells_of(game: Game) -> list[tuple[Fraction, Fraction]]:
    to_defender, to_attacker = game.exact_payoffs
    rows = zip(to_defender, to_attacker, strict=True)
    return [cell for row in rows for cell in zip(*row, strict=True)]


@given(games())
@settings(deadline=None, max_examples=40)
def test_gambit_reads_what_we_write_and_we_read_what_gambit_writes(
    tmp_path_factory: pytest.TempPathFactory, game: Game
) -> None:
    theirs = pygambit.read_nfg(io.BytesIO(write_nfg(game, 'a "quoted" title').encode()))
    assert cells_of_gambit(theirs) == cells_of(game)
    written = theirs.to_nfg()
    assert "{\n{ " in written  # a list of outcomes
    again = read_text(tmp_path_factory.mktemp("nfg"), written)
    assert again.exact_payoffs == game.exact_payoffs
    assert (again.defences, again.attacks) == (game.defences, game.attacks)


@pytest.mark.parametrize("name", ["outcomes", "payoffs", "counts"])
def test_gambit_reads_the_files_of_the_tests_as_we_do(name: str) -> None:
    assert cells_of_gambit(pygambit.read_nfg(FILES / f"{name}.nfg")) == cells_of(
        read_nfg(FILES / f"{name}.nfg")
    )


def test_names_are_made_different_as_gambit_does(tmp_path: Path) -> None:
    text = HEAD + '{ { "" "" "u" "u" "u_1" } { "x" "" } } ' + 20 * "0 "
    theirs = pygambit.read_nfg(io.BytesIO(text.encode()))
    ours = read_text(tmp_path, text)
    assert [tuple(theirs.get_strategies(player)) for player in theirs.players] == [
        ours.defences,
        ours.attacks,
    ]


@given(games())
@settings(deadline=None, max_examples=40)
def test_openspiel_reads_what_is_written_without_names(game: Game) -> None:
    theirs = pyspiel.load_nfg_game(write_nfg(game, 'a "quoted" \\ title', names=False))
    np.testing.assert_array_equal(theirs.row_utilities(), game.defender_payoffs)
    np.testing.assert_array_equal(theirs.col_utilities(), game.attacker_payoffs)


def test_without_names_nothing_is_written_that_openspiel_reads_wrongly() -> None:
    """It reads no comment, no escaped mark, and an overlong fraction as the payoff before it."""
    third, awkward = Fraction(1, 3), Fraction(0.1)
    text = write_nfg(Game([[third, awkward, 10**30]], [[0, Fraction(1, 2**31), 5]]), '"a" \\', names=False)
    assert text == (
        f'NFG 1 R "\'a\' /" {{ "defender" "attacker" }} {{ 1 3 }}\n\n1/3 0 0.1 {1 / 2**31!r} {10**30} 5\n'
    )
