"""Files damaged by chance: bytes changed, words exchanged, pieces cut out, doubled or put elsewhere."""

from __future__ import annotations

import random
import re

AWKWARD = (
    *(b"", b"0", b"-1", b"0.5", b"1/0", b"1_0", b"nan", b"1e999", b"1e99999999", b"9" * 400, b"9" * 5000),
    *(b"true", b"null", b"[0.5]", b'[1, "a"]', b"{ a = 1 }", b"[[", b'"', b"'", b"{", b"}", b",", b"|", b"="),
    *(b"18446744073709551616", "\u0663".encode(), b"\n", b"\x00", b"\xff", b"\xe2\x80\xae"),
)
WORD = re.compile(rb'"[^"\n]*"|[A-Za-z0-9_.\-/]+')


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content with a few such changes; the same state of chance gives the same."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = chance.choice((_byte, _cut, _put_in, _exchange_word, _double, _drop_line))(content, chance)
    return content


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((1, 2, 5, 40)))


def _byte(content: bytes, chance: random.Random) -> bytes:
    start, _ = _span(content, chance)
    return content[:start] + bytes([chance.randrange(256)]) + content[start + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + content[end:]


def _put_in(content: bytes, chance: random.Random) -> bytes:
    start, _ = _span(content, chance)
    return content[:start] + chance.choice(AWKWARD) + content[start:]


def _exchange_word(content: bytes, chance: random.Random) -> bytes:
    words = list(WORD.finditer(content))
    if not words:
        return content
    word = chance.choice(words)
    return (
        content[: word.start()] + chance.choice((*AWKWARD, chance.choice(words)[0])) + content[word.end() :]
    )


def _double(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:end] + content[start:end] + content[end:]


def _drop_line(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    lines.pop(chance.randrange(len(lines)))
    return b"\n".join(lines)
