"""
How fast somebody may ask.

Windows move: any minute and any day holds no more than the tier allows, whenever it begins.  Counts in memory start
empty with the process; what must outlast a restart is bounded by the ledger.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from guard.access.ledger.keys import digest
from guard.access.limits.windows import MovingWindows, Windows, WindowsUnavailable
from guard.errors import GuardUnavailable
from guard.principal import Principal
from guard.request import UNKNOWN_CALL, Call
from guard.verdict import Quota
from guard.watch.watching import FREE, Hold

_LOG = logging.getLogger(__name__)

BURST_SECONDS: Final = 10
"""Window in which a burst is counted; a third of a minute's questions may come in it."""
MINUTE: Final = 60
PUBLIC: Final = Hold(public_only=True)
DAY: Final = 86_400


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

    @property
    def key_per_minute(self) -> int:
        """Questions that come with one API key in any 60 seconds."""
        ...

    @property
    def address_per_minute(self) -> int:
        """Questions that come from one network address in any 60 seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    Whether a question may be asked now.

    Attributes:
        retry_after: Seconds until it may be; 0 when allowed.
        quotas: Where the asker's own windows stand after it.
        violated: Names of the quotas that refused it.
    """

    allowed: bool
    retry_after: float = 0.0
    quotas: tuple[Quota, ...] = ()
    violated: tuple[str, ...] = ()


class _Bound(NamedTuple):
    """
    One window of one account: *most* that a question counts there, *own* where the asker may know how it stands.

    In a window that many share a question counts for no more than its asker's minute, or one dear question would shut
    everybody out.
    """

    name: str
    account: str
    limit: int
    seconds: int
    most: int
    own: bool


