"""A URL picks the database; its driver is imported here and only then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Literal

from guard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from guard.access.ledger.base import Ledger, Reset
    from guard.access.ledger.store import Store

Durability = Literal["process", "power"]
DURABILITIES: Final = ("process", "power")


def open_ledger(
    url: str,
    *,
    durability: Durability = "process",
    clock: Callable[[], float] = time.time,
    on_reset: Callable[[Reset], None] | None = None,
) -> Ledger:
    """
    Open the ledger at *url*, creating it where there is none.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` (missing directories are created), or
            ``postgresql://user:password@host/database``.
        durability: What a committed charge survives: ``"process"`` the death of any process, ``"power"`` also the plug.
            With PostgreSQL it survives what that server's own settings promise, in both cases at least a crash of it.
        clock: Seconds since the epoch.
        on_reset: Told of every reset before it counts; if it raises, nothing is reset.

    Raises:
        ConfigError: The URL or the durability is wrong.
        LedgerUnavailable: The database cannot be opened, is none, or was written by a newer program.
    """
    from guard.access.ledger.schema import migrate
    from guard.access.ledger.sql import SqlLedger

    return SqlLedger(open_store(url, durability=durability, tables=migrate), clock=clock, on_reset=on_reset)


def open_store(url: str, *, durability: Durability, tables: Callable[[Connection], None]) -> Store:
    """
    Open the database at *url*.

    Args:
        url: As of :func:`open_ledger`.
        durability: Likewise.
        tables: Makes the tables that are wanted, or brings them up to date, inside a transaction.

    Raises:
        ConfigError: The URL or the durability is wrong.
        LedgerUnavailable: The database cannot be opened, is none, or was written by a newer program.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    if durability not in DURABILITIES:
        raise ConfigError(f"ledger.durability is one of {', '.join(DURABILITIES)}")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Not chained: the URL may hold a password.
        raise ConfigError("ledger.url is no URL; write for example sqlite:///state/ledger.db") from None

    if parsed.drivername == "sqlite":
        from guard.access.ledger.sqlite import SqliteStore

        if parsed.host or parsed.query or not parsed.database or parsed.database == ":memory:":
            raise ConfigError("ledger.url for SQLite names a file and nothing else: sqlite:///state/ledger.db")
        return SqliteStore(parsed.database, durability=durability, tables=tables)
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        from guard.access.ledger.postgres import PostgresStore

        return PostgresStore(parsed, tables=tables)
    raise ConfigError(f"ledger.url has the scheme {parsed.drivername!r}; use sqlite:///... or postgresql://...")
