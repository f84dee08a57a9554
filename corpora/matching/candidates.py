"""Which stretches of which texts a window may have been copied from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM
from corpora.matching.windows import STRIDE, WIDTH
from corpora.text.hashing import gram_hashes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from corpora.index.reader import IndexReader
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]

_SLAB: Final = 128
"""Windows looked up at once: bounds memory for long texts."""
_MOST_HITS: Final = 4096
"""Seeds of one window that are looked at; the rarest come first."""
_MOST_CANDIDATES: Final = 160
"""Stretches of one window that are aligned; the best covered come first."""
_APART: Final = 1024
"""Code points between two seeds in a text from which on they are taken for two stretches."""
_RARE: Final = 8
"""A seed that stands in so few places is worth an alignment alone."""
_COVERED: Final = 2 * GRAM
"""Folded characters that commoner seeds must cover together."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A stretch of a text that shares seeds with a window.

    Attributes:
        window: Number of the window.
        text: Number of the text.
        at: int64: folded characters of the answer at which the shared grams begin, increasing.
        place: int64, same shape: where they stand in the text store.
    """

    window: int
    text: int
    at: I64
    place: I64


def candidates(index: IndexReader, answer: FoldedAnswer) -> Iterator[Candidate]:
    """Yield the candidates of every window, in the order of windows; the best covered of each window first."""
    for first in range(0, answer.windows, _SLAB):
        yield from _slab(index, answer, first, min(first + _SLAB, answer.windows))


def _slab(index: IndexReader, answer: FoldedAnswer, first: int, last: int) -> Iterator[Candidate]:
    begin, _ = answer.word_range(first)
    _, end = answer.word_range(last - 1)
    low = int(answer.words.begin[begin])
    high = int(answer.words.end[end - 1])
    hits = index.marks.find(gram_hashes(answer.folded.codes[low:high], GRAM))
    if not len(hits.query):
        return
    at = hits.query + low
    head = answer.word_at(at)
    tail = answer.word_at(at + (GRAM - 1))
    # The windows that hold a gram whole run from the first one that reaches its end to the last one that begins before.
    earliest = np.maximum(-((WIDTH - 1 - tail) // STRIDE), first)
    latest = np.minimum(head // STRIDE, last - 1)
    spread = np.maximum(latest - earliest + 1, 0)
    row = np.repeat(np.arange(len(at)), spread)
    window = np.arange(len(row)) - np.repeat(np.cumsum(spread) - spread, spread) + earliest[row]
    text = index.documents.text_at(hits.place)[row]
    at, place, count = at[row], hits.place[row], hits.count[row]
    order = np.lexsort((place, text, window))
    window, text, at, place, count = window[order], text[order], at[order], place[order], count[order]
    new_window = np.flatnonzero(np.diff(window)) + 1
    for rows in np.split(np.arange(len(window)), new_window):
        yield from _of_window(int(window[rows[0]]), text[rows], at[rows], place[rows], count[rows])


def _of_window(window: int, text: I64, at: I64, place: I64, count: I64) -> list[Candidate]:
    if len(at) > _MOST_HITS:
        kept = np.sort(np.argsort(count, kind="stable")[:_MOST_HITS])
        text, at, place, count = text[kept], at[kept], place[kept], count[kept]
    border = (np.diff(text) != 0) | (np.diff(place) > _APART)
    found: list[tuple[int, Candidate]] = []
    for rows in np.split(np.arange(len(at)), np.flatnonzero(border) + 1):
        grams = np.unique(at[rows])
        covered = GRAM + int(np.minimum(np.diff(grams), GRAM).sum())
        if covered < _COVERED and int(count[rows].min()) > _RARE:
            continue
        found.append((covered, Candidate(window, int(text[rows[0]]), at[rows], place[rows])))
    found.sort(key=lambda pair: -pair[0])
    return [candidate for _, candidate in found[:_MOST_CANDIDATES]]
