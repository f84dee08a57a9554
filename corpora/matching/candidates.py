"""Which stretches of which texts a window may have been copied from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM
from corpora.matching.seeds import seeds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from corpora.index.reader import IndexReader
    from corpora.matching.seeds import Seeds
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]

_SLAB: Final = 128
"""Windows looked up at once: bounds memory for long texts."""
_MOST_CANDIDATES: Final = 160
"""Stretches of one window that are aligned; the best supported come first."""
_APART: Final = 1024
"""Code points between two seeds in a text from which on they are taken for two stretches."""
_PAIR_BITS: Final = 10.0
"""What a word that begins a shared pair adds to the evidence, in bits."""
_EVIDENCE: Final = 60.0
"""Bits of evidence from which on a stretch is worth an alignment."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A stretch of a text that shares seeds with a window.

    Attributes:
        window: Number of the window.
        text: Number of the text.
        at: int64: folded characters of the answer at which the seeds begin.
        place: int64, same shape, increasing: where they stand in the text store, about.
    """

    window: int
    text: int
    at: I64
    place: I64


def candidates(index: IndexReader, answer: FoldedAnswer) -> Iterator[Candidate]:
    """Yield the candidates of every window, in the order of windows; the best supported of each window first."""
    for first in range(0, answer.windows, _SLAB):
        found = seeds(index, answer, first, min(first + _SLAB, answer.windows))
        if found is not None:
            yield from _grouped(answer, found)


def _grouped(answer: FoldedAnswer, found: Seeds) -> Iterator[Candidate]:
    # Places of different texts differ, so sorting by place sorts by text as well.
    order = np.lexsort((found.place, found.window))
    window, place, text = found.window[order], found.place[order], found.text[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(window) != 0) | (np.diff(text) != 0) | (np.diff(place) > _APART)
    group = np.cumsum(new) - 1
    evidence = _evidence(answer, group, found.at[order], found.gram[order])
    begins = np.flatnonzero(new)
    ends = np.append(begins[1:], len(order))
    worthy = np.flatnonzero(evidence >= _EVIDENCE)
    if not len(worthy):
        return
    worthy = worthy[np.lexsort((-evidence[worthy], window[begins[worthy]]))]
    previous, taken = -1, 0
    for number in worthy.tolist():
        here = int(window[begins[number]])
        taken = taken + 1 if here == previous else 1
        previous = here
        if taken <= _MOST_CANDIDATES:
            rows = slice(int(begins[number]), int(ends[number]))
            yield Candidate(here, int(text[begins[number]]), found.at[order][rows], place[rows])


def _evidence(answer: FoldedAnswer, group: I64, at: I64, gram: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the evidence of each group in bits: what its grams cover, once, and the words that begin its pairs."""
    order = np.lexsort((at, ~gram, group))
    group, at, gram = group[order], at[order], gram[order]
    same = np.zeros(len(at), dtype=np.bool_)
    same[:-1] = (group[1:] == group[:-1]) & (gram[1:] == gram[:-1])
    following = np.full(len(at), np.iinfo(np.int64).max)
    following[:-1][same[:-1]] = at[1:][same[:-1]]
    running = answer.character_bits
    covered = running[np.minimum(at + GRAM, following).clip(max=len(running) - 1)] - running[at]
    gains = np.where(gram, covered, np.where(following == at, 0.0, _PAIR_BITS))
    return np.bincount(group, weights=gains)
