"""
One chain of rows: one file, one process that writes it.

Whoever writes holds the file's lock, so a process takes up the chain of one that has ended, and there are as many files
as processes ran at once.  A file is only ever appended to.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from guard.access.audit.rows import MAX_ROW, START, Fact, RowTooLong, body_of, digest_of, line_of, link, parsed

SUFFIX: Final = ".chain"
MAX_FILE: Final = 64_000_000
"""Bytes after which a chain is ended and another begun."""


class Head(NamedTuple):
    """Where a chain stands: its number of rows, and the hash of the last."""

    rows: int
    hash: bytes


class Tail(NamedTuple):
    """The end of a file: the head of its chain, bytes of lines that are none, and whether the last line has its end."""

    head: Head
    torn: int
    ended: bool


def tail_of(handle: int, size: int) -> Tail | None:
    """Return the end of an open chain of *size* bytes, or None where no row stands near it."""
    start = max(0, size - 2 * MAX_ROW)
    lines = os.pread(handle, size - start, start).split(b"\n")
    ended = not lines[-1]
    torn = 0
    for line in reversed(lines):
        row = parsed(line)
        if row is not None:
            return Tail(Head(row.n, row.hash), torn, ended)
        torn += len(line)
    return Tail(Head(0, START), torn, ended) if start == 0 else None


class Chain:
    """
    An open chain.  Not thread-safe.

    Raises:
        OSError: The folder or a file cannot be written.
    """

    def __init__(self, folder: Path, *, synced: bool, clock: Callable[[], float], facts: Mapping[str, Fact]) -> None:
        self._synced = synced
        self._clock = clock
        handle = _free(folder)
        if handle is None:
            self.id = secrets.token_hex(8)
            self.path = folder / f"{self.id}{SUFFIX}"
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._handle = os.open(self.path, flags, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            tail, self.size = Tail(Head(0, START), 0, ended=True), 0
        else:
            self._handle, self.path, tail = handle
            self.id = self.path.stem
            self.size = os.fstat(self._handle).st_size
        self.head = tail.head
        try:
            # What a crash left of a line stays, and the first row says so: nothing is ever taken away.
            self.append(
                "chain.opened",
                {"facts": {**facts, "pid": os.getpid(), "torn": tail.torn}},
                first=b"" if tail.ended else b"\n",
            )
        except BaseException:
            self.close()
            raise

    def append(self, kind: str, fields: Mapping[str, Fact], *, first: bytes = b"") -> Head:
        """
        Write one row and return the new head; return only when it is as durable as was asked for.

        Args:
            kind: What happened.
            fields: What else the row says.
            first: Written before it, in one go.

        Raises:
            OSError: It could not be written; nothing of it stands in the file, or a line without an end.
            RowTooLong: It is.
        """
        n = self.head.rows + 1
        body = body_of({"chain": self.id, "n": n, "at": round(self._clock(), 6), "kind": kind, **fields})
        hashed = link(self.head.hash, digest_of(body))
        line = line_of(body, hashed)
        if len(line) > MAX_ROW:
            raise RowTooLong(f"a row has at most {MAX_ROW} bytes, and this one {len(line)}")
        self._write(first + line)
        self.head = Head(n, hashed)
        return self.head

    def _write(self, line: bytes) -> None:
        try:
            written = os.write(self._handle, line)
            if written < len(line):
                raise OSError(28, "the disk is full")
            if self._synced:
                os.fdatasync(self._handle)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._handle, self.size)
            raise
        self.size += len(line)

    @property
    def lost(self) -> bool:
        """Whether the file is not where it was any more: rows would go nowhere."""
        try:
            there = self.path.stat()
        except OSError:
            return True
        here = os.fstat(self._handle)
        return (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino) or here.st_size < self.size

    def close(self) -> None:
        """Let another process take the chain up."""
        os.close(self._handle)


def _free(folder: Path) -> tuple[int, Path, Tail] | None:
    """Return a chain that nobody writes, locked for us, and its end; None where there is none worth going on with."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue  # not ours to write; verification will look at it
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = os.fstat(handle).st_size
            tail = tail_of(handle, size) if size < MAX_FILE else None
        except OSError:
            tail = None
        if tail is not None:
            return handle, path, tail
        os.close(handle)
    return None
