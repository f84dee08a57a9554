"""Reading accounts for people, a page at a time so that writers need not wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, tuple_

from guard.access.ledger.base import Exposure
from guard.access.ledger.cells import unpacked
from guard.access.ledger.keys import TENANT_SCOPE, tenant_key, user_key
from guard.access.ledger.schema import EXPOSURE

if TYPE_CHECKING:
    from guard.access.ledger.store import Store

PAGE: Final = 500
"""Rows read per transaction."""


def exposure(store: Store, tenant: str | None, user: str | None) -> list[Exposure]:
    """Return the accounts that are asked for, ordered by tenant, user (the tenant's own first) and family."""
    keys = (EXPOSURE.c.tenant_key, EXPOSURE.c.user_key, EXPOSURE.c.family_key)
    query = select(EXPOSURE).order_by(*keys).limit(PAGE)
    if tenant is not None:
        query = query.where(EXPOSURE.c.tenant_key == tenant_key(tenant))
    if user is not None:
        query = query.where(
            EXPOSURE.c.user_name == user if tenant is None else EXPOSURE.c.user_key == user_key(tenant, user)
        )
    found: list[Exposure] = []
    last: tuple[bytes, bytes, bytes] | None = None
    while True:
        page = query if last is None else query.where(tuple_(*keys) > tuple_(*last))
        with store.transaction() as connection:
            rows = connection.execute(page).all()
        found.extend(
            Exposure(
                scope="tenant" if row.user_key == TENANT_SCOPE else "user",
                tenant=row.tenant,
                user=row.user_name,
                family=row.family,
                cells=frozenset(unpacked(row.cells)),
                updated=row.updated,
            )
            for row in rows
        )
        if len(rows) < PAGE:
            break
        last = (rows[-1].tenant_key, rows[-1].user_key, rows[-1].family_key)
    return sorted(found, key=lambda entry: (entry.tenant, entry.user or "", entry.family))
