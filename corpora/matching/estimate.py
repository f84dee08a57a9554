"""Passages of a corpus that keeps no texts: estimated from the marks alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM, REACH
from corpora.matching.align import THRESHOLD
from corpora.matching.passage import Passage, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpora.matching.candidates import Candidate
    from corpora.matching.windows import FoldedAnswer

_DRIFT: Final = 24
"""Code points by which answer and text may drift apart from one mark to the next."""
_APART: Final = REACH + GRAM
"""Folded characters from one mark to the next, at most: a common run has one in every reach."""


def estimate(answer: FoldedAnswer, candidate: Candidate) -> Iterator[Passage]:
    """Yield the passages that the grams of *candidate* trace; their similarity is what the grams cover of them."""
    first, _ = answer.word_range(candidate.window)
    order = np.lexsort((candidate.place, candidate.at))
    order = order[candidate.gram[order]]
    at, place = candidate.at[order], candidate.place[order]
    if not len(at):
        return
    origin = answer.folded.origin
    apart = np.diff(at) > _APART
    drift = np.abs(np.diff(place) - np.diff(origin[at])) > _DRIFT
    for rows in np.split(np.arange(len(at)), np.flatnonzero(apart | drift) + 1):
        begin, end = int(at[rows[0]]), int(at[rows[-1]]) + GRAM
        bits = answer.window_bits(candidate.window)
        words = answer.word_at(np.array([begin, end - 1])) - first
        if bits[int(words[1]) + 1] - bits[int(words[0])] < THRESHOLD:
            continue
        start, stop = int(origin[begin]), int(origin[end - 1]) + 1
        from_ = int(place[rows[0]])
        # The end in the text is as far from the last mark as the end in the answer.
        to = int(place[rows[-1]]) + stop - int(origin[end - GRAM])
        covered = GRAM + int(np.minimum(np.diff(at[rows]), GRAM).sum())
        # One more than what is not covered: an estimate is never certain.
        yield Passage(candidate.text, (Piece(start, stop, from_, max(from_, to), covered, end - begin - covered + 1),))
