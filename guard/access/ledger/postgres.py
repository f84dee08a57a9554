"""
PostgreSQL: many processes on many machines, one ledger.

Transactions of one family wait for one another on an advisory lock, taken in sorted order, which the database gives
back when the transaction ends, however it ends.  Unlike row locks it needs no row to be there first.
"""

from __future__ import annotations

import os
import weakref
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ARRAY, BigInteger, bindparam, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from guard.access.ledger.schema import migrate
from guard.access.ledger.store import Work, Writer
from guard.errors import ConfigError, LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import URL, Connection, Pool

try:
    psycopg: Any = import_module("psycopg")  # an extra; nothing of it is needed to read or check this file
except ImportError as error:
    raise ConfigError(
        "ledger.url names PostgreSQL, and its driver is not installed: pip install 'echoguard[postgres]'"
    ) from error

BUSY_SECONDS: Final = 5
"""How long a transaction waits for a connection and for each lock before the ledger counts as unavailable."""
CONNECTIONS: Final = 8
"""Connections of one process."""

_WRITER: Final = Writer(make_url("postgresql+psycopg://").get_dialect()())
_KEYS: Final = func.unnest(bindparam("keys", type_=ARRAY(BigInteger))).column_valued("key")
_LOCK: Final = select(func.pg_advisory_xact_lock(_KEYS))
_MIGRATION_KEY: Final = 0x45474C31

_UNREACHABLE: Final = "it cannot be reached; check that the server runs, and address, database and user in ledger.url"
_MEANINGS: Final = {
    "08": _UNREACHABLE,
    "3F": "it has no schema to use; check search_path and the user's rights",
    "42501": "the user lacks rights; let it create and use tables",
    "25006": "it is read-only",
    "25P03": "the transaction took too long",
    "53100": "the disk is full",
    "53300": "it has no connection left",
    "55P03": "other requests hold its locks",
    "57014": "it took too long",
    "57P": "it is shutting down or starting",
    "58": "reading or writing its files failed",
    "XX": "it is damaged; restore it from a copy",
}


def _meaning(error: BaseException) -> str:
    """Say in words what *error* means; never the driver's message, which may quote a statement or an address."""
    original = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(original, "sqlstate", None) or ""
    for prefix, meaning in _MEANINGS.items():
        if state.startswith(prefix):
            return meaning
    if isinstance(original, psycopg.OperationalError) and not state:
        return _UNREACHABLE
    return f"the database failed ({type(original).__name__})"


class _Work(Work):
    """PostgreSQL keeps no NUL in a text; names are only shown, keys tell accounts apart."""

    def _arranged(self, known: Mapping[str, Any], order: Sequence[str] | None, values: Mapping[str, object]) -> Any:
        if any(isinstance(value, str) and "\0" in value for value in values.values()):
            values = {
                name: value.replace("\0", "\N{SYMBOL FOR NULL}") if isinstance(value, str) else value
                for name, value in values.items()
            }
        return super()._arranged(known, order, values)


class PostgresStore:
    """A PostgreSQL database.  See :class:`guard.access.ledger.store.Store`."""

    def __init__(self, url: URL, *, tables: Callable[[Connection], None] = migrate) -> None:
        self._name = f"{url.host or 'the local server'}/{url.database or ''}"
        self._closed = False
        self._engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=BUSY_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": BUSY_SECONDS},
        )
        event.listen(self._engine, "connect", _prepare)
        try:
            with self._explained(), self._engine.begin() as connection:
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_KEY)))
                tables(connection)
        except BaseException:
            self._engine.dispose()
            raise
        _OPEN.add(self)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, psycopg.Error) as error:
            raise LedgerUnavailable(f"the ledger at {self._name} is unavailable: {_meaning(error)}") from error

    @contextmanager
    def transaction(self, *, durable: bool = True, write: bool = True) -> Iterator[Work]:
        """Open a transaction; what it reads is protected by :meth:`lock` only."""
        if self._closed:
            raise LedgerUnavailable("the ledger was closed")
        with self._explained():
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                if write and not durable:
                    cursor.execute("SET LOCAL synchronous_commit = off")
                yield _Work(cursor, _WRITER)
                connection.commit()
            except psycopg.Error:
                connection.invalidate()  # which rolls back, and leaves nothing half-broken in the pool
                raise
            except BaseException:
                connection.rollback()
                raise
            finally:
                connection.close()

    def lock(self, work: Work, keys: Sequence[bytes]) -> None:
        """Wait for *keys*, in an order that is everybody's."""
        numbers = sorted({int.from_bytes(key[:8], "big", signed=True) for key in keys})
        if numbers:
            work.rows(_LOCK, keys=numbers)

    def close(self) -> None:
        """Close the connections."""
        self._closed = True
        self._engine.dispose()
        _OPEN.discard(self)

    def after_fork(self) -> None:
        """Leave the connections to the parent, whose they are, and start with none."""
        _INHERITED.append(self._engine.pool)
        self._engine.dispose(close=False)


def _prepare(connection: Any, record: object) -> None:  # noqa: ARG001 - the event's signature
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false),"
            " set_config('idle_in_transaction_session_timeout', %s, false),"
            " set_config('default_transaction_isolation', 'read committed', false),"
            " set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
            " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)",
            (f"{BUSY_SECONDS}s", f"{2 * BUSY_SECONDS}s", f"{6 * BUSY_SECONDS}s"),
        )
    connection.commit()


_OPEN: Final[weakref.WeakSet[PostgresStore]] = weakref.WeakSet()
_INHERITED: Final[list[Pool]] = []
"""Kept in a child so that nothing in it says goodbye on its parent's connections."""


def _after_fork() -> None:
    for store in list(_OPEN):
        store.after_fork()


os.register_at_fork(after_in_child=_after_fork)
