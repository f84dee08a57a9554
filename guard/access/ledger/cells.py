"""Sets of cells: how they are stored, and how many of them fit under a cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyroaring import BitMap

from guard.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable


def packed(cells: BitMap) -> bytes:
    """Return *cells* in Roaring's portable format; runs cost four bytes each."""
    cells.run_optimize()
    raw: bytes = cells.serialize()
    return raw


def unpacked(raw: bytes) -> BitMap:
    """
    Return the cells that :func:`packed` wrote.

    Raises:
        LedgerUnavailable: The bytes are no set of cells.
    """
    try:
        return BitMap.deserialize(raw)
    except (ValueError, IndexError) as error:
        raise LedgerUnavailable("the ledger holds a damaged account: restore it from a copy") from error


def room_for(
    cells: Iterable[int], *, shown: BitMap, user: BitMap, tenant: BitMap, user_cap: int, tenant_cap: int
) -> BitMap:
    """
    Return those of *cells* that may be granted, the earlier before the later.

    Args:
        cells: In the order of the answer.
        shown: What this user was shown before: free, whatever the caps.
        user: Committed and held in the user's scope; a superset of *shown*.
        tenant: Committed and held in the tenant's scope.
        user_cap: Most cells of *user* after the grant.
        tenant_cap: Most cells of *tenant* after the grant.
    """
    wanted = BitMap(cells)
    if len(user | wanted) <= user_cap and len(tenant | wanted) <= tenant_cap:
        return wanted
    granted = wanted & shown
    mine, ours = user.copy(), tenant.copy()
    for cell in cells:
        if cell in granted:
            continue
        fits_user = cell in mine or len(mine) < user_cap
        fits_tenant = cell in ours or len(ours) < tenant_cap
        if fits_user and fits_tenant:
            granted.add(cell)
            mine.add(cell)
            ours.add(cell)
    return granted


def fits(cells: BitMap, *, taken: BitMap, cap: int) -> bool:
    """Say whether *cells* add nothing to *taken*, or no more than *cap* allows."""
    return cells <= taken or len(cells | taken) <= cap
