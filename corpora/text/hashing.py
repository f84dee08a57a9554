"""Hashes that are stored; see :mod:`corpora.kernels.hashing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.hashing import gram_hashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]

__all__ = ["HASH_BITS", "gram_hashes", "mix", "run_hashes"]

HASH_BITS: Final = 40
"""Bits of a stored hash."""
_MIXER: Final = np.uint64(0xBF58476D1CE4E5B9)


_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)


def run_hashes(words: U64, length: int) -> U64:
    """Hash every run of *length* words, uint64, shape ``(n,)``; not mixed, shape ``(max(0, n - length + 1),)``."""
    runs = np.zeros(max(0, len(words) - length + 1), dtype=np.uint64)
    for step in range(length):
        runs *= _PRIME
        runs += words[step : step + len(runs)]
    return runs


def mix(values: U64) -> U64:
    """Return *values* with every input bit spread over the high output bits; changes and returns the array."""
    values ^= values >> np.uint64(32)
    values *= _MIXER
    values ^= values >> np.uint64(29)
    values *= _MIXER
    return values
