"""How many different documents were touched today, in a week and in a month, in bounded memory."""

from __future__ import annotations

import base64
from typing import Any, Final, Self

from datasketches import (
    compact_theta_sketch,
    hll_sketch,
    hll_union,
    tgt_hll_type,
    theta_sketch,
    theta_union,
    update_theta_sketch,
)

DAY: Final = 86_400
WINDOWS: Final = (1, 7, 30)
"""Days."""
LG_K: Final = 7
"""128 hashes at most: up to about as many documents are counted exactly, more within 9 % (one standard deviation)."""
LG_EVER: Final = 9
"""512 registers of half a byte: within 5 %."""

_EMPTY: Final = update_theta_sketch(LG_K).compact()


class Touched:
    """
    The documents that somebody touched.

    A window of *n* days is the current period of that length and the one before, so it reaches back between *n* and
    *2n* days and nothing is lost at a turn.  A clock that goes back counts into the latest day.
    """

    __slots__ = ("_earlier", "_ever", "_kept", "_today", "day")

    def __init__(self) -> None:
        self.day = 0
        self._today = update_theta_sketch(LG_K)
        # Of today, but counted by another process or before a restart: such a sketch cannot be counted on with.
        self._earlier: compact_theta_sketch = _EMPTY
        # The current period without today, and the period before, per window.
        self._kept: list[list[compact_theta_sketch]] = [[_EMPTY, _EMPTY] for _ in WINDOWS]
        self._ever = hll_sketch(LG_EVER, tgt_hll_type.HLL_4)

    def turn(self, at: float) -> bool:
        """Begin the day in which *at* lies, and say whether it is a new one."""
        day = int(at // DAY)
        if day <= self.day:
            return False
        today = union([self._today, self._earlier])
        for days, kept in zip(WINDOWS, self._kept, strict=True):
            kept[0] = union([kept[0], today])
            passed = day // days - self.day // days
            if passed:
                kept[:] = [_EMPTY, kept[0] if passed == 1 else _EMPTY]
        self._today = update_theta_sketch(LG_K)
        self._earlier = _EMPTY
        self.day = day
        return True

    def add(self, key: int) -> float:
        """Count a document and return how much that is new ever: 1 or 0, with hundreds of documents on the average."""
        self._today.update(key)
        before = self._ever.get_estimate()
        self._ever.update(key)
        return min(1.0, float(self._ever.get_estimate() - before))

    @property
    def today(self) -> float:
        """How many documents today."""
        if self._earlier.is_empty():
            return float(self._today.get_estimate())
        return float(union([self._today, self._earlier]).get_estimate())

    @property
    def ever(self) -> float:
        """How many documents ever."""
        return float(self._ever.get_estimate())

    def within(self, window: int) -> compact_theta_sketch:
        """Return the sketch of the window with this index in :data:`WINDOWS`."""
        return union([self._today, self._earlier, *self._kept[window]])

    def merge(self, other: Touched) -> None:
        """Take in what another process counted for the same user."""
        self.turn(other.day * DAY)
        theirs = other
        if other.day < self.day:
            theirs = Touched.unpack(other.pack())
            theirs.turn(self.day * DAY)
        self._take(theirs._today, theirs._earlier, theirs._kept, theirs._ever)

    def _take(
        self,
        today: theta_sketch,
        earlier: theta_sketch,
        kept: list[list[compact_theta_sketch]],
        ever: hll_sketch,
    ) -> None:
        self._earlier = union([self._earlier, today, earlier])
        for mine, theirs in zip(self._kept, kept, strict=True):
            mine[:] = [union([one, another]) for one, another in zip(mine, theirs, strict=True)]
        joined = hll_union(LG_EVER)
        joined.update(self._ever)
        joined.update(ever)
        self._ever = joined.get_result(tgt_hll_type.HLL_4)

    def pack(self) -> list[Any]:
        """Return it as JSON-ready values."""
        sketches = [union([self._today, self._earlier]), *(one for kept in self._kept for one in kept)]
        return [
            self.day,
            _text(self._ever.serialize_compact()),
            *("" if one.is_empty() else _text(one.serialize()) for one in sketches),
        ]

    @classmethod
    def unpack(cls, packed: list[Any]) -> Self:
        """Return what :meth:`pack` packed."""
        self = cls()
        day, ever, *sketches = packed
        self.day = int(day)
        self._ever = hll_sketch.deserialize(_bytes(ever))
        first, *rest = (compact_theta_sketch.deserialize(_bytes(one)) if one else _EMPTY for one in sketches)
        self._earlier = first
        self._kept = [list(rest[at : at + 2]) for at in range(0, 2 * len(WINDOWS), 2)]
        return self


def union(sketches: list[theta_sketch]) -> compact_theta_sketch:
    """Return the union of *sketches*, itself as large as one of them."""
    filled = [one for one in sketches if not one.is_empty()]
    if not filled:
        return _EMPTY
    if len(filled) == 1:
        only = filled[0]
        return only if isinstance(only, compact_theta_sketch) else only.compact()
    joined = theta_union(LG_K)
    for one in filled:
        joined.update(one)
    return joined.get_result()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
