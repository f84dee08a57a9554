"""Which stretches of which texts a window may have been copied from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM
from corpora.matching.seeds import BLOCK_SHIFT, EVIDENCE, seeds
from corpora.matching.windows import STRIDE, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from corpora.index.reader import IndexReader
    from corpora.matching.seeds import Seeds
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]

_SLAB: Final = 128
"""Windows looked up at once: bounds memory for long texts."""
_WINDOW_SHIFT: Final = 44
"""A window and a block are one number: no corpus has so many blocks."""
_MOST_CANDIDATES: Final = 160
"""Stretches of one window that are aligned; the best supported come first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A stretch of a text that shares seeds with a window.

    Attributes:
        window: Number of the window.
        text: Number of the text.
        at: int64: folded characters of the answer at which the seeds begin.
        place: int64, same shape: where they stand in the text, about.
        gram: bool, same shape: which of them are grams.
        block: The first of the two blocks of the text that hold the places.
        evidence: Bits.
    """

    window: int
    text: int
    at: I64
    place: I64
    gram: NDArray[np.bool_]
    block: int
    evidence: float


def candidates(index: IndexReader, answer: FoldedAnswer) -> Iterator[Candidate]:
    """Yield the candidates of every window, in the order of windows; the best supported of each window first."""
    for first in range(0, answer.windows, _SLAB):
        last = min(first + _SLAB, answer.windows)
        begin, _ = answer.word_range(first)
        _, end = answer.word_range(last - 1)
        found = seeds(index, answer, begin, end)
        if found is not None:
            yield from _gathered(index, answer, found, first, last)


def _gathered(index: IndexReader, answer: FoldedAnswer, found: Seeds, first: int, last: int) -> Iterator[Candidate]:
    # The windows that hold a seed whole run from the first one that reaches its end to the last one that begins before.
    earliest = np.maximum(-((WIDTH - 1 - found.tail) // STRIDE), first)
    spread = np.maximum(np.minimum(found.head // STRIDE, last - 1) - earliest + 1, 0)
    text = index.documents.text_at(found.place)
    place = found.place - index.documents.starts[text]
    inner = np.maximum(place, 0) >> BLOCK_SHIFT
    block = index.documents.first_blocks(BLOCK_SHIFT)[text] + inner

    row = np.repeat(np.arange(len(spread)), spread)
    window = np.arange(len(row)) - np.repeat(np.cumsum(spread) - spread, spread) + earliest[row]
    cell = (window << _WINDOW_SHIFT) + block[row]
    order = np.lexsort((found.at[row], found.gram[row], cell))
    row, cell = row[order], cell[order]
    begins = np.flatnonzero(np.concatenate(([True], cell[1:] != cell[:-1])))
    cells = cell[begins]
    evidence = _evidence(answer, found, row, cell, begins)

    # A candidate is two neighbouring blocks that hold more than the pairs of blocks to the left and right of them.
    adjacent = np.zeros(len(cells), dtype=np.bool_)
    adjacent[:-1] = cells[1:] == cells[:-1] + 1
    both = evidence.copy()
    both[:-1][adjacent[:-1]] += evidence[1:][adjacent[:-1]]
    left = np.zeros(len(cells))
    left[1:][adjacent[:-1]] = both[:-1][adjacent[:-1]]
    right = np.zeros(len(cells))
    right[:-1][adjacent[:-1]] = both[1:][adjacent[:-1]]
    chosen = np.flatnonzero((both >= EVIDENCE) & (both > left) & (both >= right))
    if not len(chosen):
        return

    # Where the window before has the same candidate and no seed is new, it has said all there is to say.
    new = np.maximum.reduceat(window[order] == earliest[row], begins)
    new[:-1] |= new[1:] & adjacent[:-1]
    before = cells[chosen] - (1 << _WINDOW_SHIFT)
    known = cells[chosen][np.searchsorted(cells[chosen], before).clip(max=len(chosen) - 1)] == before
    chosen = chosen[new[chosen] | ~known]
    windows = cells[chosen] >> _WINDOW_SHIFT
    previous, taken = -1, 0
    ends = np.append(begins[1:], len(row))
    for number in chosen[np.lexsort((-both[chosen], windows))].tolist():
        here = int(cells[number] >> _WINDOW_SHIFT)
        taken = taken + 1 if here == previous else 1
        previous = here
        if taken <= _MOST_CANDIDATES:
            rows = row[begins[number] : ends[number + 1] if adjacent[number] else ends[number]]
            yield Candidate(
                window=here,
                text=int(text[rows[0]]),
                at=found.at[rows],
                place=place[rows],
                gram=found.gram[rows],
                block=int(inner[rows[0]]),
                evidence=float(both[number]),
            )


def _evidence(answer: FoldedAnswer, found: Seeds, row: I64, cell: I64, begins: I64) -> NDArray[np.float64]:
    """Return the evidence of each cell in bits: what its grams cover, once, and its pairs, one for each first word."""
    at, gram = found.at[row], found.gram[row]
    same = np.zeros(len(row), dtype=np.bool_)
    same[:-1] = (cell[1:] == cell[:-1]) & (gram[1:] == gram[:-1])
    following = np.full(len(row), np.iinfo(np.int64).max)
    following[:-1][same[:-1]] = at[1:][same[:-1]]
    running = answer.character_bits
    covered = running[np.minimum(at + GRAM, following).clip(max=len(running) - 1)] - running[at]
    gains = np.where(gram, np.floor(covered), np.where(following == at, 0, found.gain[row]))
    return np.add.reduceat(gains, begins)