class Limiter:
    """
    Admit or refuse questions by tier.

    A principal whose tier is not listed gets the tightest of every limit listed: a misspelt tier is not a free one.
    Thread-safe.

    Args:
        tiers: At least one.
        windows: Where questions are counted; by default in this process.

    Raises:
        ValueError: There is no tier, or a limit is below 1.
    """

    def __init__(self, tiers: Mapping[str, Tier], windows: Windows | None = None) -> None:
        if not tiers:
            raise ValueError("there must be at least one tier")
        self._tiers = {name: _Limits.of(tier) for name, tier in tiers.items()}
        self._unlisted = _Limits(*map(min, zip(*self._tiers.values(), strict=True)))
        self._windows = MovingWindows() if windows is None else windows
        # While a shared store does not answer: nobody is shown more than public text, counted by this process alone.
        self._spare = MovingWindows()
        self._uncounted = False

    def admit(self, principal: Principal, cost: int = 1, *, call: Call = UNKNOWN_CALL, budget: float = 1.0) -> Decision:
        """
        Count a question if every limit allows it, else count nothing.

        Args:
            principal: Who asks.
            cost: As how many questions it counts.  One that costs more than a limit counts as the whole of it.
            call: How it came; people without identity and address share one account.
            budget: Part of the day's limit that is left to the principal, from 0 to 1; at least one question is.
        """
        if cost < 1:
            raise ValueError("cost must be 1 or more")
        bounds = self._bounds(principal, call, budget)
        try:
            decision = _admit(self._windows, bounds, cost)
        except WindowsUnavailable as error:
            if not self._uncounted:
                _LOG.error("%s; only public text is shown until it does", error)
            self._uncounted = True
            return _admit(self._spare, bounds, cost)
        self._uncounted = False
        return decision

    def hold(self, principal: Principal) -> Hold:
        """Hold everybody to public text while questions cannot be counted for all processes."""
        del principal
        return PUBLIC if self._uncounted else FREE

    def charge(self, principal: Principal, cost: int) -> None:
        """
        Count what a question turned out to cost beyond what it was admitted for.

        A window that has no room for it is filled: more than nothing left cannot be taken.  Bursts are left out, for a
        question that was dear is not a question that came fast.

        Raises:
            GuardUnavailable: The shared store does not answer.
        """
        try:
            for bound in self._bounds(principal, UNKNOWN_CALL, 1.0):
                if bound.seconds > BURST_SECONDS:
                    used, _ = self._windows.look(bound.account, bound.limit, bound.seconds, cost)
                    rest = min(cost, bound.most, bound.limit - used)
                    if rest > 0:
                        self._windows.take(bound.account, bound.limit, bound.seconds, rest)
        except WindowsUnavailable as error:
            raise GuardUnavailable(str(error)) from None

    def _bounds(self, principal: Principal, call: Call, budget: float) -> list[_Bound]:
        limits = self._tiers.get(principal.tier, self._unlisted)
        user = _account("user", principal.tenant, principal.user)
        if principal.user is None:
            user = _account("anonymous", principal.tenant, call.address or "")
        per_day = max(1, math.floor(limits.per_day * budget))
        burst = max(1, limits.per_minute // 3)

        def shared(name: str, account: str, limit: int, *, own: bool) -> _Bound:
            return _Bound(name, account, limit, MINUTE, min(limit, limits.per_minute), own)

        bounds = [
            _Bound("user-burst", user, burst, BURST_SECONDS, burst, own=True),
            _Bound("user-minute", user, limits.per_minute, MINUTE, limits.per_minute, own=True),
            _Bound("user-day", user, per_day, DAY, per_day, own=True),
        ]
        if call.key is not None:
            bounds.append(shared("key-minute", _account("key", call.key, ""), limits.key_per_minute, own=True))
        if call.address is not None:
            address = _account("address", call.address, "")
            bounds.append(shared("address-minute", address, limits.address_per_minute, own=False))
        tenant = _account("tenant", principal.tenant, principal.tier)
        return [*bounds, shared("tenant-minute", tenant, limits.tenant_per_minute, own=False)]


class _Limits(NamedTuple):
    """The numbers of a tier."""

    per_minute: int
    per_day: int
    tenant_per_minute: int
    key_per_minute: int
    address_per_minute: int

    @classmethod
    def of(cls, tier: Tier) -> _Limits:
        limits = cls(
            tier.per_minute,
            tier.per_day,
            tier.tenant_per_minute,
            tier.key_per_minute,
            tier.address_per_minute,
        )
        if min(limits) < 1:
            raise ValueError("every limit of a tier is 1 or more")
        return limits


def _admit(windows: Windows, bounds: list[_Bound], cost: int) -> Decision:
    # Looking and counting are two steps: nobody else of this process may come in between.
    with windows.exclusive():
        stands = [windows.look(one.account, one.limit, one.seconds, min(cost, one.most)) for one in bounds]
        violated = [bound.name for bound, (_, wait) in zip(bounds, stands, strict=True) if wait > 0]
        counted = 0
        if not violated:
            for bound in bounds:
                if not windows.take(bound.account, bound.limit, bound.seconds, min(cost, bound.most)):
                    # Another process was faster.  What is counted already stays so: rather too much than too little.
                    violated.append(bound.name)
                    break
                counted += 1
    quotas = tuple(
        Quota(
            name=bound.name,
            limit=bound.limit,
            seconds=bound.seconds,
            left=max(0, bound.limit - used - (min(cost, bound.most) if at < counted else 0)),
            wait=wait,
        )
        for at, (bound, (used, wait)) in enumerate(zip(bounds, stands, strict=True))
        if bound.own
    )
    if not violated:
        return Decision(allowed=True, quotas=quotas)
    # Never 0, which would mean allowed.
    wait = max(0.001, *(wait for _, wait in stands))
    return Decision(allowed=False, retry_after=wait, quotas=quotas, violated=tuple(violated))


def _account(kind: str, one: str, other: str | None) -> str:
    """Return a name that no two accounts share and that tells nothing about whose it is."""
    return f"echoguard:{digest(kind, one, other or '').hex()}"
