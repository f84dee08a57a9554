"""Stretches of the stored texts, folded and cut into words; the latest ones are kept."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from corpora.text.normalize import normalize_codes
from corpora.text.words import words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corpora.index.documents import DocumentTable
    from corpora.index.textstore import TextReader
    from corpora.text.words import Words

_TILE: Final = 512
"""Stretches begin and end at multiples of so many code points of their text, so that neighbours share them."""
_KEPT: Final = 512
"""Stretches kept: about 40 MB at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """
    A stretch of a text.

    Attributes:
        text: Number of the text.
        origin: int64: offset in the text of each folded character.
        words: Its words.
    """

    text: int
    origin: NDArray[np.int64]
    words: Words


class SourceReader:
    """Reads stretches; safe to use from several threads."""

    def __init__(self, texts: TextReader, documents: DocumentTable) -> None:
        self._texts = texts
        self._documents = documents
        self._kept: OrderedDict[tuple[int, int, int], Source] = OrderedDict()
        self._lock = Lock()

    def read(self, text: int, start: int, end: int) -> Source:
        """Return a stretch that holds the code points ``[start, end)`` of a text, as far as it has them."""
        length = int(self._documents.lengths[text])
        low = max(start, 0) // _TILE * _TILE
        high = min(-(-end // _TILE) * _TILE, length)
        key = (text, low, high)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        base = int(self._documents.starts[text])
        folded = normalize_codes(self._texts.codes(base + low, base + max(high, low)))
        source = Source(text, folded.origin + low, words_of(folded))
        with self._lock:
            self._kept[key] = source
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return source
