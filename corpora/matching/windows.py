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
from corpora.text.normalize import normalize
from corpora.text.words import names_of, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.weights import WordWeights
    from corpora.text.normalize import NormalizedText
    from corpora.text.words import Words

WIDTH: Final = 96
"""Words of one window."""
STRIDE: Final = 24
"""Words from the beginning of one window to the next."""
_SHORT_BITS: Final = np.array([0.0, 3.0, 5.0, np.inf], dtype=np.float32)
"""The most that a word of one or two characters may say, in bits."""
_NUMBER_BITS: Final = 1.5
"""The most that a digit of a number may say, in bits."""
_FIRST_OTHER_SCRIPT: Final = 0x0590
"""Scripts from here on may say much with one character."""
_AGAIN: Final = np.array([1.0, 0.5, 0.25, 0.125, 0.0], dtype=np.float32)
"""What a word says when it comes for the first, second, ... time in one window."""
_FEW: Final = 4
"""A passage that stands in so few places is as rare as one that stands in one."""
_NEAR: Final = 2
"""Words on both sides of a common gram that are taken for common as well: only some grams are marks."""
_DOUBLING: Final = 0.15
"""What a passage loses whenever the number of its places doubles."""
_LEAST_RARITY: Final = 0.5
"""What is left of the commonest: a long passage is a copy however common it is."""


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
        names: One character per word; see :func:`corpora.text.words.names_of`.
        bits: float32, one per word: what each says about where it comes from.
        gram_counts: int64, one per folded character: in how many places of the index the gram stands that begins there;
            filled in as windows are looked up.
        character_bits: float64, running sum of the same, spread over the folded characters, from 0.
    """

    __slots__ = (
        "_window",
        "_window_bits",
        "bits",
        "character_bits",
        "folded",
        "gram_counts",
        "names",
        "windows",
        "words",
    )

    def __init__(self, text: str, weights: WordWeights) -> None:
        self.folded: NormalizedText = normalize(text)
        self.words: Words = words_of(self.folded)
        self.windows = window_count(len(self.words)) if len(self.words) else 0
        self.names = names_of(self.words)
        lengths = self.words.end - self.words.begin
        self.bits: NDArray[np.float32] = np.minimum(weights.of(self.words.hashes), self._most(lengths))
        self.character_bits: NDArray[np.float64] = np.zeros(len(self.folded) + 1)
        np.cumsum(np.repeat(self.bits / lengths, lengths), out=self.character_bits[1:])
        self.gram_counts: NDArray[np.int64] = np.zeros(len(self.folded), dtype=np.int64)
        self._window = -1
        self._window_bits: list[float] = []

    def _most(self, lengths: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the most that each word may say: short ones and numbers, as in tables and code, say little."""
        first = self.folded.codes[self.words.begin]
        short = _SHORT_BITS[np.minimum(lengths, len(_SHORT_BITS) - 1)]
        number = np.where((first >= 0x30) & (first <= 0x39), _NUMBER_BITS * lengths, np.inf)  # noqa: PLR2004 - 0 to 9
        return np.where(first < _FIRST_OTHER_SCRIPT, np.minimum(short, number), np.inf).astype(np.float32)

    def window_bits(self, window: int) -> list[float]:
        """
        Return the running sum, from 0, of what the words of a window say.

        A word said again says half as much, and so does one in a passage that stands in many texts.
        """
        if window != self._window:
            first, last = self.word_range(window)
            hashes = self.words.hashes[first:last]
            order = np.argsort(hashes, kind="stable")
            new = np.flatnonzero(np.concatenate(([True], hashes[order][1:] != hashes[order][:-1])))
            again = np.empty(len(hashes), dtype=np.int64)
            again[order] = np.arange(len(hashes)) - np.repeat(new, np.diff(new, append=len(hashes)))
            bits = self.bits[first:last] * _AGAIN[np.minimum(again, len(_AGAIN) - 1)] * self._rarity(first, last)
            self._window, self._window_bits = window, [0.0, *np.cumsum(bits, dtype=np.float64).tolist()]
        return self._window_bits

    def _rarity(self, first: int, last: int) -> NDArray[np.float64] | float:
        """Return a factor for each word of a window; grams that reach beyond the window do not count."""
        begin, end = int(self.words.begin[first]), int(self.words.end[last - 1])
        counts = self.gram_counts[begin : max(end - GRAM + 1, begin)]
        common = np.flatnonzero(counts > _FEW)
        if not len(common):
            return 1.0
        heads = self.word_at(common + begin) - (_NEAR + first)
        tails = self.word_at(common + (begin + GRAM - 1)) + (_NEAR + 1 - first)
        most = np.full(last - first, _FEW, dtype=np.int64)
        for head, tail, count in zip(heads.tolist(), tails.tolist(), counts[common].tolist(), strict=True):
            here = most[max(head, 0) : tail]
            np.maximum(here, count, out=here)
        return np.maximum(1.0 - _DOUBLING * np.log2(most / _FEW), _LEAST_RARITY)

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
