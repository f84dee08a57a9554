"""How rare every word is in this corpus, in bits."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.weighing import count_words

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]

WEIGHT_FILE: Final = "words.weights"
_MOST_BITS: Final = 20
_FEWEST_BITS: Final = 16
_CONTEXT_BITS: Final = 24
"""As many pairs of neighbouring words are told apart; enough for some 20 million different ones."""
STEPS: Final = 16
"""Stored steps per bit of information."""
_PRIOR_WORDS: Final = 20_000
"""A corpus is treated as if so many words of other text had been seen: in a small one nothing is proved rare."""
_PRIOR_SEEN: Final = 2.0
CEILING: Final = 13.0
"""Bits of the rarest word: rarer ones are names and slips, and no better evidence than a rare word."""


class WordCounter:
    """
    Counts words by the low bits of their hash, each once for every word that follows it.

    Not every time: a memo that was filed ten thousand times must not make its own words common, and so invisible.
    """

    def __init__(self) -> None:
        self._counts: NDArray[np.int64] = np.zeros(1 << _MOST_BITS, dtype=np.int64)
        self._met: NDArray[np.uint8] = np.zeros(1 << (_CONTEXT_BITS - 3), dtype=np.uint8)
        self.total = 0

    def add(self, hashes: U64) -> None:
        """Count words in the order of the text, uint64, shape ``(n,)``; the low 32 bits are looked at."""
        self.total += count_words(hashes, self._met, self._counts, _CONTEXT_BITS)

    def write(self, directory: Path) -> WordWeights:
        """Write the weights and return them; small corpora get a small table."""
        bits = _FEWEST_BITS
        while bits < _MOST_BITS and self.total > 1 << bits:
            bits += 1
        counts = self._counts.reshape(-1, 1 << bits).sum(axis=0)
        information = np.log2((self.total + _PRIOR_WORDS) / (counts + _PRIOR_SEEN))
        (np.clip(information, 0.5, CEILING) * STEPS).astype(np.uint8).tofile(directory / WEIGHT_FILE)
        return WordWeights(directory)


class WordWeights:
    """
    Looks up how many bits of information a word carries.

    Attributes:
        steps: uint8, shape a power of two: the weights by the low bits of the hash, in steps of ``1 / STEPS`` bits.
    """

    def __init__(self, directory: Path) -> None:
        self.steps: NDArray[np.uint8] = np.fromfile(directory / WEIGHT_FILE, dtype=np.uint8)
        self._mask = np.uint64(len(self.steps) - 1)

    def of(self, hashes: U64) -> NDArray[np.float32]:
        """Return the weights in bits, float32, shape ``(n,)``."""
        return self.steps[(hashes & self._mask).astype(np.int64)].astype(np.float32) * np.float32(1 / STEPS)


def inherited(source: Path, directory: Path) -> WordWeights:
    """
    Give the segment in *directory* the weights of the one in *source*, and return them.

    What little a small segment holds says nothing of how rare a word is; what stands beside it does.
    """
    target = directory / WEIGHT_FILE
    try:
        # Written once and never changed: both names may stand for one file.
        target.hardlink_to(source / WEIGHT_FILE)
    except OSError:
        shutil.copyfile(source / WEIGHT_FILE, target)
    return WordWeights(directory)
