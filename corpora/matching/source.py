"""Stretches of the stored texts, folded and cut into words; the words of the latest are kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.textstore import BLOCK as TEXT_BLOCK
from corpora.kernels.reading import read_words
from corpora.matching.seeds import BLOCK_SHIFT
from corpora.text.folding import TABLE
from corpora.text.normalize import normalize_codes
from corpora.text.words import LONGEST, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.documents import DocumentTable
    from corpora.index.textstore import TextReader
    from corpora.text.normalize import NormalizedText
    from corpora.text.words import Words

    Hashes = NDArray[np.uint64]

_AROUND: Final = 1
"""Blocks read on both sides of the two that hold the seeds of a candidate."""
_KEPT: Final = 4096
"""Stretches whose words are kept: about 10 MB, or 70 MB where every character is a word."""


@dataclass(frozen=True, slots=True)
class Source:
    """
    A stretch of a text.

    Attributes:
        text: Number of the text.
        codes: uint32: its folded characters.
        origin: int64, same shape: offset in the text of each.
        words: Its words.
    """

    text: int
    codes: NDArray[np.uint32]
    origin: NDArray[np.int64]
    words: Words


def bounds(documents: DocumentTable, text: int, block: int) -> tuple[int, int]:
    """Return two blocks of a text and what stands around them, as a half-open range in the text."""
    low = max(block - _AROUND, 0) << BLOCK_SHIFT
    return low, max(low, min(block + 2 + _AROUND << BLOCK_SHIFT, int(documents.lengths[text])))


def stretch(texts: TextReader, documents: DocumentTable, text: int, block: int) -> tuple[NormalizedText, int]:
    """Return two blocks of a text and what stands around them, folded, and where in the text they begin."""
    low, high = bounds(documents, text, block)
    base = int(documents.starts[text])
    return normalize_codes(texts.codes(base + low, base + high)), low


class SourceReader:
    """Reads stretches; safe to use from several threads."""

    def __init__(self, texts: TextReader, documents: DocumentTable) -> None:
        self._texts = texts
        self._documents = documents
        self._kept: OrderedDict[tuple[int, int], Hashes] = OrderedDict()
        self._lock = Lock()

    def words(self, text: int, block: int) -> Hashes:
        """Return the hashes of the words of a stretch, uint64, as :meth:`read` has them."""
        key = (text, block)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        low, high = bounds(self._documents, text, block)
        base = int(self._documents.starts[text])
        words = read_words(
            self._texts.raw,
            self._texts.blocks,
            TEXT_BLOCK,
            base + low,
            base + high,
            TABLE.ready,
            TABLE.kinds,
            TABLE.entries,
            *TABLE.expansions,
            LONGEST,
        )
        if not len(words):
            words = self.read(text, block).words.hashes
        with self._lock:
            self._kept[key] = words
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return words

    def read(self, text: int, block: int) -> Source:
        """Return two blocks of a text and what stands around them."""
        folded, low = stretch(self._texts, self._documents, text, block)
        return Source(text, folded.codes, folded.origin + low, words_of(folded))
