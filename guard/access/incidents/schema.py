"""The tables of incidents and containment, beside the ledger's, and how an older database becomes today's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
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

VERSION: Final = Table("incident_schema", METADATA, Column("version", Integer, nullable=False))

INCIDENT: Final = Table(
    "incident",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("open_key", LargeBinary(16), unique=True),  # group, tenant and user; null once closed
    Column("kind", Text, nullable=False),  # the group
    Column("tenant", Text, nullable=False),
    Column("user_name", Text),
    Column("severity", Integer, nullable=False),
    Column("state", String(8), nullable=False),
    Column("opened", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("exposure", Text, nullable=False),  # JSON
    Column("held", Boolean, nullable=False),
    Column("closed_by", Text),
    Index("incident_state", "state", "updated"),
)

MOMENT: Final = Table(
    "incident_moment",
    METADATA,
    Column("incident", String(32), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("what", Text, nullable=False),  # JSON
    sqlite_with_rowid=False,
)

CONTAINMENT: Final = Table(
    "incident_containment",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("action", String(16), nullable=False),
    Column("target", String(16), nullable=False),
    Column("target_key", LargeBinary(16), nullable=False),
    Column("tenant", Text, nullable=False),
    Column("corpus", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("cost", Integer, nullable=False),
    Column("budget", Double, nullable=False),
    Column("created", Double, nullable=False),
    Column("expires", Double),
    Column("by_whom", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("incident", String(32)),
    Column("released", Double),
    Index("incident_containment_released", "released"),
)

OUTBOX: Final = Table(
    "incident_outbox",
    METADATA,
    Column("id", String(48), primary_key=True),
    Column("webhook", Text, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("created", Double, nullable=False),
    Column("due", Double, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(8), nullable=False),  # waiting, sent or failed
    Index("incident_outbox_due", "webhook", "state", "due"),
)

EVIDENCE: Final = Table(
    "incident_evidence",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("incident", String(32), nullable=False),
    Column("created", Double, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("incident_evidence_incident", "incident"),
)


def _first_tables(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[INCIDENT, MOMENT, CONTAINMENT, OUTBOX, EVIDENCE])


MIGRATIONS: Final[tuple[Callable[[Connection], None], ...]] = (_first_tables,)
"""Version n is what the first n functions leave behind.  Append, never change: databases out there ran the old ones."""


def migrate(connection: Connection) -> None:
    """
    Bring the tables up to this program's version, inside the caller's transaction.

    Raises:
        LedgerUnavailable: A newer program wrote them.
    """
    if not inspect(connection).has_table(VERSION.name):
        VERSION.create(connection)
        connection.execute(insert(VERSION).values(version=0))
    version = connection.execute(select(VERSION.c.version)).scalar_one()
    if version > len(MIGRATIONS):
        raise LedgerUnavailable(
            f"the incidents have schema version {version}, and this program knows {len(MIGRATIONS)}: "
            "install the echoguard that wrote them, or a newer one"
        )
    if version == len(MIGRATIONS):
        return
    for step in MIGRATIONS[version:]:
        step(connection)
    connection.execute(update(VERSION).values(version=len(MIGRATIONS)))
