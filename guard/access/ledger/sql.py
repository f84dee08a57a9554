"""The ledger over SQL, the same for every database: what it promises stands in :mod:`guard.access.ledger.base`."""

from __future__ import annotations

import math
import secrets
import time
from typing import TYPE_CHECKING, Final, Self

from guard.access.ledger import disclosure, forgetting, nearness, resetting, retrieval, showing
from guard.access.ledger.base import (
    LONGEST_REASON,
    Account,
    Charge,
    Count,
    Exposure,
    Reservation,
    Reset,
    Retrieval,
    checked_name,
)
from guard.access.ledger.keys import account_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from types import TracebackType

    from guard.access.ledger.store import Store

PURGE_SECONDS: Final = 60.0
"""How often a process clears away what no promise needs any more."""


class SqlLedger:
    """A :class:`guard.access.ledger.base.Ledger` in a :class:`guard.access.ledger.store.Store`."""

    def __init__(
        self, store: Store, *, clock: Callable[[], float] = time.time, on_reset: resetting.Listener | None = None
    ) -> None:
        self._store = store
        self._on_reset = on_reset
        self._clock = clock
        self._next_purge = time.monotonic() + PURGE_SECONDS

    def reserve(
        self, account: Account, charges: Sequence[Charge], *, request_id: str, ttl: float = 300.0
    ) -> Reservation:
        """Hold room for as many of the cells as both caps allow, all charges in one step."""
        checked_name(request_id, "request_id")
        if not (ttl > 0 and math.isfinite(ttl)):
            raise ValueError("ttl is a number of seconds above 0")
        merged = disclosure.merged(charges)
        self._purge_now_and_then()
        now = self._clock()
        order = disclosure.Order(
            id=secrets.token_hex(16),
            account=account,
            keys=account_keys(account),
            request_id=request_id,
            now=now,
            expires=now + ttl,
        )
        # Whoever would commit it is gone as well when a reservation is lost.
        with self._store.transaction(durable=False) as work:
            granted = disclosure.reserve(work, self._store, order, merged)
        return Reservation(order.id, granted)

    def commit(self, reservation_id: str, shown: Mapping[str, Collection[int]]) -> None:
        """Record for good what is about to leave, and free the rest; return only when it is durable."""
        cells = disclosure.checked_cells(shown)
        with self._store.transaction() as work:
            disclosure.commit(work, self._store, reservation_id, cells, now=self._clock())

    def release(self, reservation_id: str) -> None:
        """Free a reservation that was not committed; otherwise, or when repeated, change nothing."""
        with self._store.transaction(durable=False) as work:
            disclosure.release(work, reservation_id)

    def retrieve(
        self,
        account: Account,
        retrievals: Sequence[Retrieval],
        *,
        distinct_cap: int | None,
        request_id: str,
        payload: str = "",
    ) -> frozenset[str]:
        """Count the retrievals that the budgets of any 24 hours allow, and return their families."""
        checked_name(request_id, "request_id")
        if distinct_cap is not None and distinct_cap < 0:
            raise ValueError("distinct_cap is a number of families, 0 or more")
        wanted = retrieval.merged(retrievals)
        free = frozenset(family for family, entry in wanted.items() if entry.per_day is None and not entry.sensitive)
        counted = {family: entry for family, entry in wanted.items() if family not in free}
        if not counted:
            return free
        self._purge_now_and_then()
        order = retrieval.Order(
            account=account,
            keys=account_keys(account),
            request_id=request_id,
            payload=payload,
            distinct_cap=distinct_cap,
            now=self._clock(),
        )
        with self._store.transaction() as work:
            return free | retrieval.retrieve(work, self._store, order, counted)

    def near(self, account: Account, names: Sequence[str] = ()) -> tuple[str, ...]:
        """Remember that the user has just met these documents, and return all met in the last hour, latest first."""
        for name in names:
            checked_name(name, "a document's name")
        if names:
            self._purge_now_and_then()
        return nearness.near(self._store, account_keys(account), names[: nearness.MOST], now=self._clock())

    def counts(self, account: Account, families: Collection[str]) -> Mapping[str, Count]:
        """Return how much of each of *families* has been shown, whether anything was or not."""
        with self._store.transaction(durable=False, write=False) as work:
            return disclosure.counts(work, account_keys(account), families)

    def exposure(self, tenant: str | None = None, user: str | None = None) -> list[Exposure]:
        """Return what has been shown, of all or one tenant (both scopes), or of one user (the user's scope only)."""
        return showing.exposure(self._store, tenant, user)

    def reset(self, *, tenant: str, user: str | None = None, family: str | None = None, by: str, reason: str) -> Reset:
        """Give back what was shown to a user, of a family, or to a user of a family, and write it down."""
        if user is None and family is None:
            raise ValueError("name a user or a family: a whole tenant is not reset at once")
        named = (("tenant", tenant), ("user", user), ("family", family), ("by", by), ("reason", reason))
        for what, name in named:
            if name is not None or what in {"tenant", "by", "reason"}:
                checked_name(name, what)
        if len(by) > LONGEST_REASON or len(reason) > LONGEST_REASON or not by.strip() or not reason.strip():
            raise ValueError(f"reason and by have 1 to {LONGEST_REASON} characters")
        order = resetting.Order(secrets.token_hex(16), self._clock(), by, reason, tenant, user, family)
        return resetting.reset(self._store, order, self._on_reset)

    def resets(self) -> list[Reset]:
        """Return everything that was ever reset, the oldest first."""
        return resetting.resets(self._store)

    def purge(self) -> None:
        """Clear away expired reservations, retries and retrievals that no promise needs any more."""
        self._next_purge = time.monotonic() + PURGE_SECONDS
        while True:
            with self._store.transaction(durable=False) as work:
                more = forgetting.forget(work, now=self._clock())
            if not more:
                return

    def _purge_now_and_then(self) -> None:
        if time.monotonic() >= self._next_purge:
            self.purge()

    def close(self) -> None:
        """Give connections back; the ledger cannot be used afterwards."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
