"""Cells shown: reserve before an answer is cut, commit before it leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pyroaring import BitMap
from sqlalchemy import bindparam, delete, insert, select, update

from guard.access.ledger.base import MAX_CELL, Charge
from guard.access.ledger.cells import fits, packed, room_for, unpacked
from guard.access.ledger.keys import TENANT_SCOPE, digest, family_key, tenant_key, user_key
from guard.access.ledger.schema import EXPOSURE, HOLD, RESERVATION
from guard.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from guard.access.ledger.base import Account
    from guard.access.ledger.keys import AccountKeys
    from guard.access.ledger.store import Store

_SHOWN: Final = select(EXPOSURE.c.user_key, EXPOSURE.c.family_key, EXPOSURE.c.cells).where(
    EXPOSURE.c.tenant_key == bindparam("tenant_key"),
    EXPOSURE.c.user_key.in_(bindparam("user_keys", expanding=True)),
    EXPOSURE.c.family_key.in_(bindparam("family_keys", expanding=True)),
)
_HELD: Final = select(HOLD.c.user_key, HOLD.c.family_key, HOLD.c.cells).where(
    HOLD.c.tenant_key == bindparam("tenant_key"),
    HOLD.c.family_key.in_(bindparam("family_keys", expanding=True)),
    HOLD.c.expires > bindparam("now"),
    HOLD.c.reservation != bindparam("own"),
)
_HEAD: Final = (
    select(RESERVATION.c.tenant, RESERVATION.c.user_name, RESERVATION.c.expires, RESERVATION.c.committed)
    .where(RESERVATION.c.id == bindparam("reservation"))
    .with_for_update()
)
_OWN_HOLDS: Final = select(HOLD.c.family, HOLD.c.family_key, HOLD.c.cells, HOLD.c.user_cap, HOLD.c.tenant_cap).where(
    HOLD.c.reservation == bindparam("reservation")
)
_NEW_EXPOSURE: Final = insert(EXPOSURE)
_GROW_EXPOSURE: Final = (
    update(EXPOSURE)
    .where(
        EXPOSURE.c.tenant_key == bindparam("at_tenant"),
        EXPOSURE.c.user_key == bindparam("at_user"),
        EXPOSURE.c.family_key == bindparam("at_family"),
    )
    .values(cells=bindparam("grown"), updated=bindparam("now"))
)
_FREE_HOLDS: Final = delete(HOLD).where(HOLD.c.reservation == bindparam("reservation_id"))
_MARK_COMMITTED: Final = (
    update(RESERVATION).where(RESERVATION.c.id == bindparam("reservation")).values(committed=bindparam("digest"))
)
_FORGET: Final = delete(RESERVATION).where(RESERVATION.c.id == bindparam("reservation_id"))


@dataclass(frozen=True, slots=True)
class Order:
    """One call of reserve, without its charges."""

    id: str
    account: Account
    keys: AccountKeys
    request_id: str
    now: float
    expires: float


@dataclass(slots=True)
class _Taken:
    """What is gone of one family: shown to the user, and shown or held in either scope."""

    user_shown: BitMap
    tenant_shown: BitMap
    user: BitMap
    tenant: BitMap


def merged(charges: Iterable[Charge]) -> dict[str, Charge]:
    """Return one charge per family, under the smaller caps, cells in the order given."""
    result: dict[str, Charge] = {}
    for charge in charges:
        before = result.get(charge.family)
        result[charge.family] = (
            charge
            if before is None
            else replace(
                charge,
                cells=before.cells + charge.cells,
                user_cap=min(before.user_cap, charge.user_cap),
                tenant_cap=min(before.tenant_cap, charge.tenant_cap),
            )
        )
    return result


def checked_cells(shown: Mapping[str, Collection[int]]) -> dict[str, BitMap]:
    """
    Return the cells per family; families without cells are left out.

    Raises:
        ValueError: Something is no number of a cell.
    """
    try:
        cells = {family: BitMap(numbers) for family, numbers in shown.items()}
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"cells are numbers from 0 to {MAX_CELL}") from error
    return {family: numbers for family, numbers in cells.items() if numbers}


def _lock_keys(tenant: bytes, family_keys: Iterable[bytes]) -> list[bytes]:
    # The user's scope needs no lock of its own: every change to it also changes the tenant's.
    return sorted(digest("disclosure", tenant, key) for key in family_keys)


def _taken(
    connection: Connection,
    tenant: bytes,
    user: bytes,
    family_keys: Sequence[bytes],
    *,
    now: float,
    own: str,
    held: bool,
) -> dict[bytes, _Taken]:
    taken = {key: _Taken(BitMap(), BitMap(), BitMap(), BitMap()) for key in family_keys}
    if not taken:
        return taken
    where = {"tenant_key": tenant, "family_keys": list(family_keys)}
    for row in connection.execute(_SHOWN, where | {"user_keys": [TENANT_SCOPE, user]}):
        cells = unpacked(row.cells)
        entry = taken[row.family_key]
        if row.user_key == TENANT_SCOPE:
            entry.tenant_shown = cells
        else:
            entry.user_shown = cells
    for entry in taken.values():
        entry.user = entry.user_shown.copy()
        entry.tenant = entry.tenant_shown.copy()
    if held:
        for row in connection.execute(_HELD, where | {"now": now, "own": own}):
            cells = unpacked(row.cells)
            taken[row.family_key].tenant |= cells
            if row.user_key == user:
                taken[row.family_key].user |= cells
    return taken


def reserve(
    connection: Connection, store: Store, order: Order, charges: Mapping[str, Charge]
) -> dict[str, frozenset[int]]:
    """Hold what fits and return it per family."""
    keys = {family: family_key(family) for family in charges}
    store.lock(connection, _lock_keys(order.keys.tenant, keys.values()))
    taken = _taken(
        connection, order.keys.tenant, order.keys.user, list(keys.values()), now=order.now, own=order.id, held=True
    )
    granted: dict[str, BitMap] = {}
    for family, charge in charges.items():
        entry = taken[keys[family]]
        granted[family] = room_for(
            charge.cells,
            shown=entry.user_shown,
            user=entry.user,
            tenant=entry.tenant,
            user_cap=charge.user_cap,
            tenant_cap=charge.tenant_cap,
        )
    connection.execute(
        insert(RESERVATION),
        {
            "id": order.id,
            "tenant": order.account.tenant,
            "user_name": order.account.user,
            "request_id": order.request_id,
            "expires": order.expires,
            "committed": None,
        },
    )
    rows = [
        {
            "reservation": order.id,
            "family_key": keys[family],
            "tenant_key": order.keys.tenant,
            "user_key": order.keys.user,
            "family": family,
            "cells": packed(cells),
            # No account has more cells than that, and databases have largest numbers.
            "user_cap": min(charges[family].user_cap, MAX_CELL + 1),
            "tenant_cap": min(charges[family].tenant_cap, MAX_CELL + 1),
            "expires": order.expires,
        }
        for family, cells in granted.items()
        if cells
    ]
    if rows:
        connection.execute(insert(HOLD), rows)
    return {family: frozenset(cells) for family, cells in granted.items()}


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose reservation is being committed, and when."""

    tenant: str
    user: str
    now: float

    def rows(self, scope: bytes, name: str | None, hold: Any, before: BitMap, cells: BitMap) -> _Rows:
        """Return what to insert and what to update so that *cells* are shown in one scope."""
        if cells <= before:
            return _Rows([], [])
        keys, after = (tenant_key(self.tenant), scope, hold.family_key), packed(before | cells)
        if before:
            place = dict(zip(("at_tenant", "at_user", "at_family"), keys, strict=True))
            return _Rows([], [{**place, "grown": after, "now": self.now}])
        place = dict(zip(("tenant_key", "user_key", "family_key"), keys, strict=True))
        names = {"tenant": self.tenant, "user_name": name, "family": hold.family}
        return _Rows([{**place, **names, "cells": after, "updated": self.now}], [])


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of the exposure table to insert and to update."""

    new: list[dict[str, object]]
    grown: list[dict[str, object]]


def commit(connection: Connection, store: Store, reservation: str, shown: Mapping[str, BitMap], *, now: float) -> None:
    """Turn the held cells that are *shown* into exposure and free the others."""
    head = connection.execute(_HEAD, {"reservation": reservation}).one_or_none()
    if head is None:
        raise LedgerUnavailable("the reservation is unknown, was released, or expired long ago: reserve again")
    mark = digest(*(part for family in sorted(shown) for part in (family, packed(shown[family]))))
    if head.committed is not None:
        if head.committed != mark:
            raise ValueError("the reservation was committed before, with other cells")
        return
    holds = _own_holds(connection, reservation, shown)
    holder = _Holder(head.tenant, head.user_name, now)
    tenant, user = tenant_key(head.tenant), user_key(head.tenant, head.user_name)
    family_keys = [holds[family].family_key for family in shown]
    store.lock(connection, _lock_keys(tenant, family_keys))
    # Room that ran out of time may have been given away, so what others hold counts again.  What is committed counts
    # always: two processes need not agree on the time.
    expired = head.expires <= now
    taken = _taken(connection, tenant, user, family_keys, now=now, own=reservation, held=expired)
    changes = _Rows([], [])
    for family, cells in shown.items():
        hold, entry = holds[family], taken[holds[family].family_key]
        if not _has_room(hold, entry, cells):
            raise LedgerUnavailable("the reservation expired and its room was given away: reserve again")
        for rows in (
            holder.rows(user, head.user_name, hold, entry.user_shown, cells),
            holder.rows(TENANT_SCOPE, None, hold, entry.tenant_shown, cells),
        ):
            changes.new.extend(rows.new)
            changes.grown.extend(rows.grown)
    if changes.new:
        connection.execute(_NEW_EXPOSURE, changes.new)
    if changes.grown:
        connection.execute(_GROW_EXPOSURE, changes.grown)
    connection.execute(_FREE_HOLDS, {"reservation_id": reservation})
    connection.execute(_MARK_COMMITTED, {"reservation": reservation, "digest": mark})


def _own_holds(connection: Connection, reservation: str, shown: Mapping[str, BitMap]) -> dict[str, Any]:
    holds = {row.family: row for row in connection.execute(_OWN_HOLDS, {"reservation": reservation})}
    for family, cells in shown.items():
        if family not in holds or not cells <= unpacked(holds[family].cells):
            raise ValueError("shown holds cells that were not granted")
    return holds


def _has_room(hold: Any, taken: _Taken, cells: BitMap) -> bool:
    if cells <= taken.user_shown:
        return True
    return fits(cells, taken=taken.user, cap=hold.user_cap) and fits(cells, taken=taken.tenant, cap=hold.tenant_cap)


def release(connection: Connection, reservation: str) -> None:
    """Free the held cells unless they were committed."""
    head = connection.execute(_HEAD, {"reservation": reservation}).one_or_none()
    if head is None or head.committed is not None:
        return
    connection.execute(_FREE_HOLDS, {"reservation_id": reservation})
    connection.execute(_FORGET, {"reservation_id": reservation})
