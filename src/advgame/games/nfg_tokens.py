"""Tokenizes a Gambit file (texts, numbers, braces), exactly and within size limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from advgame.errors import GameError

TEXT = r'"(?:[^"\\]|\\.)*"'
WORD = re.compile(rf"\s*({TEXT}|[{{}},]|[^\s{{}}\",]+)", re.DOTALL)
DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
QUOTIENT = re.compile(r"[+-]?[0-9]+/[0-9]+")

MOST_BYTES = 2**26  # of a file
MOST_DIGITS = 1000  # of a number as it is written
MOST_EXPONENT = 400  # power of ten; float64 ends at 308
SHOWN = 40  # characters of a word in a message


@dataclass
class Tokens:
    """The remaining tokens of a file.

    >>> tokens = Tokens('{ "a b" 3/2 }', "game.nfg")
    >>> tokens.take(), tokens.take(), tokens.peek(), tokens.left()
    ('{', '"a b"', '3/2', 2)
    """

    text: str
    file_name: str
    place: int = 0
    numbers: dict[str, Fraction] = field(default_factory=dict)  # payoffs repeat

    def peek(self) -> str:
        """The next token; "" at the end of the file."""
        return self._match()[0]

    def take(self) -> str:
        """Consumes and returns the next token."""
        word, self.place = self._match()
        return word

    def left(self) -> int:
        """The number of remaining tokens."""
        return sum(1 for _ in WORD.finditer(self.text, self.place))

    def expect(self, word: str, what: str) -> None:
        """Consumes a token that must be next.

        Raises:
            GameError: when another token is next.
        """
        if self.peek() != word:
            raise self.problem(f"{self.shown()} where {what} was expected")
        self.take()

    def number(self, what: str) -> Fraction:
        """Consumes a number and returns it exactly.

        Raises:
            GameError: for a token that is not a number, or a number beyond the limits.
        """
        word, end = self._match()
        number = self.numbers.get(word)
        if number is None:
            try:
                number = self.numbers[word] = exact_number(word)
            except ValueError as mistake:
                raise self.problem(f"{self.shown()} where {what} was expected: {mistake}") from None
        self.place = end
        return number

    def shown(self) -> str:
        """The next token as shown in error messages."""
        word = self.peek()
        cut = word if len(word) <= SHOWN else f"{word[:SHOWN]}…"
        return f"there is {cut}" if word else "the file ends"

    def problem(self, message: str) -> GameError:
        """An error with the file and the current line."""
        line = self.text.count("\n", 0, self._start()) + 1
        return GameError(f"{self.file_name}, line {line}: {message}.")

    def refusal(self, message: str) -> GameError:
        """An error that concerns the whole file."""
        return GameError(f"{self.file_name}: {message}.")

    def _start(self) -> int:
        rest = re.compile(r"\s*").match(self.text, self.place)
        return rest.end() if rest else self.place

    def _match(self) -> tuple[str, int]:
        match = WORD.match(self.text, self.place)
        if match:
            return match[1], match.end()
        if self._start() < len(self.text):
            raise self.problem("a quotation mark is never closed; the file looks truncated")
        return "", len(self.text)


def exact_number(word: str) -> Fraction:
    """The exact value of a decimal, a fraction or a number with an exponent.

    >>> exact_number("-1.50e-2"), exact_number("2/6"), exact_number(".5")
    (Fraction(-3, 200), Fraction(1, 3), Fraction(1, 2))

    Raises:
        ValueError: for an invalid number; the message gives the reason.
    """
    if len(word) > MOST_DIGITS:
        raise ValueError(f"it has {len(word):,} characters, at most {MOST_DIGITS:,} are read")
    decimal = DECIMAL.fullmatch(word)
    if decimal is None and QUOTIENT.fullmatch(word) is None:
        raise ValueError("numbers are written as 3, -0.25, 1e-3 or 2/3")
    if decimal is not None and decimal[1] and abs(int(decimal[1])) > MOST_EXPONENT:
        raise ValueError(f"its exponent is beyond ±{MOST_EXPONENT}, more than a float64 can hold")
    try:
        return Fraction(word)
    except ZeroDivisionError:
        raise ValueError("its denominator is 0") from None


def text_of(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises:
        GameError: for a file that does not exist, is too large, or has another encoding.
    """
    if not path.is_file():
        raise GameError(f"There is no file {path}; name a strategic game of Gambit (.nfg).")
    if path.stat().st_size > MOST_BYTES:
        raise GameError(f"{path.name} is larger than {MOST_BYTES // 2**20} MiB, the most that is read.")
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise GameError(f"{path.name} is UTF-16 text; save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as mistake:
        line = content.count(b"\n", 0, mistake.start) + 1
        raise GameError(
            f"{path.name}, line {line}: the byte 0x{content[mistake.start]:02x} is not UTF-8 text; a title "
            "or a name seems to be in another encoding (Latin-1, Windows-1252). Save the file as UTF-8."
        ) from None


def quoted(text: str) -> str:
    """The text in quotation marks, with quotation marks and backslashes escaped."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(word: str) -> str:
    """The text of a quoted token; only quotation marks and backslashes are unescaped.

    >>> unquoted(quoted('a "b" \\\\ c')) == 'a "b" \\\\ c', unquoted("plain")
    (True, 'plain')
    """
    return re.sub(r'\\(["\\])', r"\1", word[1:-1]) if word.startswith('"') else word
