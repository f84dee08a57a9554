"""
Documents that a user has lately had to do with: retrieved, in a prompt, quoted.

Names only, the latest :data:`MOST` of the last hour.  Losing them together with the process costs attention, not
budget, so they are written without waiting for the disk.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, insert, select, update

from guard.access.ledger.keys import digest
from guard.access.ledger.schema import NEAR
from guard.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guard.access.ledger.keys import AccountKeys
    from guard.access.ledger.store import Store, Work

MOST: Final = 64
"""Documents remembered per user."""
LIFETIME: Final = 3600.0
"""Seconds for which they are."""
FRESH: Final = 600.0
"""Seconds in which meeting a document again is not worth writing down."""

_MINE: Final = (NEAR.c.tenant_key == bindparam("tenant"), NEAR.c.user_key == bindparam("user"))
_READ: Final = select(NEAR.c.documents).where(*_MINE)
_NEW: Final = insert(NEAR)
_CHANGE: Final = (
    update(NEAR)
    .where(NEAR.c.tenant_key == bindparam("at_tenant"), NEAR.c.user_key == bindparam("at_user"))
    .values(documents=bindparam("named"), updated=bindparam("now"))
)


def near(store: Store, keys: AccountKeys, names: Sequence[str], *, now: float) -> tuple[str, ...]:
    """Add *names* to what is remembered and return all of it, the latest first."""
    with store.transaction(durable=False, write=False) as work:
        known, _ = _read(work, keys, now)
    if all(name in known and known[name] > now - FRESH for name in names):
        return _named(known)
    with store.transaction(durable=False) as work:
        store.lock(work, [digest("near", keys.tenant, keys.user)])
        known, there = _read(work, keys, now)
        for name in reversed(names):
            # The latest stands last.
            known.pop(name, None)
            known[name] = now
        kept = dict(list(known.items())[-MOST:])
        raw = json.dumps(list(kept.items()), separators=(",", ":")).encode()
        if there:
            work.run(_CHANGE, at_tenant=keys.tenant, at_user=keys.user, named=raw, now=now)
        else:
            work.run(_NEW, tenant_key=keys.tenant, user_key=keys.user, documents=raw, updated=now)
    return _named(kept)


def _read(work: Work, keys: AccountKeys, now: float) -> tuple[dict[str, float], bool]:
    """Return when each document was met, oldest first, and whether there is a row."""
    row = work.row(_READ, tenant=keys.tenant, user=keys.user)
    if row is None:
        return {}, False
    try:
        # A clock set back makes nothing young again, and nothing immortal.
        return {name: min(float(met), now) for name, met in json.loads(row[0]) if met > now - LIFETIME}, True
    except (TypeError, ValueError) as error:
        raise LedgerUnavailable("the ledger holds a damaged account: restore it from a copy") from error


def _named(known: dict[str, float]) -> tuple[str, ...]:
    return tuple(reversed(known))
