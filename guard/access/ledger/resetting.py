"""
Giving budgets back: what was shown counts no more, and who decided that, when and why is written down for good.

The rows of :data:`guard.access.ledger.schema.RESET` can be added and never changed: the database itself refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, insert, select, tuple_

from guard.access.ledger.base import Reset
from guard.access.ledger.cells import unpacked
from guard.access.ledger.disclosure import lock_keys
from guard.access.ledger.keys import family_key, tenant_key, user_key
from guard.access.ledger.schema import EXPOSURE, RESET

if TYPE_CHECKING:
    from sqlalchemy import Select

    from guard.access.ledger.store import Store, Work

Listener = Callable[[Reset], None]
"""Told of a reset before it counts; if it raises, nothing is reset."""

BATCH: Final = 500
"""Accounts given back per transaction."""

_PAGE: Final = (
    select(EXPOSURE.c.user_key, EXPOSURE.c.family_key, EXPOSURE.c.cells)
    .where(
        EXPOSURE.c.tenant_key == bindparam("tenant"),
        tuple_(EXPOSURE.c.user_key, EXPOSURE.c.family_key) > tuple_(bindparam("last_user"), bindparam("last_family")),
    )
    .order_by(EXPOSURE.c.user_key, EXPOSURE.c.family_key)
    .limit(BATCH)
)
_OF_USER: Final = _PAGE.where(EXPOSURE.c.user_key == bindparam("user"))
_OF_FAMILY: Final = _PAGE.where(EXPOSURE.c.family_key == bindparam("family"))
_OF_BOTH: Final = _OF_USER.where(EXPOSURE.c.family_key == bindparam("family"))
_ROW: Final = (
    EXPOSURE.c.tenant_key == bindparam("at_tenant"),
    EXPOSURE.c.user_key == bindparam("at_user"),
    EXPOSURE.c.family_key == bindparam("at_family"),
)
_CELLS: Final = select(EXPOSURE.c.cells).where(*_ROW)
_GIVE_BACK: Final = delete(EXPOSURE).where(*_ROW)
_WRITE_DOWN: Final = insert(RESET)
_ALL: Final = select(
    RESET.c.id,
    RESET.c.at,
    RESET.c.by_whom,
    RESET.c.reason,
    RESET.c.tenant,
    RESET.c.user_name,
    RESET.c.family,
    RESET.c.accounts,
    RESET.c.cells,
).order_by(RESET.c.at, RESET.c.id, RESET.c.part)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be given back, why, and who says so; a user, a family, or one family of one user."""

    id: str
    at: float
    by: str
    reason: str
    tenant: str
    user: str | None
    family: str | None

    def query(self) -> tuple[Select[tuple[bytes, bytes, bytes]], dict[str, object]]:
        """Return what finds a page of its accounts, and the values for it."""
        values: dict[str, object] = {"tenant": tenant_key(self.tenant)}
        if self.user is not None:
            values["user"] = user_key(self.tenant, self.user)
        if self.family is not None:
            values["family"] = family_key(self.family)
        if self.family is None:
            return _OF_USER, values
        return (_OF_FAMILY if self.user is None else _OF_BOTH), values


def reset(store: Store, order: Order, listener: Listener | None) -> Reset:
    """Give back what *order* names, a batch at a time; each batch and its record are one transaction."""
    query, values = order.query()
    last, part, accounts, cells = (b"", b""), 0, 0, 0
    while True:
        with store.transaction() as work:
            page = work.rows(query, last_user=last[0], last_family=last[1], **values)
            own = tenant_key(order.tenant)
            store.lock(work, lock_keys(own, (family for _, family, _ in page)))
            # Read again: what was shown until the locks were held counts among what is given back.
            freed = [
                len(unpacked(raw)) for user, family, _ in page if (raw := _now(work, own, user, family)) is not None
            ]
            done = _told(order, len(freed), sum(freed))
            if freed or part == 0:
                work.run_each(
                    _GIVE_BACK,
                    [{"at_tenant": own, "at_user": user, "at_family": family} for user, family, _ in page],
                )
                work.run(
                    _WRITE_DOWN,
                    id=order.id,
                    part=part,
                    at=order.at,
                    by_whom=order.by,
                    reason=order.reason,
                    tenant=order.tenant,
                    user_name=order.user,
                    family=order.family,
                    accounts=done.accounts,
                    cells=done.cells,
                )
                if listener is not None:
                    listener(done)
        part, accounts, cells = part + 1, accounts + done.accounts, cells + done.cells
        if len(page) < BATCH:
            return _told(order, accounts, cells)
        last = page[-1][:2]


def resets(store: Store) -> list[Reset]:
    """Return what was ever given back, the oldest first."""
    with store.transaction(durable=False, write=False) as work:
        return [Reset(*row) for row in work.rows(_ALL)]


def _now(work: Work, tenant: bytes, user: bytes, family: bytes) -> bytes | None:
    row = work.row(_CELLS, at_tenant=tenant, at_user=user, at_family=family)
    return None if row is None else row[0]


def _told(order: Order, accounts: int, cells: int) -> Reset:
    return Reset(
        id=order.id,
        at=order.at,
        by=order.by,
        reason=order.reason,
        tenant=order.tenant,
        user=order.user,
        family=order.family,
        accounts=accounts,
        cells=cells,
    )
