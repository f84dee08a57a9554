"""
SQLite: one file, one writer at a time, which is what SQLite allows anyway.

Each process keeps one connection and lets its threads take turns; between processes ``BEGIN IMMEDIATE`` decides.  The
connection is closed before a fork: a child that inherits one would believe it holds file locks that only its parent
holds, and the last connection to close elsewhere would then remove the log under its feet.
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from guard.access.ledger.schema import migrate
from guard.access.ledger.store import Work, Writer
from guard.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

BUSY_SECONDS: Final = 5.0
"""How long a transaction waits for its turn before the ledger counts as unavailable."""
APPLICATION_ID: Final = 0x45474C31
"""Written into the header of our files, so that another program's database is not taken for a ledger."""

_MEANINGS: Final = {
    sqlite3.SQLITE_BUSY: "it is locked by another process",
    sqlite3.SQLITE_LOCKED: "it is locked by another process",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it cannot be written; check the rights of the file and its directory",
    sqlite3.SQLITE_PERM: "it cannot be written; check the rights of the file and its directory",
    sqlite3.SQLITE_IOERR: "reading or writing it failed; check the disk",
    sqlite3.SQLITE_CORRUPT: "it is damaged; restore it from a copy",
    sqlite3.SQLITE_NOTADB: "it is not a ledger database",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check the path and its rights",
}


_WRITER: Final = Writer(SQLiteDialect_pysqlite(paramstyle="qmark"))
_Result = TypeVar("_Result")


def _code(error: BaseException) -> int:
    """Return SQLite's primary error code, or 0 where it gave none."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return int(getattr(original, "sqlite_errorcode", 0)) & 0xFF


def _patiently(step: Callable[[], _Result]) -> _Result:
    """
    Repeat *step* while the file is locked.

    SQLite's own waiting sleeps for up to a tenth of a second at a time, many times what a transaction takes, and does
    not cover the switch to the write-ahead log.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    pause = 0.0005
    while True:
        try:
            return step()
        except (DBAPIError, sqlite3.Error) as error:
            if _code(error) not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or time.monotonic() > deadline:
                raise
        # Not all at the same moment: those who wait came together.
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
        pause = min(2 * pause, 0.005)


def _meaning(error: BaseException) -> str:
    """Say in words what *error* means; never the driver's message, which may quote a statement."""
    return _MEANINGS.get(_code(error)) or f"the database failed ({type(error).__name__})"


class SqliteStore:
    """A ledger file.  See :class:`guard.access.ledger.store.Store`."""

    def __init__(self, path: str, *, durability: str, tables: Callable[[Connection], None] = migrate) -> None:
        self._path = Path(path).absolute()
        self._durability = durability
        self._tables = tables
        self._synced = False  # whether transactions of the open connection wait for the disk
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        self._create_file()
        status = self._path.stat()
        self._identity = (status.st_dev, status.st_ino)
        # No fork in between: what is open now would not be closed before it.
        with _FORK_TURN, self._explained():
            _patiently(self._migrate)
            _OPEN.add(self)

    def _create_file(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Not for others to read: it says who has seen what.  SQLite gives its side files the same rights.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
            raise LedgerUnavailable(
                f"the ledger cannot be written at {str(self._path)!r} ({reason}): change ledger.url or the rights there"
            ) from error

    def _migrate(self) -> None:
        engine = create_engine("sqlite+pysqlite://", creator=self._connect, poolclass=NullPool, hide_parameters=True)

        @event.listens_for(engine, "begin")
        def take_the_write_lock(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        with engine.begin() as connection:
            self._tables(connection)

    def _connect(self) -> sqlite3.Connection:
        # mode=rw: a file that has gone missing must not come back empty, with every budget whole again.
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=rw",
            uri=True,
            timeout=0,  # see _patiently
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        if owner != APPLICATION_ID:
            if tables or owner:
                raise LedgerUnavailable(
                    f"{str(self._path)!r} is another program's database: give the ledger a file of its own"
                )
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise LedgerUnavailable(
                f"the file system of {str(self._path)!r} has no shared memory, which the ledger needs: use a local disk"
            )
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -16384")
        connection.execute("PRAGMA journal_size_limit = 67108864")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise LedgerUnavailable(f"the ledger at {str(self._path)!r} is unavailable: {_meaning(error)}") from error

    def _ready(self) -> sqlite3.Connection:
        if self._closed:
            raise LedgerUnavailable("the ledger was closed")
        try:
            status = os.stat(self._path)  # noqa: PTH116 - on every transaction; Path.stat takes three times as long
        except OSError as error:
            raise LedgerUnavailable(f"the ledger file {str(self._path)!r} has gone: restore it and restart") from error
        if (status.st_dev, status.st_ino) != self._identity:
            raise LedgerUnavailable(f"the ledger file {str(self._path)!r} was replaced while in use: restart")
        if self._connection is None:
            self._connection = _patiently(self._connect)
            self._synced = False
        return self._connection

    @contextmanager
    def transaction(self, *, durable: bool = True, write: bool = True) -> Iterator[Work]:
        """Open a transaction that no other writer can overlap, or one that reads what stands there when it begins."""
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise LedgerUnavailable("the ledger is busy: too many requests wait for their turn")
        try:
            with self._explained():
                connection = self._ready()
                cursor = connection.cursor()
                try:
                    if self._durability == "power" and durable != self._synced:
                        # NORMAL appends to the log without waiting for the disk; the next FULL one waits for all of it.
                        cursor.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                        self._synced = durable
                    # A plain BEGIN would read first and find out too late that somebody else wrote in between.
                    begin = "BEGIN IMMEDIATE" if write else "BEGIN"
                    _patiently(lambda: cursor.execute(begin))
                    yield Work(cursor, _WRITER)
                    cursor.execute("COMMIT")
                except BaseException as error:
                    self._undo(error)
                    raise
        finally:
            self._turn.release()

    def lock(self, work: Work, keys: Sequence[bytes]) -> None:
        """Do nothing: the transaction holds the whole file."""

    def _undo(self, error: BaseException) -> None:
        """Roll back; by closing the connection where the database itself failed."""
        try:
            if self._connection is not None and not isinstance(error, sqlite3.Error):
                self._connection.execute("ROLLBACK")
                return
        except sqlite3.Error:
            pass
        self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._closed = True
            self._disconnect()
        with _FORK_TURN:
            _OPEN.discard(self)

    def before_fork(self) -> None:
        """Wait for the running transaction, then leave nothing open for the child to inherit."""
        self._turn.acquire()
        self._disconnect()

    def after_fork(self) -> None:
        """Go on; each side connects anew when it next needs to."""
        self._turn.release()


_FORK_TURN: Final = threading.Lock()
_OPEN: Final[weakref.WeakSet[SqliteStore]] = weakref.WeakSet()
_FORKING: Final[list[SqliteStore]] = []


def _before_fork() -> None:
    _FORK_TURN.acquire()
    _FORKING.extend(_OPEN)
    for store in _FORKING:
        store.before_fork()


def _after_fork() -> None:
    for store in _FORKING:
        store.after_fork()
    _FORKING.clear()
    _FORK_TURN.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
