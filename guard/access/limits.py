"""
How fast somebody may ask.

Windows move: any minute and any day holds no more than the tier allows, whenever it begins.  Counts live in this
process and start empty with it; what must outlast a restart is bounded by the ledger.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limits import RateLimitItem

    from guard.principal import Principal

BURST_SECONDS: Final = 10
"""Window in which a burst is counted; a third of a minute's questions may come in it."""


class Tier(Protocol):
    """Limits that a tier names; each is a number of questions, 1 or more."""

    @property
    def per_minute(self) -> int:
        """Questions of one user in any 60 seconds."""
        ...

    @property
    def per_day(self) -> int:
        """Questions of one user in any 24 hours."""
        ...

    @property
    def tenant_per_minute(self) -> int:
        """Questions of all users of one tenant and tier in any 60 seconds."""
        ...


class Limiter:
    """
    Admit or refuse questions by tier.

    A principal whose tier is not listed gets the tightest of every limit listed: a misspelt tier is not a free one.
    Thread-safe.

    Args:
        tiers: At least one.

    Raises:
        ValueError: There is no tier, or a limit is below 1.
    """

    def __init__(self, tiers: Mapping[str, Tier]) -> None:
        from limits.strategies import MovingWindowRateLimiter

        from guard.access.windows import MovingWindows

        if not tiers:
            raise ValueError("there must be at least one tier")
        self._items = {
            name: _items(tier.per_minute, tier.per_day, tier.tenant_per_minute) for name, tier in tiers.items()
        }
        self._unlisted = _items(
            min(tier.per_minute for tier in tiers.values()),
            min(tier.per_day for tier in tiers.values()),
            min(tier.tenant_per_minute for tier in tiers.values()),
        )
        self._window = MovingWindowRateLimiter(MovingWindows())
        self._turn = threading.Lock()

    def admit(self, principal: Principal, cost: int = 1, *, address: str | None = None) -> tuple[bool, float]:
        """
        Count a question if every limit allows it, else count nothing.

        Args:
            principal: Who asks.
            cost: As how many questions it counts.  One that costs more than a limit counts as the whole of it.
            address: Where an anonymous question comes from; people without identity and address share one account.

        Returns:
            Whether it is allowed, and the seconds until it may be; 0 when allowed.
        """
        if cost < 1:
            raise ValueError("cost must be 1 or more")
        bounds = self._bounds(principal, address)
        # Testing and counting are two steps for each limit: nobody else may come in between.
        with self._turn:
            wait = max(self._wait(item, account, cost) for item, account in bounds)
            if wait > 0:
                return False, wait
            for item, account in bounds:
                self._window.hit(item, *account, cost=min(cost, item.amount))
        return True, 0.0

    def _bounds(self, principal: Principal, address: str | None) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
        *per_user, per_tenant = self._items.get(principal.tier, self._unlisted)
        tenant = _part(principal.tenant)
        if principal.user is None:
            user = ("anonymous", tenant, _part(address or ""))
        else:
            user = ("user", tenant, _part(principal.user))
        return [*((item, user) for item in per_user), (per_tenant, ("tenant", tenant, _part(principal.tier)))]

    def _wait(self, item: RateLimitItem, account: tuple[str, ...], cost: int) -> float:
        if self._window.test(item, *account, cost=min(cost, item.amount)):
            return 0.0
        # When the oldest question leaves the window; never 0, which would mean allowed.
        return max(self._window.get_window_stats(item, *account).reset_time - time.time(), 0.001)


def _items(per_minute: int, per_day: int, tenant_per_minute: int) -> tuple[RateLimitItem, ...]:
    from limits import RateLimitItemPerDay, RateLimitItemPerMinute, RateLimitItemPerSecond

    if min(per_minute, per_day, tenant_per_minute) < 1:
        raise ValueError("every limit of a tier is 1 or more")
    return (
        RateLimitItemPerSecond(max(1, per_minute // 3), BURST_SECONDS),
        RateLimitItemPerMinute(per_minute),
        RateLimitItemPerDay(per_day),
        RateLimitItemPerMinute(tenant_per_minute),
    )


def _part(name: str) -> str:
    # The library joins the parts of a key with slashes.
    return name.replace("%", "%25").replace("/", "%2F")
