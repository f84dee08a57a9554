"""Which stretches of which texts a window may have been copied from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from corpora.kernels.gathering import gather
from corpora.matching.seeds import BLOCK_SHIFT, EVIDENCE, SUPPORT, seeds
from corpora.matching.windows import STRIDE, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpora.index.reader import IndexReader
    from corpora.matching.windows import FoldedAnswer

_SLAB: Final = 128
"""Windows looked up at once: bounds memory for long texts."""
_MOST_CANDIDATES: Final = 160
"""Stretches of one window that are aligned; the best supported come first."""


class Candidate(NamedTuple):
    """
    A stretch of a text that shares seeds with a window.

    Attributes:
        window: Number of the window.
        text: Number of the text.
        block: The first of the two blocks of the text that hold the seeds.
    """

    window: int
    text: int
    block: int


def candidates(index: IndexReader, answer: FoldedAnswer, since: int = 0) -> Iterator[Candidate]:
    """Yield the candidates of every window from *since* on, in order; the best supported of each window first."""
    # What a window adds depends on the one before it, but for the first of a slab.
    first = since - 1 if since % _SLAB else since
    while first < answer.windows:
        last = min((first // _SLAB + 1) * _SLAB, answer.windows)
        yield from (found for found in _gathered(index, answer, first, last) if found.window >= since)
        first = last


def _gathered(index: IndexReader, answer: FoldedAnswer, first: int, last: int) -> Iterator[Candidate]:
    """Yield the candidates of the windows ``[first, last)``."""
    begin, _ = answer.word_range(first)
    _, end = answer.word_range(last - 1)
    found = seeds(index, answer, begin, end)
    if not len(found.place):
        return
    documents = index.documents
    text = documents.text_at(found.place)
    blocks = documents.first_blocks(BLOCK_SHIFT)
    block = blocks[text] + (np.maximum(found.place - documents.starts[text], 0) >> BLOCK_SHIFT)
    order = np.argsort(block, kind="stable")
    windows, chosen = gather(
        found.head[order],
        found.tail[order],
        block[order],
        found.gain[order],
        found.kind[order],
        answer.telling,
        first,
        last,
        WIDTH,
        STRIDE,
        EVIDENCE,
        SUPPORT,
        _MOST_CANDIDATES,
    )
    texts = np.searchsorted(blocks, chosen, side="right") - 1
    yield from map(Candidate, windows.tolist(), texts.tolist(), (chosen - blocks[texts]).tolist())
