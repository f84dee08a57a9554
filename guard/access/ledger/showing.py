"""Reading accounts for people, a page at a time so that writers need not wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select, tuple_

from guard.access.ledger.base import Exposure
from guard.access.ledger.cells import unpacked
from guard.access.ledger.keys import tenant_key, user_key
from guard.access.ledger.schema import EXPOSURE

if TYPE_CHECKING:
    from guard.access.ledger.store import Store

PAGE: Final = 500
"""Rows read per transaction."""

_KEYS: Final = (EXPOSURE.c.tenant_key, EXPOSURE.c.user_key, EXPOSURE.c.family_key)
_COLUMNS: Final = (EXPOSURE.c.tenant, EXPOSURE.c.user_name, EXPOSURE.c.family, EXPOSURE.c.cells, EXPOSURE.c.updated)
_ALL: Final = (
    select(*_KEYS, *_COLUMNS)
    .where(tuple_(*_KEYS) > tuple_(bindparam("tenant"), bindparam("user"), bindparam("family")))
    .order_by(*_KEYS)
    .limit(PAGE)
)
_OF_TENANT: Final = _ALL.where(EXPOSURE.c.tenant_key == bindparam("only_tenant"))
_OF_USER: Final = _OF_TENANT.where(EXPOSURE.c.user_key == bindparam("only_user"))
_OF_NAME: Final = _ALL.where(EXPOSURE.c.user_name == bindparam("name"))


def exposure(store: Store, tenant: str | None, user: str | None) -> list[Exposure]:
    """Return the accounts that are asked for, ordered by tenant, user (the tenant's own first) and family."""
    only: dict[str, object] = {}
    query = _ALL
    if tenant is not None and user is not None:
        query, only = _OF_USER, {"only_tenant": tenant_key(tenant), "only_user": user_key(tenant, user)}
    elif tenant is not None:
        query, only = _OF_TENANT, {"only_tenant": tenant_key(tenant)}
    elif user is not None:
        query, only = _OF_NAME, {"name": user}
    found: list[Exposure] = []
    last = (b"", b"", b"")
    while True:
        with store.transaction(durable=False, write=False) as work:
            rows = work.rows(query, tenant=last[0], user=last[1], family=last[2], **only)
        for *_, tenant_name, user_name, family, cells, updated in rows:
            found.append(
                Exposure(
                    scope="tenant" if user_name is None else "user",
                    tenant=tenant_name,
                    user=user_name,
                    family=family,
                    cells=frozenset(unpacked(cells)),
                    updated=updated,
                )
            )
        if len(rows) < PAGE:
            return sorted(found, key=lambda entry: (entry.tenant, entry.user or "", entry.family))
        last = rows[-1][:3]
