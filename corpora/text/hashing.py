"""Hashes of character grams and words; the same in every process and on every machine, because they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U32 = NDArray[np.uint32]
    U64 = NDArray[np.uint64]

_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_MASK64: Final = (1 << 64) - 1
HASH_BITS: Final = 40
"""Bits of a stored hash."""


def mix(values: U64) -> U64:
    """Return *values* with every input bit spread over all output bits (the finalizer of SplitMix64); a new array."""
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def gram_hashes(codes: U32, gram: int) -> U64:
    """
    Hash every run of *gram* characters.

    Args:
        codes: uint32, shape ``(n,)``: folded code points.
        gram: Length of a run; a power of two.

    Returns:
        uint64, shape ``(max(0, n - gram + 1),)``; the low :data:`HASH_BITS` bits are used.
    """
    if len(codes) < gram:
        return np.zeros(0, dtype=np.uint64)
    hashes = codes.astype(np.uint64) + np.uint64(1)
    # The hash of 2m characters is hash(first m) * B**m + hash(last m): four rounds make sixteen characters.
    power, width = _MULTIPLIER, 1
    while width < gram:
        hashes = hashes[:-width] * np.uint64(power) + hashes[width:]
        power = power * power & _MASK64
        width *= 2
    return mix(hashes) >> np.uint64(64 - HASH_BITS)


def word_hashes(codes: U32, begin: NDArray[np.int64]) -> U64:
    """
    Hash words.

    Args:
        codes: uint32, shape ``(n,)``: folded code points.
        begin: int64, shape ``(w,)``, increasing: where each word begins; it ends where the next begins.

    Returns:
        uint64, shape ``(w,)``, all bits used.
    """
    if len(begin) == 0:
        return np.zeros(0, dtype=np.uint64)
    inside = np.arange(len(codes), dtype=np.uint64)
    inside -= np.repeat(begin, np.diff(begin, append=len(codes))).astype(np.uint64)
    # Each character is mixed with its place in the word, so that anagrams differ; the sum is then mixed once more.
    parts = (codes.astype(np.uint64) + np.uint64(1)) * np.uint64(_MULTIPLIER) + inside * np.uint64(0xD1B54A32D192ED03)
    parts ^= parts >> np.uint64(29)
    parts *= np.uint64(0xBF58476D1CE4E5B9)
    parts ^= parts >> np.uint64(32)
    return mix(np.add.reduceat(parts, begin))
