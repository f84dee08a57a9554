"""
Joins what the windows found.

Every position of the answer belongs, for each text, to the earliest window that covers it; later windows only add what
is still free.  So nothing that a settled window said can change, whatever later windows find.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from corpora.matching.passage import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpora.matching.passage import Passage


class Cover:
    """What is covered so far by passages of one text."""

    __slots__ = ("_ends", "_starts", "pieces")

    def __init__(self) -> None:
        # Disjoint covered ranges of the answer, sorted.
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.pieces: list[Piece] = []

    def add(self, passage: Passage) -> None:
        """Add what of *passage* is still free."""
        for start, end in self._free(passage.start, passage.end):
            self.pieces += _clip(passage.pieces, start, end)
        self._cover(passage.start, passage.end)

    def _free(self, start: int, end: int) -> list[tuple[int, int]]:
        free = []
        number = bisect_right(self._ends, start)
        while number < len(self._starts) and self._starts[number] < end:
            if start < self._starts[number]:
                free.append((start, self._starts[number]))
            start = max(start, self._ends[number])
            number += 1
        if start < end:
            free.append((start, end))
        return free

    def _cover(self, start: int, end: int) -> None:
        low = bisect_right(self._ends, start - 1)
        high = low
        while high < len(self._starts) and self._starts[high] <= end:
            high += 1
        if low < high:
            start, end = min(start, self._starts[low]), max(end, self._ends[high - 1])
        self._starts[low:high] = [start]
        self._ends[low:high] = [end]

    def runs(self) -> list[list[Piece]]:
        """Return the pieces in answer order, cut where the answer has a gap or the source goes back."""
        found: list[list[Piece]] = []
        for piece in sorted(self.pieces):
            if found and found[-1][-1].end == piece.start and piece.source_start >= found[-1][-1].source_start:
                found[-1].append(piece)
            else:
                found.append([piece])
        return found


def covers(passages: Iterable[Passage]) -> dict[int, Cover]:
    """Return the cover of each text; *passages* come in the order of their windows."""
    found: dict[int, Cover] = {}
    for passage in passages:
        found.setdefault(passage.text, Cover()).add(passage)
    return found


def _clip(pieces: Iterable[Piece], start: int, end: int) -> list[Piece]:
    """Return the part of *pieces* inside ``[start, end)``; equal lengths are cut alike, others keep their source."""
    kept = []
    for piece in pieces:
        low, high, from_, to, same, other = piece
        if high <= start or low >= end:
            continue
        first, last = max(low, start), min(high, end)
        if (first, last) == (low, high):
            kept.append(piece)
            continue
        same, other = same * (last - first) // (high - low), other * (last - first) // (high - low)
        if high - low == to - from_:
            kept.append(Piece(first, last, from_ + first - low, to - (high - last), same, other))
        else:
            kept.append(Piece(first, last, from_, to, same, other))
    return kept
