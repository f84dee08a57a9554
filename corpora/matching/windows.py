"""
The windows in which passages are looked for.

A text is cut into overlapping windows of :data:`WIDTH` words, one every :data:`STRIDE` words from its beginning.  What
is found in a window depends on the words of that window and on nothing else, and every passage is put together from
what its windows found.  So a window that is followed by one more word is settled for good, whatever comes later:
streams rely on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM
from corpora.index.weights import STEPS
from corpora.kernels.weighing import window_bits, word_bits
from corpora.text.boilerplate import boilerplate
from corpora.text.normalize import normalize
from corpora.text.words import words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.weights import WordWeights
    from corpora.text.normalize import NormalizedText
    from corpora.text.words import Words

WIDTH: Final = 96
"""Words of one window."""
STRIDE: Final = 24
"""Words from the beginning of one window to the next."""


def window_count(words: int) -> int:
    """Return how many windows a text of *words* words has; the last one may still grow, the others may not."""
    return 1 + max(0, -(-(words - WIDTH) // STRIDE))


class FoldedAnswer:
    """
    A text to look at: folded, cut into words and windows.

    Attributes:
        folded: The folded text.
        words: Its words.
        windows: How many windows it has; 0 where it has no word.
        bits: float64, one per word: what each says about where it comes from.
        gram_counts: int32, one per folded character: in how many places of the index the gram stands that begins there;
            filled in as windows are looked up.
        telling: float64, one per word: how much it helps to find where that is; part numbers and legal words do.
        character_bits: float64, running sum of the same, spread over the folded characters, from 0.
    """

    __slots__ = ("bits", "character_bits", "folded", "gram_counts", "telling", "windows", "words")

    def __init__(self, text: str, weights: WordWeights) -> None:
        self.folded: NormalizedText = normalize(text)
        self.words: Words = words_of(self.folded)
        self.windows = window_count(len(self.words)) if len(self.words) else 0
        self.bits, self.character_bits, self.telling = word_bits(
            self.folded.codes,
            self.words.begin,
            self.words.end,
            self.words.hashes,
            weights.steps,
            STEPS,
            *boilerplate(),
        )
        self.gram_counts: NDArray[np.int32] = np.zeros(len(self.folded), dtype=np.int32)

    def window_bits(self, window: int) -> NDArray[np.float64]:
        """Return what each word of a window says; less where it is said again, or stands in many texts."""
        words = self.words
        first, last = self.word_range(window)
        return window_bits(words.hashes, self.bits, words.begin, words.end, self.gram_counts, GRAM, first, last)

    def word_range(self, window: int) -> tuple[int, int]:
        """Return the words of a window, half-open."""
        return window * STRIDE, min(window * STRIDE + WIDTH, len(self.words))

    def word_at(self, characters: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the word that holds each folded character."""
        return self.words.begin.searchsorted(characters, side="right") - 1

    def settled(self) -> int:
        """Return the original offset up to which every window that covers it is settled."""
        if self.windows <= 1:
            return 0
        first_open = (self.windows - 1) * STRIDE
        return int(self.folded.origin[self.words.begin[first_open]])
