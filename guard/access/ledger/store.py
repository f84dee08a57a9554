"""
What differs between databases (connecting, locking, what their errors mean), and how statements reach them.

SQLAlchemy's Core writes every statement, once per database; the driver then runs it.  Core's own way of running one
takes five times as long as SQLite needs for it (measured), and the ledger stands in the way of every answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Dialect
    from sqlalchemy.sql import ClauseElement


class Writer:
    """Turns Core's statements into the SQL of one database and remembers them.  Thread-safe."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._written: dict[ClauseElement, tuple[str, Mapping[str, Any], Sequence[str] | None]] = {}

    def written(self, statement: ClauseElement) -> tuple[str, Mapping[str, Any], Sequence[str] | None]:
        """Return the SQL, the values Core has put in, and the order of the values where the driver goes by order."""
        found = self._written.get(statement)
        if found is None:
            compiled: Any = statement.compile(dialect=self._dialect)
            found = (compiled.string, compiled.params, compiled.positiontup)
            self._written[statement] = found
        return found


class Work:
    """
    One transaction.  Statements must live as long as the program: what was written of them is kept.

    Args:
        cursor: Of the driver.
        writer: Of the same database.
    """

    def __init__(self, cursor: Any, writer: Writer) -> None:
        self._cursor = cursor
        self._writer = writer

    def rows(self, statement: ClauseElement, **values: object) -> list[Any]:
        """Run a query and return its rows, each a tuple."""
        sql, known, order = self._writer.written(statement)
        self._cursor.execute(sql, self._arranged(known, order, values))
        rows: list[Any] = self._cursor.fetchall()
        return rows

    def row(self, statement: ClauseElement, **values: object) -> Any:
        """Run a query for one row and return it, or None."""
        rows = self.rows(statement, **values)
        return rows[0] if rows else None

    def run(self, statement: ClauseElement, **values: object) -> None:
        """Run a change."""
        sql, known, order = self._writer.written(statement)
        self._cursor.execute(sql, self._arranged(known, order, values))

    def run_each(self, statement: ClauseElement, changes: Sequence[Mapping[str, object]]) -> None:
        """Run a change once for each set of values."""
        if not changes:
            return
        sql, known, order = self._writer.written(statement)
        self._cursor.executemany(sql, [self._arranged(known, order, values) for values in changes])

    def _arranged(self, known: Mapping[str, Any], order: Sequence[str] | None, values: Mapping[str, object]) -> Any:
        """Return all values as the driver wants them."""
        if order is None:
            return {**known, **values}
        return [values[name] if name in values else known[name] for name in order]


class Store(Protocol):
    """
    A database that is connected and holds today's tables.

    Every failure of the driver leaves :meth:`transaction` as :class:`guard.errors.LedgerUnavailable`.
    """

    def transaction(self, *, durable: bool = True, write: bool = True) -> AbstractContextManager[Work]:
        """
        Open a transaction that is undone if the block raises.

        Args:
            durable: Whether it must survive, once the block has ended, what the settings say; False where its loss
                together with the process harms nobody.
            write: Whether anything is changed; False waits for nobody.
        """
        ...

    def lock(self, work: Work, keys: Sequence[bytes]) -> None:
        """Wait until no other transaction holds any of *keys*, and hold them until this one ends."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
