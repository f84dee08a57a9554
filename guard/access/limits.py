"""
How fast somebody may ask.

Windows move: any minute and any day holds no more than the tier allows, whenever it begins.  Counts live in this
process and start empty with it; what must outlast a restart is bounded by the ledger.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

if TYPE_CHECKING:
    from guard.principal import Principal

BURST_SECONDS: Final = 10
"""Window in which a burst is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTier:
    """
    Limits of one user, and of all users of a tenant that have this tier.

    Attributes:
        questions_per_minute: Questions of one user in any 60 seconds.
        questions_per_day: Questions of one user in any 24 hours.
        burst: Questions of one user in any :data:`BURST_SECONDS` seconds.
        tenant_questions_per_minute: Questions of all users of one tenant in any 60 seconds.

    Raises:
        ValueError: A limit is below 1.
    """

    questions_per_minute: int = 60
    questions_per_day: int = 2_000
    burst: int = 20
    tenant_questions_per_minute: int = 1_200

    def __post_init__(self) -> None:
        for name in ("questions_per_minute", "questions_per_day", "burst", "tenant_questions_per_minute"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")


@dataclass(frozen=True, slots=True)
class _Bound:
    """One limit on one account."""

    item: RateLimitItem
    account: tuple[str, ...]


@dataclass(slots=True)
class Limiter:
    """
    Admit or refuse questions by tier.

    A principal whose tier is not listed gets the tightest of every limit listed: a misspelt tier is not a free one.
    Thread-safe.
    """

    tiers: Mapping[str, LimitTier] = field(default_factory=lambda: MappingProxyType({"standard": LimitTier()}))
    _storage: MemoryStorage = field(default_factory=MemoryStorage, init=False, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

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
        window = MovingWindowRateLimiter(self._storage)
        bounds = self._bounds(principal, address)
        # Testing and counting apart, for several limits: nobody else may come in between.
        with self._turn:
            wait = max(self._wait(window, bound, cost) for bound in bounds)
            if wait > 0:
                return False, wait
            for bound in bounds:
                window.hit(bound.item, *bound.account, cost=min(cost, bound.item.amount))
        return True, 0.0

    def _bounds(self, principal: Principal, address: str | None) -> tuple[_Bound, ...]:
        tier = self._tier(principal.tier)
        if principal.user is None:
            user = ("anonymous", _part(principal.tenant), _part(address or ""))
        else:
            user = ("user", _part(principal.tenant), _part(principal.user))
        tenant = ("tenant", _part(principal.tenant), _part(principal.tier))
        return (
            _Bound(RateLimitItemPerSecond(tier.burst, BURST_SECONDS), user),
            _Bound(RateLimitItemPerMinute(tier.questions_per_minute), user),
            _Bound(RateLimitItemPerDay(tier.questions_per_day), user),
            _Bound(RateLimitItemPerMinute(tier.tenant_questions_per_minute), tenant),
        )

    def _tier(self, name: str) -> LimitTier:
        known = self.tiers.get(name)
        if known is not None:
            return known
        tiers = self.tiers.values() or (LimitTier(),)
        return LimitTier(
            questions_per_minute=min(tier.questions_per_minute for tier in tiers),
            questions_per_day=min(tier.questions_per_day for tier in tiers),
            burst=min(tier.burst for tier in tiers),
            tenant_questions_per_minute=min(tier.tenant_questions_per_minute for tier in tiers),
        )

    @staticmethod
    def _wait(window: MovingWindowRateLimiter, bound: _Bound, cost: int) -> float:
        if window.test(bound.item, *bound.account, cost=min(cost, bound.item.amount)):
            return 0.0
        reset = window.get_window_stats(bound.item, *bound.account).reset_time
        # The oldest question leaves then; a fraction of a second keeps clients from coming back too early for ever.
        return max(reset - time.time(), 0.001)


def _part(name: str) -> str:
    # The library joins the parts of a key with slashes.
    return name.replace("%", "%25").replace("/", "%2F")
