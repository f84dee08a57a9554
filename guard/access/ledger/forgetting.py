"""Clearing away rows that no promise needs any more.  What was committed is never among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select, tuple_

from guard.access.ledger.base import RETRY_WINDOW
from guard.access.ledger.retrieval import HOUR, WINDOW_HOURS
from guard.access.ledger.schema import HOLD, REQUEST, RESERVATION, RETRIEVAL

if TYPE_CHECKING:
    from sqlalchemy import Connection

GRACE: Final = 3600.0
"""Seconds after its expiry in which a reservation can still be committed late, or found to have been committed."""
BATCH: Final = 500
"""Rows of each kind per transaction, so that nobody waits long."""


def forget(connection: Connection, *, now: float) -> bool:
    """Delete one batch; say whether there may be more."""
    ids = list(
        connection.scalars(
            select(RESERVATION.c.id)
            .where(RESERVATION.c.expires < now - GRACE)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    if ids:
        connection.execute(delete(HOLD).where(HOLD.c.reservation.in_(ids)))
        connection.execute(delete(RESERVATION).where(RESERVATION.c.id.in_(ids)))

    requests = list(
        connection.scalars(
            select(REQUEST.c.key)
            .where(REQUEST.c.created < now - RETRY_WINDOW)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    if requests:
        connection.execute(delete(REQUEST).where(REQUEST.c.key.in_(requests)))

    account = (RETRIEVAL.c.tenant_key, RETRIEVAL.c.user_key, RETRIEVAL.c.family_key)
    retrievals = [
        tuple(row)
        for row in connection.execute(
            select(*account)
            # One more window than needed: accounts keep their own time, which may be behind.
            .where(RETRIEVAL.c.last_hour < int(now // HOUR) - 2 * WINDOW_HOURS)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    ]
    if retrievals:
        connection.execute(delete(RETRIEVAL).where(tuple_(*account).in_(retrievals)))
    return BATCH in {len(ids), len(requests), len(retrievals)}
