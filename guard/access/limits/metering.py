"""Charges the part of a question's price that is known only afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from corpora.labels import CONFIDENTIAL, RESTRICTED

if TYPE_CHECKING:
    from guard.access.limits.limiter import Limiter
    from guard.prices import Prices
    from guard.principal import Principal
    from guard.watch.events import Asked, Judged, Retrieved, Signal


class Metering:
    """
    An observer that charges what a question turned out to cost.

    Answers whose length was stated when they were asked for are charged by what was asked for as well: asking for much
    costs, and so does getting much.
    """

    name = "metering"

    def __init__(self, limiter: Limiter, prices: Prices) -> None:
        self._limiter = limiter
        self._prices = prices

    def asked(self, event: Asked) -> Iterable[Signal]:
        """Charge nothing: the question was counted when it was admitted."""
        del event
        return ()

    def retrieved(self, event: Retrieved) -> Iterable[Signal]:
        """Charge the sensitive documents that go into the prompt."""
        sensitive = sum(event.rights[ref].label in {CONFIDENTIAL, RESTRICTED} for ref in event.kept)
        return self._charge(event.principal, self._prices.fetched(sensitive))

    def judged(self, event: Judged) -> Iterable[Signal]:
        """Charge the length of the answer."""
        return self._charge(event.principal, self._prices.answered(event.answered) if event.record else 0)

    def _charge(self, principal: Principal, cost: int) -> Iterable[Signal]:
        # Without an identity the address is what counts, and it is not known here.
        if cost > 0 and principal.user is not None:
            self._limiter.charge(principal, cost)
        return ()
