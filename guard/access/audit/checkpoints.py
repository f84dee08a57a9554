"""
Checkpoints: signed statements of where every chain stood, each tied to the one before.

A chain whose end was cut off is shorter than a checkpoint says.  A copy of the last checkpoint kept elsewhere reveals
that checkpoints were cut off as well.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic_core import to_json

from guard.access.audit.chain import Head

if TYPE_CHECKING:
    from guard.access.audit.keys import PublicKey, SigningKey

FILE: Final = "checkpoints.log"
FIRST: Final = "0" * 64
MAX_LINE: Final = 1_000_000
"""Longest checkpoint, in bytes: some ten thousand chains."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    One checkpoint as it was read.

    Attributes:
        n: Its number, counted from 1.
        at: Seconds since the epoch.
        before: Hash of the line before, as hexadecimal digits.
        chains: Heads of the chains that had grown.
        key: Id of the key that signed it.
        line: The whole line, without its end.
        signed: The part of it that is signed.
        signature: 64 bytes.
    """

    n: int
    at: float
    before: str
    chains: Mapping[str, Head]
    key: str
    line: bytes
    signed: bytes
    signature: bytes

    @property
    def hash(self) -> str:
        """Hash of the line, which the next one repeats."""
        return hashlib.sha256(self.line).hexdigest()

    def by(self, keys: Mapping[str, PublicKey]) -> bool:
        """Say whether one of *keys*, by id, signed it."""
        key = keys.get(self.key)
        return key is not None and key.verifies(self.signature, self.signed)


_JOINT: Final = b',"signature":"'
_END: Final = b'"}'


def parsed(line: bytes) -> Checkpoint | None:
    """Return the checkpoint that *line* (without its end) is, or None where it is none."""
    signed, joint, rest = line.rpartition(_JOINT)
    if not joint or not rest.endswith(_END):
        return None
    signed += b"}"
    try:
        signature = base64.b64decode(rest.removesuffix(_END), validate=True)
        fields = json.loads(signed)
        chains = {
            str(name): Head(int(rows), bytes.fromhex(hashed)) for name, (rows, hashed) in fields["chains"].items()
        }
        return Checkpoint(
            n=int(fields["n"]),
            at=float(fields["at"]),
            before=str(fields["before"]),
            chains=chains,
            key=str(fields["key"]),
            line=line,
            signed=signed,
            signature=signature,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def last(path: Path) -> Checkpoint | None:
    """Return the last whole checkpoint in *path*, or None where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        return _last(handle)[0]
    finally:
        os.close(handle)


def _last(handle: int) -> tuple[Checkpoint | None, bool]:
    """Return the last whole checkpoint of an open log, and whether a line without an end follows it."""
    size = os.fstat(handle).st_size
    start = max(0, size - 2 * MAX_LINE)
    lines = os.pread(handle, size - start, start).split(b"\n")
    torn = lines.pop() != b""
    for line in reversed(lines):
        found = parsed(line)
        if found is not None:
            return found, torn
    return None, torn


def write(folder: Path, heads: Mapping[str, Head], key: SigningKey, *, at: float) -> Checkpoint:
    """
    Append a checkpoint that states *heads*, and return it once the disk has it.

    Raises:
        OSError: It cannot be written.
    """
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        # One at a time: each names the one before.
        fcntl.flock(handle, fcntl.LOCK_EX)
        before, torn = _last(handle)
        body = to_json(
            {
                "n": 1 if before is None else before.n + 1,
                "at": round(at, 6),
                "before": FIRST if before is None else before.hash,
                "key": key.public.id,
                "chains": {name: [head.rows, head.hash.hex()] for name, head in sorted(heads.items())},
            }
        )
        line = b"".join((body[:-1], _JOINT, base64.b64encode(key.sign(body)), _END))
        if len(line) > MAX_LINE:
            raise OSError(27, "too many chains for one checkpoint")
        raw = (b"\n" if torn else b"") + line + b"\n"
        if os.write(handle, raw) < len(raw):
            raise OSError(28, "the disk is full")
        os.fsync(handle)
    finally:
        os.close(handle)
    made = parsed(line)
    assert made is not None, "what was just written can be read"
    return made
