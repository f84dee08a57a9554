"""Clearing away rows that no promise needs any more.  What was committed is never among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, select

from guard.access.ledger.base import RETRY_WINDOW
from guard.access.ledger.nearness import LIFETIME
from guard.access.ledger.retrieval import HOUR, WINDOW_HOURS
from guard.access.ledger.schema import HOLD, NEAR, REQUEST, RESERVATION, RETRIEVAL

if TYPE_CHECKING:
    from guard.access.ledger.store import Work

GRACE: Final = 3600.0
"""Seconds after its expiry in which a reservation can still be committed late, or found to have been committed."""
BATCH: Final = 500
"""Rows of each kind per transaction, so that nobody waits long."""

# Rows that somebody is working on are left for the next time.
_RESERVATIONS: Final = (
    select(RESERVATION.c.id)
    .where(RESERVATION.c.expires < bindparam("before"))
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_REQUESTS: Final = (
    select(REQUEST.c.key).where(REQUEST.c.created < bindparam("before")).limit(BATCH).with_for_update(skip_locked=True)
)
_RETRIEVALS: Final = (
    select(RETRIEVAL.c.tenant_key, RETRIEVAL.c.user_key, RETRIEVAL.c.family_key)
    .where(RETRIEVAL.c.last_hour < bindparam("before"))
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_NEAR: Final = (
    select(NEAR.c.tenant_key, NEAR.c.user_key)
    .where(NEAR.c.updated < bindparam("before"))
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_NO_HOLD: Final = delete(HOLD).where(HOLD.c.reservation == bindparam("id"))
_NO_RESERVATION: Final = delete(RESERVATION).where(RESERVATION.c.id == bindparam("id"))
_NO_REQUEST: Final = delete(REQUEST).where(REQUEST.c.key == bindparam("key"))
_NO_RETRIEVAL: Final = delete(RETRIEVAL).where(
    RETRIEVAL.c.tenant_key == bindparam("tenant"),
    RETRIEVAL.c.user_key == bindparam("user"),
    RETRIEVAL.c.family_key == bindparam("family"),
)

_NO_NEAR: Final = delete(NEAR).where(NEAR.c.tenant_key == bindparam("tenant"), NEAR.c.user_key == bindparam("user"))


def forget(work: Work, *, now: float) -> bool:
    """Delete one batch; say whether there may be more."""
    ids = [{"id": row[0]} for row in work.rows(_RESERVATIONS, before=now - GRACE)]
    work.run_each(_NO_HOLD, ids)
    work.run_each(_NO_RESERVATION, ids)

    requests = [{"key": row[0]} for row in work.rows(_REQUESTS, before=now - RETRY_WINDOW)]
    work.run_each(_NO_REQUEST, requests)

    # One window more than needed: an account keeps its own time, and may be behind.
    before = int(now // HOUR) - 2 * WINDOW_HOURS
    retrievals = [
        {"tenant": tenant, "user": user, "family": family}
        for tenant, user, family in work.rows(_RETRIEVALS, before=before)
    ]
    work.run_each(_NO_RETRIEVAL, retrievals)

    met = [{"tenant": tenant, "user": user} for tenant, user in work.rows(_NEAR, before=now - LIFETIME)]
    work.run_each(_NO_NEAR, met)
    return BATCH in {len(ids), len(requests), len(retrievals), len(met)}
