"""
Where statistics survive a restart: one small row per user, written in batches behind the work.

Beside the ledger: with SQLite a file of its own, so that no charge waits for a statistic, else a table in the same
database.  What a crash loses is what was learnt since the last batch.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from guard.errors import GuardUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

_LOG = logging.getLogger(__name__)

BATCH: Final = 200
"""Rows read or written in one statement."""
KEPT_SECONDS: Final = 90 * 86_400.0
"""A user who was not seen for that long is forgotten."""
TRIES: Final = 5
"""Times that the table is made again after another process was in the way."""
TABLE: Final = "behaviour"


class Row(NamedTuple):
    """What is stored of one user or population; the version grows with every write."""

    state: bytes
    version: int


class StatisticsUnavailable(GuardUnavailable):
    """The statistics cannot be read or written; they go on in memory."""


class Store:
    """
    Rows by key in a SQL database, made when the first is written.  Thread-safe.

    Args:
        url: Of SQLAlchemy: a SQLite file or a PostgreSQL database.
    """

    def __init__(self, url: URL) -> None:
        import sqlalchemy as sa

        self._url = url
        self._sqlite = url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"timeout": 2} if self._sqlite else {"connect_timeout": 2}
        self._engine: Engine = sa.create_engine(url, connect_args=options, pool_pre_ping=not self._sqlite)
        self._metadata = sa.MetaData()
        self._table = sa.Table(
            TABLE,
            self._metadata,
            sa.Column("key", sa.LargeBinary(32), primary_key=True),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("updated", sa.Float, nullable=False, index=True),
            sa.Column("state", sa.LargeBinary, nullable=False),
        )
        self._made = False

    def read(self, keys: Sequence[bytes]) -> dict[bytes, Row]:
        """
        Return the rows of *keys* that there are.

        Raises:
            StatisticsUnavailable: The database does not answer.
        """
        import sqlalchemy as sa

        if self._nothing_yet():
            return {}
        found: dict[bytes, Row] = {}
        with self._working("read") as work:
            for at in range(0, len(keys), BATCH):
                chosen = sa.select(self._table.c.key, self._table.c.state, self._table.c.version)
                for key, state, version in work.execute(chosen.where(self._table.c.key.in_(keys[at : at + BATCH]))):
                    found[key] = Row(state, version)
        return found

    def latest(self, most: int) -> dict[bytes, Row]:
        """Return the *most* rows that were written last; raises as :meth:`read`."""
        import sqlalchemy as sa

        if self._nothing_yet():
            return {}
        columns = self._table.c
        with self._working("read") as work:
            rows = work.execute(
                sa.select(columns.key, columns.state, columns.version).order_by(columns.updated.desc()).limit(most)
            )
            return {key: Row(state, version) for key, state, version in rows}

    def write(self, rows: Mapping[bytes, Row], at: float) -> None:
        """
        Write *rows*, whatever is there: who writes has merged what it read.

        Raises:
            StatisticsUnavailable: The database does not answer.
        """
        if not rows:
            return
        insert = self._insert()
        statement = insert(self._table)
        statement = statement.on_conflict_do_update(
            index_elements=[self._table.c.key],
            set_={name: statement.excluded[name] for name in ("version", "updated", "state")},
        )
        # In one order, so that two processes never wait for each other.
        values = [
            {"key": key, "version": row.version, "updated": at, "state": row.state} for key, row in sorted(rows.items())
        ]
        with self._working("written") as work:
            for first in range(0, len(values), BATCH):
                work.execute(statement, values[first : first + BATCH])

    def forget(self, before: float) -> int:
        """Delete what was not written since, and return how many rows; raises as :meth:`write`."""
        import sqlalchemy as sa

        with self._working("written") as work:
            return work.execute(sa.delete(self._table).where(self._table.c.updated < before)).rowcount

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _nothing_yet(self) -> bool:
        # Reading makes no file: a guard that only looks leaves nothing behind.
        return self._sqlite and not self._made and not Path(self._url.database or "").exists()

    @contextmanager
    def _working(self, what: str) -> Iterator[Connection]:
        import sqlalchemy as sa

        try:
            self._make()
            with self._engine.begin() as work:
                yield work
        except (sa.exc.SQLAlchemyError, OSError) as error:
            # The message may hold the URL and its password.
            raise StatisticsUnavailable(f"the statistics cannot be {what}: {type(error).__name__}") from None

    def _make(self) -> None:
        """Make the table where there is none; another process may be at it as well."""
        import sqlalchemy as sa

        for left in range(TRIES, -1, -1):
            if self._made:
                return
            try:
                if self._sqlite:
                    Path(self._url.database or "").parent.mkdir(parents=True, exist_ok=True)
                with self._engine.begin() as work:
                    if self._sqlite:
                        work.execute(sa.text("PRAGMA journal_mode=WAL"))
                    self._metadata.create_all(work)
                self._made = True
            except sa.exc.DBAPIError:
                if not left:
                    raise
                time.sleep(0.05)

    def _insert(self) -> Any:
        if self._sqlite:
            from sqlalchemy.dialects.sqlite import insert as sqlite_insert

            return sqlite_insert
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert


def open_store(ledger_url: str) -> Store:
    """Return the store beside the ledger at *ledger_url*, which was opened and is therefore right."""
    from sqlalchemy.engine import make_url

    url = make_url(ledger_url)
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "ledger.db")
        return Store(url.set(database=str(file.with_name(f"{file.stem}-behaviour.db"))))
    return Store(url.set(drivername="postgresql+psycopg"))
