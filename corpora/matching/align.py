"""Aligns a window with a stretch of a text, word by word, and finds what is worth calling a copy."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import LCSseq

from corpora.matching.passage import Passage, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from corpora.matching.source import Source
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]

THRESHOLD: Final = 95.0
"""Bits of shared information, less the price of the edits, from which on a stretch is a copy."""
GAP_PRICE: Final = 4.0
"""Bits that one word costs which stands on one side only; a replaced word costs it once."""
SHORT_RUN: Final = 6
"""Equal words in a row that any two texts may share."""
RUN_GAIN: Final = 1.5
"""Bits that each further one adds to what it says itself."""

Block = tuple[int, int, int]
"""First word in the answer, first word in the source, words: all equal."""


def align(
    answer: FoldedAnswer,
    window: int,
    source: Source,
    within: tuple[int, int],
) -> Iterator[Passage]:
    """
    Yield the passages of a window copied from *source*, disjoint, best first.

    Args:
        answer: The text looked at.
        window: Number of the window.
        source: A stretch of a text.
        within: The words of *source* that come into question, half-open.
    """
    first, last = answer.word_range(window)
    low, high = within
    operations = LCSseq.editops(answer.names[first:last], source.names[low:high])
    blocks = [(block.a, block.b, block.size) for block in operations.as_matching_blocks()]
    # What remains at the end is an empty block.
    blocks.pop()
    bits = answer.window_bits(window)
    if sum(_gain(bits, at, size) for at, _, size in blocks) < THRESHOLD:
        return
    for run in _segments(blocks, bits):
        placed = [(at + first, place + low, size) for at, place, size in run]
        yield Passage(source.text, tuple(_pieces(answer, source, placed)))


def _gain(bits: Sequence[float], at: int, size: int) -> float:
    """Return what *size* equal words from *at* say, in bits; a long run says more than its words apart."""
    return bits[at + size] - bits[at] + (RUN_GAIN * (size - SHORT_RUN) if size > SHORT_RUN else 0.0)


def _segments(blocks: list[Block], bits: Sequence[float]) -> Iterator[list[Block]]:
    """Yield the runs of blocks whose score reaches the threshold, disjoint, best first."""
    waiting = [blocks]
    while waiting:
        here = waiting.pop()
        best, start, end = 0.0, 0, 0
        score, begin = 0.0, 0
        previous: Block | None = None
        for number, block in enumerate(here):
            if previous is not None:
                gap = max(block[0] - previous[0] - previous[2], block[1] - previous[1] - previous[2])
                score -= GAP_PRICE * gap
            if score <= 0.0:
                score, begin = 0.0, number
            score += _gain(bits, block[0], block[2])
            if score > best:
                best, start, end = score, begin, number + 1
            previous = block
        if best < THRESHOLD:
            continue
        yield here[start:end]
        waiting += [here[:start], here[end:]]


def _pieces(answer: FoldedAnswer, source: Source, run: list[Block]) -> Iterator[Piece]:
    """Yield what corresponds: equal stretches character by character, and what lies between them as one piece."""
    answer_at = source_at = -1
    for at, place, size in run:
        begin, end = int(answer.words.begin[at]), int(answer.words.end[at + size - 1])
        from_, to = int(source.words.begin[place]), int(source.words.end[place + size - 1])
        if answer_at >= 0:
            edited = max(begin - answer_at, from_ - source_at)
            gap_start, gap_end = int(answer.folded.origin[answer_at - 1]) + 1, int(answer.folded.origin[begin])
            if gap_start < gap_end:
                source_start, source_end = int(source.origin[source_at - 1]) + 1, int(source.origin[from_])
                yield Piece(gap_start, gap_end, source_start, max(source_start, source_end), 0, edited)
        if np.array_equal(answer.words.hashes[at : at + size], source.words.hashes[place : place + size]):
            yield from _equal(answer.folded.origin[begin:end], source.origin[from_:to])
        else:
            # Two different words with one name: rare, and then nothing is said character by character.
            ours, theirs = answer.folded.origin, source.origin
            yield Piece(
                int(ours[begin]), int(ours[end - 1]) + 1, int(theirs[from_]), int(theirs[to - 1]) + 1, 0, end - begin
            )
        answer_at, source_at = end, to


def _equal(ours: I64, theirs: I64) -> Iterator[Piece]:
    """Yield the pieces of two equal runs of folded characters, cut where the originals drift apart."""
    bounds = [0, *(np.flatnonzero(np.diff(ours - theirs)) + 1).tolist(), len(ours)]
    answer_end = source_end = 0
    for number, (begin, end) in enumerate(pairwise(bounds)):
        start, stop = int(ours[begin]), int(ours[end - 1]) + 1
        from_, to = int(theirs[begin]), int(theirs[end - 1]) + 1
        if number:
            # What was dropped between two characters, such as a second space, belongs to the copy.
            if start > answer_end:
                yield Piece(answer_end, start, min(source_end, from_), max(source_end, from_), 0, 0)
            # One original character may fold to several: the piece that had it first keeps it.
            start = max(start, answer_end)
        if start < stop:
            yield Piece(start, stop, from_, to, end - begin, 0)
        answer_end, source_end = max(stop, answer_end), to
