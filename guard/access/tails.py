"""
The end of what each user was shown last, in memory and nowhere else.

It is text, so it is not written to any store: each process knows what it showed itself.  What several processes show to
one user in turns is joined by each of them later, not missed for good.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from guard.access.ledger.base import Account

KEPT: Final = 700
"""Characters; with as many of an answer's beginning this is what one look of the matching sees at once."""
LIFETIME: Final = 3600.0
"""Seconds after which they are forgotten."""
MOST_USERS: Final = 20_000
"""Users remembered at once, the latest; about 15 MB."""

_LONG: Final = re.compile(r"\S{41,}")


class Tails:
    """
    What users were shown last.  Thread-safe.

    Args:
        clock: Seconds, never going backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[Account, tuple[str, float]] = OrderedDict()

    def of(self, account: Account) -> str:
        """Return the end of what *account* was shown in the last hour; empty where that is nothing."""
        with self._lock:
            text, when = self._kept.get(account, ("", 0.0))
        return text if text and self._clock() - when < LIFETIME else ""

    def add(self, account: Account, shown: str) -> None:
        """Remember the end of *shown*."""
        # Twice the length: what is dropped below may be much.  Encoded text is dropped: every answer is looked at for
        # it alone, and half of an encoding cannot be read.
        end = " ".join(_LONG.sub(" ", shown[-4 * KEPT :]).split())
        if not end:
            return
        before = self.of(account) if len(end) < KEPT else ""
        joined = f"{before}\n{end}"[-KEPT:] if before else end[-KEPT:]
        with self._lock:
            self._kept[account] = (joined, self._clock())
            self._kept.move_to_end(account)
            if len(self._kept) > MOST_USERS:
                self._kept.popitem(last=False)
