"""How many different documents were touched today, in a week and in a month, in bounded memory."""

from __future__ import annotations

import base64
from typing import Any, Final, Self

from datasketches import compact_theta_sketch, theta_sketch, theta_union, update_theta_sketch

DAY: Final = 86_400
WINDOWS: Final = (1, 7, 30)
"""Days."""
LG_K: Final = 6
"""64 to 128 hashes: so many documents are counted exactly, more within 12 % (one standard deviation)."""
LG_EVER: Final = 9
"""512 registers of half a byte: within 5 %."""


class Touched:
    """
    The documents that somebody touched.

    A window of *n* days is the current period of that length and the one before, so it reaches back between *n* and
    *2n* days and nothing is lost at a turn.  A clock that goes back counts into the latest day.
    """

    __slots__ = ("_earlier", "_kept", "_today", "day")

    def __init__(self) -> None:
        self.day = 0
        self._today: update_theta_sketch | None = None
        # Of today, but counted by another process or before a restart: such a sketch cannot be counted on with.
        self._earlier: compact_theta_sketch | None = None
        # The current period without today, and the period before, per window.
        self._kept: list[compact_theta_sketch | None] = [None] * (2 * len(WINDOWS))

    def turn(self, at: float) -> bool:
        """Begin the day in which *at* lies, and say whether it is a new one."""
        day = int(at // DAY)
        if day <= self.day:
            return False
        today = union([self._today, self._earlier])
        for window, days in enumerate(WINDOWS):
            current = union([self._kept[2 * window], today])
            passed = day // days - self.day // days
            if not passed:
                self._kept[2 * window] = current
            else:
                self._kept[2 * window : 2 * window + 2] = [None, current if passed == 1 else None]
        self._today = self._earlier = None
        self.day = day
        return True

    def add(self, key: int) -> None:
        """Count a document."""
        if self._today is None:
            self._today = update_theta_sketch(LG_K)
        self._today.update(key)

    @property
    def today(self) -> float:
        """How many documents today."""
        if self._earlier is None:
            return 0.0 if self._today is None else float(self._today.get_estimate())
        joined = union([self._today, self._earlier])
        return 0.0 if joined is None else float(joined.get_estimate())

    def within(self, window: int) -> compact_theta_sketch | None:
        """Return the sketch of the window with this index in :data:`WINDOWS`; None where it is empty."""
        return union([self._today, self._earlier, *self._kept[2 * window : 2 * window + 2]])

    def merge(self, other: Touched) -> None:
        """Take in what another process counted for the same user."""
        self.turn(other.day * DAY)
        if other.day < self.day:
            same_day = Touched.unpack(other.pack())
            same_day.turn(self.day * DAY)
            self.merge(same_day)
            return
        self._earlier = union([self._earlier, other._today, other._earlier])
        self._kept = [union([mine, theirs]) for mine, theirs in zip(self._kept, other._kept, strict=True)]

    def pack(self) -> list[Any]:
        """Return it as JSON-ready values."""
        sketches = [union([self._today, self._earlier]), *self._kept]
        return [self.day, *("" if one is None else base64.b64encode(one.serialize()).decode() for one in sketches)]

    @classmethod
    def unpack(cls, packed: list[Any]) -> Self:
        """Return what :meth:`pack` packed."""
        self = cls()
        self.day = int(packed[0])
        self._earlier, *self._kept = (
            compact_theta_sketch.deserialize(base64.b64decode(one)) if one else None for one in packed[1:]
        )
        if len(self._kept) != 2 * len(WINDOWS):
            raise ValueError("these are no touched documents")
        return self


def union(sketches: list[theta_sketch | None]) -> compact_theta_sketch | None:
    """Return the union of *sketches*, itself no larger than one of them; None where there is nothing in any."""
    filled = [one for one in sketches if one is not None]
    if not filled:
        return None
    if len(filled) == 1 and isinstance(filled[0], compact_theta_sketch):
        return filled[0]
    joined = theta_union(LG_K)
    for one in filled:
        joined.update(one)
    return joined.get_result()
