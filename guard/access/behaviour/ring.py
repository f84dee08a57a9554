"""The last few of something, in as few bytes as its numbers need."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row", bound=NamedTuple)


class Ring(Generic[Row]):
    """
    The last *most* rows, the oldest first, as packed numbers: 32 objects of six numbers would take eight times as much.

    Args:
        kind: A named tuple of numbers.
        layout: Its fields in the codes of :mod:`struct`.
        most: How many rows are kept.
    """

    __slots__ = ("_kind", "_most", "_raw", "_struct")

    def __init__(self, kind: type[Row], layout: struct.Struct, most: int, raw: bytes = b"") -> None:
        if len(raw) % layout.size or len(raw) > most * layout.size:
            raise ValueError("these are no rows of that kind")
        self._kind = kind
        self._struct = layout
        self._most = most
        self._raw = bytearray(raw)

    def __len__(self) -> int:
        return len(self._raw) // self._struct.size

    def __bool__(self) -> bool:
        return bool(self._raw)

    def __iter__(self) -> Iterator[Row]:
        kind = self._kind
        return (kind(*row) for row in self._struct.iter_unpack(bytes(self._raw)))

    @property
    def last(self) -> Row:
        """The newest row; there must be one."""
        return self._kind(*self._struct.unpack_from(self._raw, len(self._raw) - self._struct.size))

    def append(self, row: Row) -> None:
        """Add a row; the oldest makes room."""
        self._raw += self._struct.pack(*row)
        if len(self._raw) > self._most * self._struct.size:
            del self._raw[: self._struct.size]

    def replace(self, rows: list[Row]) -> None:
        """Keep *rows*, of which the last stay."""
        self._raw = bytearray(b"".join(self._struct.pack(*row) for row in rows[-self._most :]))

    def clear(self) -> None:
        """Keep nothing."""
        self._raw.clear()

    def text(self) -> str:
        """Return all rows as text."""
        return base64.b64encode(bytes(self._raw)).decode()
