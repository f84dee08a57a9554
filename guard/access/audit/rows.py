"""
What a row is: one line of JSON that ends in the hash which ties it to all rows before it.

``hash(n) = sha256(hash(n-1) + sha256(body(n)))``, where the body is the line's bytes up to the hash.  Only the digest
of a body is needed to follow the chain, so a proof about some rows need not show the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import to_json

Scalar = str | int | float | bool | None
Fact = Scalar | Sequence["Fact"] | Mapping[str, "Fact"]
"""What a row may hold: ids, places, numbers, keyed hashes; never a text."""

MAX_ROW: Final = 131_072
"""Longest line, in bytes."""
START: Final = b"\0" * 32
"""Stands for the hash before the first row."""

_JOINT: Final = b',"hash":"'
_END: Final = b'"}'
_TAIL: Final = len(_JOINT) + 64 + len(_END)


class RowTooLong(ValueError):
    """A row would be longer than :data:`MAX_ROW`; write less into it."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One row as it was read.

    Attributes:
        body: The bytes that are hashed.
        hash: What the row says its hash is, 32 bytes.
        fields: ``chain``, ``n``, ``at``, ``kind`` and, where there are any, ``who``, ``request`` and ``facts``.
    """

    body: bytes
    hash: bytes
    fields: Mapping[str, Any]

    @property
    def n(self) -> int:
        """Number of the row in its chain, counted from 1."""
        return int(self.fields["n"])


def body_of(fields: Mapping[str, Fact]) -> bytes:
    """Return the bytes of a row that are hashed."""
    return to_json(fields)


def link(before: bytes, digest: bytes) -> bytes:
    """Return the hash of the row whose body has *digest*, after the row whose hash is *before*."""
    return hashlib.sha256(before + digest).digest()


def digest_of(body: bytes) -> bytes:
    """Return the digest of a body."""
    return hashlib.sha256(body).digest()


def line_of(body: bytes, hashed: bytes) -> bytes:
    """Return the whole line, its end included."""
    return b"".join((body[:-1], _JOINT, hashed.hex().encode(), _END, b"\n"))


def parsed(line: bytes) -> Row | None:
    """Return the row that *line* (without its end) is, or None where it is none."""
    if not line.endswith(_END) or line[-_TAIL : -_TAIL + len(_JOINT)] != _JOINT:
        return None
    body = line[:-_TAIL] + b"}"
    try:
        hashed = bytes.fromhex(line[-_TAIL + len(_JOINT) : -len(_END)].decode("ascii"))
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    good = (
        isinstance(fields, dict)
        and type(fields.get("n")) is int
        and all(isinstance(fields.get(name), str) for name in ("chain", "kind"))
        and isinstance(fields.get("at"), int | float)
    )
    return Row(body, hashed, fields) if good else None
