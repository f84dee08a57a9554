"""Words of a folded text, for scripts with and without spaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.text.hashing import word_hashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.text.normalize import NormalizedText

LONGEST: Final = 24
"""Characters of the longest word; longer runs (encoded data, long identifiers) are cut from their beginning."""


@dataclass(frozen=True, slots=True)
class Words:
    """
    The words of one folded text, in order.

    Attributes:
        begin: int64, shape ``(w,)``: first folded character of each word.
        end: int64, shape ``(w,)``: one past its last folded character.
        hashes: uint64, shape ``(w,)``.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.begin)


def names_of(words: Words) -> str:
    """Return one character per word, equal for equal words; different words share one once in a million."""
    return (words.hashes >> np.uint64(44)).astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def words_of(text: NormalizedText) -> Words:
    """Split *text* into words; depends on what stands left of a word and on nothing right of its end."""
    begin = np.flatnonzero(text.starts)
    end = np.append(begin[1:], len(text.codes)) if len(begin) else begin
    lengths = end - begin
    if len(begin) and int(lengths.max()) > LONGEST:
        pieces = -(-lengths // LONGEST)
        first = np.repeat(begin, pieces)
        number = np.arange(len(first)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        begin = first + number * LONGEST
        end = np.append(begin[1:], len(text.codes))
    return Words(begin, end, word_hashes(text.codes, begin, end))
