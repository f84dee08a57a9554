"""Cells shown: reserve before an answer is cut, commit before it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from pyroaring import BitMap
from sqlalchemy import bindparam, delete, insert, select, update

from guard.access.ledger.base import MAX_CELL, Charge, Count
from guard.access.ledger.cells import fits, packed, room_for, unpacked
from guard.access.ledger.keys import TENANT_SCOPE, AccountKeys, digest, family_key
from guard.access.ledger.schema import EXPOSURE, HOLD, RESERVATION
from guard.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from guard.access.ledger.base import Account
    from guard.access.ledger.store import Store, Work

_SHOWN: Final = select(EXPOSURE.c.user_key, EXPOSURE.c.cells).where(
    EXPOSURE.c.tenant_key == bindparam("tenant"),
    EXPOSURE.c.user_key.in_((bindparam("everybody"), bindparam("user"))),
    EXPOSURE.c.family_key == bindparam("family"),
)
_HELD: Final = select(HOLD.c.user_key, HOLD.c.cells).where(
    HOLD.c.tenant_key == bindparam("tenant"),
    HOLD.c.family_key == bindparam("family"),
    HOLD.c.expires > bindparam("now"),
    HOLD.c.reservation != bindparam("own"),
)
_HEAD: Final = (
    select(RESERVATION.c.tenant, RESERVATION.c.user_name, RESERVATION.c.expires, RESERVATION.c.committed)
    .where(RESERVATION.c.id == bindparam("reservation"))
    .with_for_update()
)
_OWN_HOLDS: Final = select(
    HOLD.c.tenant_key,
    HOLD.c.user_key,
    HOLD.c.family,
    HOLD.c.family_key,
    HOLD.c.cells,
    HOLD.c.user_cap,
    HOLD.c.tenant_cap,
).where(HOLD.c.reservation == bindparam("own"))
_NEW_RESERVATION: Final = insert(RESERVATION)
_NEW_HOLD: Final = insert(HOLD)
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
_FREE_HOLDS: Final = delete(HOLD).where(HOLD.c.reservation == bindparam("own"))
_MARK_COMMITTED: Final = (
    update(RESERVATION).where(RESERVATION.c.id == bindparam("own")).values(committed=bindparam("mark"))
)
_FORGET: Final = delete(RESERVATION).where(RESERVATION.c.id == bindparam("own"))


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
    """What is gone of one family: shown to the user or the tenant, and shown or held in each scope."""

    user_shown: BitMap = field(default_factory=BitMap)
    tenant_shown: BitMap = field(default_factory=BitMap)
    user: BitMap = field(default_factory=BitMap)
    tenant: BitMap = field(default_factory=BitMap)


class _Hold(NamedTuple):
    """One family of a reservation, as stored."""

    tenant_key: bytes
    user_key: bytes
    family: str
    family_key: bytes
    cells: bytes
    user_cap: int
    tenant_cap: int


@dataclass(slots=True)
class _Changes:
    """Rows of the exposure table to insert and to update."""

    new: list[dict[str, object]] = field(default_factory=list)
    grown: list[dict[str, object]] = field(default_factory=list)


def merged(charges: Iterable[Charge]) -> dict[str, Charge]:
    """Return one charge per family, under the smaller caps, cells in the order given."""
    result: dict[str, Charge] = {}
    for charge in charges:
        before = result.get(charge.family)
        if before is not None:
            result[charge.family] = replace(
                charge,
                cells=before.cells + charge.cells,
                user_cap=min(before.user_cap, charge.user_cap),
                tenant_cap=min(before.tenant_cap, charge.tenant_cap),
            )
        else:
            result[charge.family] = charge
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


def lock_keys(tenant: bytes, family_keys: Iterable[bytes]) -> list[bytes]:
    """Return what to lock so that nobody else changes what was shown of these families in this tenant."""
    # The user's scope needs no lock of its own: whoever changes it changes the tenant's.  Sorted: no deadlock.
    return sorted(digest("disclosure", tenant, key) for key in family_keys)


def _shown(work: Work, keys: AccountKeys, family: bytes) -> _Taken:
    taken = _Taken()
    for scope, raw in work.rows(_SHOWN, tenant=keys.tenant, everybody=TENANT_SCOPE, user=keys.user, family=family):
        if scope == TENANT_SCOPE:
            taken.tenant_shown = unpacked(raw)
        else:
            taken.user_shown = unpacked(raw)
    taken.user, taken.tenant = taken.user_shown.copy(), taken.tenant_shown.copy()
    return taken


def _add_held(work: Work, taken: _Taken, keys: AccountKeys, family: bytes, *, now: float, own: str) -> None:
    for user, raw in work.rows(_HELD, tenant=keys.tenant, family=family, now=now, own=own):
        cells = unpacked(raw)
        taken.tenant |= cells
        if user == keys.user:
            taken.user |= cells


def reserve(work: Work, store: Store, order: Order, charges: Mapping[str, Charge]) -> dict[str, frozenset[int]]:
    """Hold what fits and return it per family."""
    keys = {family: family_key(family) for family in charges}
    store.lock(work, lock_keys(order.keys.tenant, keys.values()))
    granted: dict[str, frozenset[int]] = {}
    holds: list[dict[str, object]] = []
    for family, charge in charges.items():
        taken = _shown(work, order.keys, keys[family])
        _add_held(work, taken, order.keys, keys[family], now=order.now, own=order.id)
        cells = room_for(
            charge.cells,
            shown=taken.user_shown,
            user=taken.user,
            tenant=taken.tenant,
            user_cap=charge.user_cap,
            tenant_cap=charge.tenant_cap,
        )
        granted[family] = frozenset(cells)
        if cells:
            holds.append(
                {
                    "reservation": order.id,
                    "family_key": keys[family],
                    "tenant_key": order.keys.tenant,
                    "user_key": order.keys.user,
                    "family": family,
                    "cells": packed(cells),
                    # No account has more cells than that, and databases have a largest number.
                    "user_cap": min(charge.user_cap, MAX_CELL + 1),
                    "tenant_cap": min(charge.tenant_cap, MAX_CELL + 1),
                    "expires": order.expires,
                }
            )
    work.run(
        _NEW_RESERVATION,
        id=order.id,
        tenant=order.account.tenant,
        user_name=order.account.user,
        request_id=order.request_id,
        expires=order.expires,
        committed=None,
    )
    work.run_each(_NEW_HOLD, holds)
    return granted


def commit(work: Work, store: Store, reservation: str, shown: Mapping[str, BitMap], *, now: float) -> None:
    """Turn the held cells that are *shown* into exposure and free the others."""
    head = work.row(_HEAD, reservation=reservation)
    if head is None:
        raise LedgerUnavailable("the reservation is unknown, was released, or expired long ago: reserve again")
    tenant, user, expires, committed = head
    mark = digest(*(part for family in sorted(shown) for part in (family, packed(shown[family]))))
    if committed is not None:
        if committed != mark:
            raise ValueError("the reservation was committed before, with other cells")
        return
    holds = _own_holds(work, reservation, shown)
    for tenant_key in {hold.tenant_key for hold, _ in holds}:  # one, or none where nothing is shown
        store.lock(work, lock_keys(tenant_key, (hold.family_key for hold, _ in holds)))
    changes = _Changes()
    for hold, cells in holds:
        keys = AccountKeys(hold.tenant_key, hold.user_key)
        taken = _shown(work, keys, hold.family_key)
        # Room that ran out of time may have been given away, so what others hold counts again.  What is committed
        # counts always: two processes need not agree on the time.
        if expires <= now:
            _add_held(work, taken, keys, hold.family_key, now=now, own=reservation)
        if not _has_room(hold, taken, cells):
            raise LedgerUnavailable("the reservation expired and its room was given away: reserve again")
        for scope, name, before in ((keys.user, user, taken.user_shown), (TENANT_SCOPE, None, taken.tenant_shown)):
            place = (keys.tenant, scope, hold.family_key)
            _grow(changes, place, (tenant, name, hold.family), before, cells, now)
    work.run_each(_NEW_EXPOSURE, changes.new)
    work.run_each(_GROW_EXPOSURE, changes.grown)
    work.run(_FREE_HOLDS, own=reservation)
    work.run(_MARK_COMMITTED, own=reservation, mark=mark)


def _own_holds(work: Work, reservation: str, shown: Mapping[str, BitMap]) -> list[tuple[_Hold, BitMap]]:
    """Return the holds of the families in *shown*, all of whose cells they must cover, and those cells."""
    # By key: a database may keep names only nearly as they are.
    holds = {hold.family_key: hold for hold in map(_Hold._make, work.rows(_OWN_HOLDS, own=reservation))}
    by_key = {family_key(family): cells for family, cells in shown.items()}
    for key, cells in by_key.items():
        if key not in holds or not cells <= unpacked(holds[key].cells):
            raise ValueError("shown holds cells that were not granted")
    return [(holds[key], cells) for key, cells in by_key.items()]


def _has_room(hold: _Hold, taken: _Taken, cells: BitMap) -> bool:
    if cells <= taken.user_shown:
        return True
    return fits(cells, taken=taken.user, cap=hold.user_cap) and fits(cells, taken=taken.tenant, cap=hold.tenant_cap)


def _grow(
    changes: _Changes,
    place: tuple[bytes, bytes, bytes],
    names: tuple[str, str | None, str],
    before: BitMap,
    cells: BitMap,
    now: float,
) -> None:
    """Add to *changes* what makes one scope hold *cells* beside those *before*."""
    if cells <= before:
        return
    after = packed(before | cells)
    if before:
        keys = dict(zip(("at_tenant", "at_user", "at_family"), place, strict=True))
        changes.grown.append({**keys, "grown": after, "now": now})
    else:
        keys = dict(zip(("tenant_key", "user_key", "family_key"), place, strict=True))
        texts = dict(zip(("tenant", "user_name", "family"), names, strict=True))
        changes.new.append({**keys, **texts, "cells": after, "updated": now})


def release(work: Work, reservation: str) -> None:
    """Free the held cells unless they were committed."""
    head = work.row(_HEAD, reservation=reservation)
    if head is None or head[-1] is not None:
        return
    work.run(_FREE_HOLDS, own=reservation)
    work.run(_FORGET, own=reservation)


def counts(work: Work, keys: AccountKeys, families: Iterable[str]) -> dict[str, Count]:
    """Return how many cells of each family the user and the tenant have been shown."""
    found: dict[str, Count] = {}
    for family in families:
        taken = _shown(work, keys, family_key(family))
        found[family] = Count(len(taken.user_shown), len(taken.tenant_shown))
    return found
