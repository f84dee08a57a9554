"""Moving windows in memory: what was counted when, in bounded room."""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

SWEPT: Final = 2
"""Idle accounts looked at, and forgotten where all has expired, for each question that is counted."""
EXACT: Final = 64
"""
Moments of one account and window that are kept apart.  Beyond that, what is counted within a 64th of the window counts
as of its latest moment, so that an account holds no more than twice as many, however much is asked.
"""


class WindowsUnavailable(Exception):
    """The counts cannot be read or written; whoever asks decides what that means."""


class Windows(Protocol):
    """
    Counts per account and window.  Thread-safe.

    Guarantee: what is counted in any stretch of *seconds* never grows beyond the *limit* of the call that counts.
    """

    def exclusive(self) -> AbstractContextManager[object]:
        """Return a context in which nobody else counts, where that can be had; :meth:`take` is safe without it."""
        ...

    def look(self, account: str, limit: int, seconds: int, amount: int) -> tuple[int, float]:
        """
        Return how much is counted now, and the seconds until *amount* more fits into *limit*; 0 where it fits.

        Raises:
            WindowsUnavailable: The store cannot be asked.
        """
        ...

    def take(self, account: str, limit: int, seconds: int, amount: int) -> bool:
        """
        Count *amount* now if it fits into *limit*, else count nothing.

        Raises:
            WindowsUnavailable: The store cannot be asked.
        """
        ...


class _Counts:
    """What one account counted in one window: moments, the oldest first, and how much at each."""

    __slots__ = ("amounts", "began", "times")

    def __init__(self) -> None:
        self.times = array("d")
        self.amounts = array("L")
        # When the last moment's stretch began.
        self.began = 0.0

    def expired(self, now: float, seconds: int) -> int:
        return bisect_right(self.times, now - seconds)

    def add(self, now: float, seconds: int, amount: int) -> None:
        times = self.times
        joins = len(times) >= EXACT and now - self.began < seconds / EXACT
        if times and (joins or times[-1] == now):
            times[-1] = now
            self.amounts[-1] += amount
        else:
            times.append(now)
            self.amounts.append(amount)
            self.began = now


class MovingWindows:
    """
    Counts in this process, which start empty with it.

    Own, because the store in memory of the `limits` library walks over every account from a thread of its own whenever
    something was counted: with 20,000 accounts that costs ten times what the counting costs (measured).  Here each
    question tidies up after itself.  Time never goes back: where the clock does, it stands still.

    Args:
        clock: Seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock
        # Seconds of the window, then accounts, the longest unused first.
        self._windows: dict[int, OrderedDict[str, _Counts]] = {}
        self._turn = threading.RLock()

    def exclusive(self) -> AbstractContextManager[object]:
        """Return the lock of all windows."""
        return self._turn

    def look(self, account: str, limit: int, seconds: int, amount: int) -> tuple[int, float]:
        """Return how much is counted now, and the seconds until *amount* more fits into *limit*."""
        with self._turn:
            accounts = self._windows.get(seconds)
            counts = accounts.get(account) if accounts is not None else None
            if counts is None or not counts.times:
                return 0, 0.0
            now = self._now(counts)
            first = counts.expired(now, seconds)
            used = sum(counts.amounts[first:])
            left = used
            for at in range(first, len(counts.times)):
                if left + amount <= limit:
                    break
                left -= counts.amounts[at]
                first = at + 1
            if left == used:
                return used, 0.0
            # A moment leaves when it is exactly as old as the window.
            return used, max(counts.times[first - 1] + seconds - self._time(), 0.001)

    def take(self, account: str, limit: int, seconds: int, amount: int) -> bool:
        """Count *amount* now if it fits into *limit*, else count nothing."""
        with self._turn:
            accounts = self._windows.setdefault(seconds, OrderedDict())
            counts = accounts.get(account) or _Counts()
            now = self._now(counts)
            expired = counts.expired(now, seconds)
            if sum(counts.amounts[expired:]) + amount > limit:
                return False
            # Forgotten only once a later question is counted: until then the clock may still go back.
            del counts.times[:expired]
            del counts.amounts[:expired]
            counts.add(now, seconds, amount)
            accounts[account] = counts
            accounts.move_to_end(account)
            self._sweep(accounts, now - seconds)
            return True

    def _time(self) -> float:
        return time.time() if self._clock is None else self._clock()

    def _now(self, counts: _Counts) -> float:
        now = self._time()
        return max(now, counts.times[-1]) if counts.times else now

    @staticmethod
    def _sweep(accounts: OrderedDict[str, _Counts], before: float) -> None:
        for _ in range(SWEPT):
            account, counts = next(iter(accounts.items()))
            if counts.times[-1] > before:
                return
            del accounts[account]
