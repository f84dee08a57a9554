"""Passages of a corpus that keeps no texts: estimated from the marks alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM, REACH
from corpora.kernels.hashing import gram_hashes
from corpora.matching.align import THRESHOLD
from corpora.matching.passage import Passage, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from corpora.index.reader import IndexReader
    from corpora.matching.windows import FoldedAnswer

    F64 = NDArray[np.float64]

_DRIFT: Final = 24
"""Code points by which answer and text may drift apart from one mark to the next."""
_APART: Final = REACH + GRAM
"""Folded characters from one mark to the next, at most: a common run has one in every reach."""


def estimate(index: IndexReader, answer: FoldedAnswer, window: int, bits: F64, text: int) -> Iterator[Passage]:
    """
    Yield the passages that the grams of a window trace in a text; their similarity is what the grams cover of them.

    Args:
        index: The index.
        answer: The text looked at.
        window: Number of the window.
        bits: float64, one per word of the window: what each says.
        text: Number of the text.
    """
    first, last = answer.word_range(window)
    low, high = int(answer.words.begin[first]), int(answer.words.end[last - 1])
    hits = index.marks.find(gram_hashes(answer.folded.codes[low:high], GRAM))
    start = int(index.documents.starts[text])
    here = np.flatnonzero((hits.place >= start) & (hits.place < start + int(index.documents.lengths[text])))
    at, place = hits.query[here] + low, hits.place[here] - start
    order = np.lexsort((place, at))
    at, place = at[order], place[order]
    if not len(at):
        return
    running = np.concatenate((np.zeros(1), np.cumsum(bits)))
    origin = answer.folded.origin
    apart = np.diff(at) > _APART
    drift = np.abs(np.diff(place) - np.diff(origin[at])) > _DRIFT
    for rows in np.split(np.arange(len(at)), np.flatnonzero(apart | drift) + 1):
        begin, end = int(at[rows[0]]), int(at[rows[-1]]) + GRAM
        words = answer.word_at(np.array([begin, end - 1])) - first
        if running[int(words[1]) + 1] - running[int(words[0])] < THRESHOLD:
            continue
        start, stop = int(origin[begin]), int(origin[end - 1]) + 1
        from_ = int(place[rows[0]])
        # The end in the text is as far from the last mark as the end in the answer.
        to = int(place[rows[-1]]) + stop - int(origin[end - GRAM])
        covered = GRAM + int(np.minimum(np.diff(at[rows]), GRAM).sum())
        # One more than what is not covered: an estimate is never certain.
        yield Passage(window, text, (Piece(start, stop, from_, max(from_, to), covered, end - begin - covered + 1),))
