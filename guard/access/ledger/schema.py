"""
The tables, and how an older database becomes today's.

Rows are keyed by digests (16 bytes) of length-prefixed names, so no choice of names makes two accounts one, no name is
too long for an index, and no database's idea of equal strings matters.  The names stand beside the key for people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    insert,
    inspect,
    select,
    update,
)

from guard.errors import LedgerUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection

METADATA: Final = MetaData()

VERSION: Final = Table("ledger_schema", METADATA, Column("version", Integer, nullable=False))

EXPOSURE: Final = Table(
    "ledger_exposure",
    METADATA,
    Column("tenant_key", LargeBinary(16), primary_key=True),
    Column("user_key", LargeBinary(16), primary_key=True),  # empty in the tenant's scope
    Column("family_key", LargeBinary(16), primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("user_name", Text),  # null in the tenant's scope
    Column("family", Text, nullable=False),
    Column("cells", LargeBinary, nullable=False),
    Column("updated", Double, nullable=False),
    sqlite_with_rowid=False,
)

RESERVATION: Final = Table(
    "ledger_reservation",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("expires", Double, nullable=False),
    Column("committed", LargeBinary(16)),  # digest of what was shown; null while open
    Index("ledger_reservation_expires", "expires"),
    sqlite_with_rowid=False,
)

HOLD: Final = Table(
    "ledger_hold",
    METADATA,
    Column("reservation", String(32), primary_key=True),
    Column("family_key", LargeBinary(16), primary_key=True),
    Column("tenant_key", LargeBinary(16), nullable=False),
    Column("user_key", LargeBinary(16), nullable=False),
    Column("family", Text, nullable=False),
    Column("cells", LargeBinary, nullable=False),
    Column("user_cap", BigInteger, nullable=False),
    Column("tenant_cap", BigInteger, nullable=False),
    Column("expires", Double, nullable=False),
    Index("ledger_hold_account", "tenant_key", "family_key"),
    sqlite_with_rowid=False,
)

RETRIEVAL: Final = Table(
    "ledger_retrieval",
    METADATA,
    Column("tenant_key", LargeBinary(16), primary_key=True),
    Column("user_key", LargeBinary(16), primary_key=True),
    Column("family_key", LargeBinary(16), primary_key=True),
    Column("hours", LargeBinary, nullable=False),  # pairs of hour and count
    Column("last_hour", Integer, nullable=False),
    Column("sensitive_hour", Integer, nullable=False),  # last hour in which it counted as sensitive, or long ago
    Index("ledger_retrieval_last_hour", "last_hour"),
    sqlite_with_rowid=False,
)

REQUEST: Final = Table(
    "ledger_request",
    METADATA,
    Column("key", LargeBinary(16), primary_key=True),
    Column("allowed", LargeBinary, nullable=False),  # places of the allowed families in the sorted request
    Column("created", Double, nullable=False),
    Index("ledger_request_created", "created"),
    sqlite_with_rowid=False,
)

NEAR: Final = Table(
    "ledger_near",
    METADATA,
    Column("tenant_key", LargeBinary(16), primary_key=True),
    Column("user_key", LargeBinary(16), primary_key=True),
    Column("documents", LargeBinary, nullable=False),  # JSON: pairs of name and when it was met, the latest last
    Column("updated", Double, nullable=False),
    Index("ledger_near_updated", "updated"),
    sqlite_with_rowid=False,
)


RESET: Final = Table(
    "ledger_reset",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("by_whom", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("user_name", Text),  # null where it was everybody's
    Column("family", Text),  # null where it was every family
    Column("accounts", Integer, nullable=False),
    Column("cells", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Rows are only ever added: not even this program can change one.
_APPEND_ONLY: Final = {
    "sqlite": [
        """
        CREATE TRIGGER ledger_reset_no_update BEFORE UPDATE ON ledger_reset
            BEGIN SELECT RAISE(ABORT, 'resets are kept as they are'); END
        """,
        """
        CREATE TRIGGER ledger_reset_no_delete BEFORE DELETE ON ledger_reset
            BEGIN SELECT RAISE(ABORT, 'resets are kept as they are'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION ledger_reset_kept() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'resets are kept as they are'; END $$
        """,
        """
        CREATE TRIGGER ledger_reset_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_reset
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_reset_kept()
        """,
    ],
}


def _first_tables(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[EXPOSURE, RESERVATION, HOLD, RETRIEVAL, REQUEST])


def _documents_met(connection: Connection) -> None:
    NEAR.create(connection)


def _resets(connection: Connection) -> None:
    RESET.create(connection)
    for statement in _APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)


MIGRATIONS: Final[tuple[Callable[[Connection], None], ...]] = (_first_tables, _documents_met, _resets)
"""Version n is what the first n functions leave behind.  Append, never change: databases out there ran the old ones."""


def migrate(connection: Connection) -> None:
    """
    Bring the database up to this program's version, inside the caller's transaction.

    Raises:
        LedgerUnavailable: A newer program wrote it.
    """
    if not inspect(connection).has_table(VERSION.name):
        VERSION.create(connection)
        connection.execute(insert(VERSION).values(version=0))
    version = connection.execute(select(VERSION.c.version)).scalar_one()
    if version > len(MIGRATIONS):
        raise LedgerUnavailable(
            f"the ledger has schema version {version}, and this program knows {len(MIGRATIONS)}: "
            "install the echoguard that wrote it, or a newer one"
        )
    if version == len(MIGRATIONS):
        return
    for step in MIGRATIONS[version:]:
        step(connection)
    connection.execute(update(VERSION).values(version=len(MIGRATIONS)))
