"""Reads and writes values of Thrift's compact protocol, in which Parquet stores its footer.

A struct is a dictionary from the number of a field to its type and value, so that fields that are not known
here are kept as they are. Source: the Thrift compact protocol encoding, in the Apache Thrift specification.
"""

from __future__ import annotations

from typing import Any, NamedTuple

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
WHOLE = (I16, I32, I64)
LONG_LIST = 15  # in place of a length that does not fit into the header of a list

Struct = dict[int, tuple[int, Any]]


class Items(NamedTuple):
    """A list or set of values of one type."""

    kind: int
    values: list[Any]


class Reader:
    """Reads values from bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def struct(self) -> Struct:
        """The next struct."""
        fields: Struct = {}
        number = 0
        while (header := self._byte()) != 0:
            kind, step = header & 15, header >> 4
            number = number + step if step else self._zigzag()
            fields[number] = kind, (kind == TRUE if kind in (TRUE, FALSE) else self._value(kind))
        return fields

    def _value(self, kind: int) -> Any:
        if kind in WHOLE:
            return self._zigzag()
        if kind == STRUCT:
            return self.struct()
        if kind == BINARY:
            return self._take(self._varint())
        if kind in (LIST, SET):
            return self._items()
        if kind == DOUBLE:
            return self._take(8)
        if kind in (BYTE, TRUE, FALSE):  # inside a list, a boolean is a byte
            return self._byte()
        raise ValueError(f"type {kind} does not occur in a Parquet footer")

    def _items(self) -> Items:
        header = self._byte()
        count = self._varint() if header >> 4 == LONG_LIST else header >> 4
        return Items(header & 15, [self._value(header & 15) for _ in range(count)])

    def _zigzag(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)

    def _varint(self) -> int:
        number = shift = 0
        while True:
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7

    def _byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1]

    def _take(self, count: int) -> bytes:
        self.place += count
        if self.place > len(self.data):
            raise IndexError("the bytes end within a value")
        return self.data[self.place - count : self.place]


def struct_bytes(fields: Struct) -> bytes:
    """The bytes of a struct.

    >>> footer = {1: (I32, 2), 3: (I64, -5), 40: (LIST, Items(BINARY, [b"a", b"b"]))}
    >>> Reader(struct_bytes(footer)).struct() == footer
    True
    """
    written, before = bytearray(), 0
    for number in sorted(fields):
        kind, value = fields[number]
        if kind in (TRUE, FALSE):
            kind = TRUE if value else FALSE
        step = number - before
        written += bytes([step << 4 | kind]) if 0 < step <= 15 else bytes([kind]) + _zigzag(number)
        if kind not in (TRUE, FALSE):
            written += _value_bytes(kind, value)
        before = number
    return bytes(written + b"\0")


def _value_bytes(kind: int, value: Any) -> bytes:
    if kind in WHOLE:
        return _zigzag(value)
    if kind == STRUCT:
        return struct_bytes(value)
    if kind == BINARY:
        return _varint(len(value)) + bytes(value)
    if kind in (LIST, SET):
        count = len(value.values)
        short = count < LONG_LIST
        header = bytes([(count if short else LONG_LIST) << 4 | value.kind]) + (
            b"" if short else _varint(count)
        )
        return header + b"".join(_value_bytes(value.kind, each) for each in value.values)
    return bytes(value) if kind == DOUBLE else bytes([value])


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes(written + bytes([number]))
