"""Stretches of the stored texts, folded and cut into words; the latest ones are kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.matching.seeds import BLOCK_SHIFT
from corpora.text.normalize import normalize_codes
from corpora.text.words import words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.documents import DocumentTable
    from corpora.index.textstore import TextReader
    from corpora.text.normalize import NormalizedText
    from corpora.text.words import Words

_AROUND: Final = 1
"""Blocks read on both sides of the two that hold the seeds of a candidate."""
_KEPT: Final = 512
"""Stretches kept: about 40 MB at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """
    A stretch of a text.

    Attributes:
        text: Number of the text.
        codes: uint32: its folded characters.
        origin: int64, same shape: offset in the text of each.
        words: Its words.
        stored: uint64, increasing: their hashes.
        order: int64, same shape: where each stands among the words.
    """

    text: int
    codes: NDArray[np.uint32]
    origin: NDArray[np.int64]
    words: Words
    stored: NDArray[np.uint64]
    order: NDArray[np.int64]


def stretch(texts: TextReader, documents: DocumentTable, text: int, block: int) -> tuple[NormalizedText, int]:
    """Return two blocks of a text and what stands around them, folded, and where in the text they begin."""
    low = max(block - _AROUND, 0) << BLOCK_SHIFT
    high = min(block + 2 + _AROUND << BLOCK_SHIFT, int(documents.lengths[text]))
    base = int(documents.starts[text])
    return normalize_codes(texts.codes(base + low, base + max(high, low))), low


class SourceReader:
    """Reads stretches; safe to use from several threads."""

    def __init__(self, texts: TextReader, documents: DocumentTable) -> None:
        self._texts = texts
        self._documents = documents
        self._kept: OrderedDict[tuple[int, int], Source] = OrderedDict()
        self._lock = Lock()

    def read(self, text: int, block: int) -> Source:
        """Return two blocks of a text and what stands around them."""
        key = (text, block)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        folded, low = stretch(self._texts, self._documents, text, block)
        words = words_of(folded)
        order = np.argsort(words.hashes)
        source = Source(text, folded.codes, folded.origin + low, words, words.hashes[order], order)
        with self._lock:
            self._kept[key] = source
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return source
