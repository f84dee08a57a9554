"""The audit that a process writes: rows at once, checkpoints now and then, and what happens when neither can be."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from guard.access.audit import checkpoints
from guard.access.audit.chain import MAX_FILE, SUFFIX, Chain, Head, tail_of
from guard.errors import AuditUnavailable

if TYPE_CHECKING:
    from guard.access.audit.checkpoints import Checkpoint
    from guard.access.audit.keys import SigningKey
    from guard.access.audit.rows import Fact
    from guard.principal import Principal

RETRY_SECONDS: Final = 1.0
"""How often an audit that cannot be written tries again."""
LONGEST_ID: Final = 200
"""Characters of an id that a row holds; of a longer one it holds the keyed hash."""
AT_ONCE: Final = ("containment.", "incident.", "ledger.", "configuration.", "evidence.")
"""Kinds of rows that are followed by a checkpoint at once: few, and each matters."""

_LOG = logging.getLogger(__name__)


class Audit:
    """
    Appends rows to this process's chain in *folder*.  Thread-safe, and safe on both sides of a fork.

    Args:
        folder: Shared by all processes of one machine; made if it is not there.
        key: Signs checkpoints and hashes what must not be written.
        synced: Whether every row waits for the disk.
        seconds: Longest time that a row waits for a checkpoint.
        rows: Most rows that wait for one.
        ship_to: A second file to which every checkpoint is appended, best on another machine.
        clock: Seconds since the epoch.

    What it promises:

    * A row that :meth:`append` acknowledged survives the death of the process, and of the machine where *synced*.
    * A row is never changed or taken away, and verification finds it if one is.
    * What could not be written is counted, and the next row that can be says how much was lost.
    """

    def __init__(
        self,
        folder: Path,
        key: SigningKey,
        *,
        synced: bool = False,
        seconds: float = 60.0,
        rows: int = 1000,
        ship_to: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self.key = key
        self._synced = synced
        self._seconds = seconds
        self._most_rows = rows
        self._ship_to = ship_to
        self._clock = clock
        self._turn = threading.RLock()
        self._stating = threading.Lock()
        self._chain: Chain | None = None
        self._waiting = 0
        self._timer: threading.Timer | None = None
        self._stated: dict[str, int] = {}
        self._lost = 0
        self._broken_until: float | None = None
        self._closed = False
        _OPEN.add(self)

    def append(
        self,
        kind: str,
        principal: Principal | None = None,
        facts: Mapping[str, Fact] | None = None,
        *,
        request_id: str | None = None,
    ) -> None:
        """
        Write one row.

        Args:
            kind: Dotted name of what happened.
            principal: Whose doing it was; None for the program's own.
            facts: Ids, places, numbers and keyed hashes (:meth:`keyed`); never a text.
            request_id: The question it belongs to.

        Raises:
            AuditUnavailable: It could not be written.
            RowTooLong: It is longer than a row may be.
        """
        fields: dict[str, Fact] = {}
        if principal is not None:
            fields["who"] = {"tenant": principal.tenant, "user": principal.user}
        if request_id is not None:
            fields["request"] = request_id
        if facts:
            fields["facts"] = facts
        with self._turn:
            try:
                self._write(kind, fields)
            except AuditUnavailable:
                self._lost += 1
                raise
        self._checkpoint_if_due(kind)

    def keyed(self, value: str) -> str:
        """Return a keyed hash of *value*, for what must be recognised later and not be read."""
        return self.key.keyed(value)

    def named(self, value: str) -> str:
        """Return *value* if it is short enough for an id, else its keyed hash."""
        return value if len(value) <= LONGEST_ID else f"hash:{self.keyed(value)}"

    @property
    def well(self) -> bool:
        """Whether rows can be written, as far as is known; an audit that failed tries again every second."""
        if self._broken_until is None:
            return True
        if time.monotonic() >= self._broken_until:
            with suppress(AuditUnavailable), self._turn:
                self._write("audit.resumed", {})
        return self._broken_until is None

    def _write(self, kind: str, fields: Mapping[str, Fact]) -> None:
        if self._closed:
            raise AuditUnavailable("the audit was closed")
        try:
            chain = self._chain
            if chain is None or chain.size > MAX_FILE:
                chain = self._open()
            if self._lost:
                chain.append("audit.gap", {"facts": {"lost": self._lost}})
                self._lost = 0
            chain.append(kind, fields)
        except OSError as error:
            self._give_up()
            self._broken_until = time.monotonic() + RETRY_SECONDS
            raise AuditUnavailable(f"the audit cannot be written ({error.strerror or 'no reason given'})") from error
        self._broken_until = None
        self._waiting += 1

    def _open(self) -> Chain:
        self._give_up()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        seen = checkpoints.last(self.folder / checkpoints.FILE)
        # So that a chain also tells how far the checkpoints had come.
        facts: dict[str, Fact] = {} if seen is None else {"checkpoint": seen.n, "hash": seen.hash}
        self._chain = Chain(self.folder, synced=self._synced, clock=self._clock, facts=facts)
        self._waiting += 1
        return self._chain

    def _give_up(self) -> None:
        chain, self._chain = self._chain, None
        if chain is not None:
            with suppress(OSError):
                chain.close()

    def _checkpoint_if_due(self, kind: str) -> None:
        if self._waiting >= self._most_rows or kind.startswith(AT_ONCE):
            self._try_checkpoint()
        elif self._timer is None:
            with self._turn:
                if self._timer is None and not self._closed:
                    self._timer = threading.Timer(self._seconds, self._try_checkpoint)
                    self._timer.daemon = True
                    self._timer.start()

    def _try_checkpoint(self) -> None:
        try:
            self.checkpoint()
        except AuditUnavailable as error:
            # The rows stand; the next checkpoint states them.
            _LOG.error("%s", error)

    def checkpoint(self) -> Checkpoint | None:
        """
        State where all chains stand now; None where none has grown since this process last did.

        Raises:
            AuditUnavailable: It cannot be written.
        """
        with self._turn:
            timer, self._timer = self._timer, None
            if timer is not None:
                timer.cancel()
            self._waiting = 0
            if self._chain is not None and self._chain.lost:
                _LOG.error("the audit's file of this process has gone or was cut; another one is begun")
                self._give_up()
        # Rows go on while the disk takes the checkpoint.
        with self._stating:
            try:
                heads, sizes = self._heads()
                if not heads:
                    return None
                made = checkpoints.write(self.folder, heads, self.key, at=self._clock())
                self._stated.update(sizes)
                self._ship(made)
            except OSError as error:
                raise AuditUnavailable(f"no checkpoint can be written ({error.strerror})") from error
        return made

    def _heads(self) -> tuple[dict[str, Head], dict[str, int]]:
        """Return the heads of all chains that have grown, our own among them, and how long they are."""
        heads: dict[str, Head] = {}
        sizes: dict[str, int] = {}
        for path in self.folder.glob(f"*{SUFFIX}"):
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                size = os.fstat(handle).st_size
                if size == self._stated.get(path.stem):
                    continue
                tail = tail_of(handle, size)
            finally:
                os.close(handle)
            if tail is not None and tail.head.rows:
                heads[path.stem] = tail.head
                sizes[path.stem] = size
        return heads, sizes

    def _ship(self, made: Checkpoint) -> None:
        if self._ship_to is None:
            return
        try:
            # Not blocking: nobody may be reading at the other end of a pipe.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
            handle = os.open(self._ship_to, flags, 0o600)
            try:
                os.write(handle, made.line + b"\n")
            finally:
                os.close(handle)
        except OSError as error:
            _LOG.error("a checkpoint of the audit could not be shipped (%s)", error.strerror)

    def close(self) -> None:
        """Write a last checkpoint and let another process take the chain up."""
        with self._turn:
            if self._closed:
                return
            written = self._chain is not None
        if written:
            self._try_checkpoint()
        with self._turn:
            if self._timer is not None:
                self._timer.cancel()
            self._closed = True
            self._give_up()
        _OPEN.discard(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def after_fork(self) -> None:
        """Leave the chain to the parent, whose it is, and begin one of our own."""
        self._turn = threading.RLock()
        self._stating = threading.Lock()
        self._timer = None
        self._waiting = 0
        self._give_up()


_OPEN: Final[weakref.WeakSet[Audit]] = weakref.WeakSet()


def _after_fork() -> None:
    for audit in list(_OPEN):
        audit.after_fork()


os.register_at_fork(after_in_child=_after_fork)
