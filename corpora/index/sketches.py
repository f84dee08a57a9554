"""
Sketches of stretches of a text: 256 bits that stay alike as long as most of the content words do, in whatever order.

Source:
    Charikar, *Similarity estimation techniques from rounding algorithms* (STOC 2002).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.text.hashing import mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U8 = NDArray[np.uint8]
    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]

BITS: Final = 256
SKETCHED: Final = 31
"""Content words of one sketch; odd, so that no vote is even."""
ASKED_EVERY: Final = 16
"""Content words from one sketch that is looked up to the next; stored ones do not overlap."""
ALIKE: Final = 64
"""Bits in which sketches may differ; unrelated ones differ in 128, give or take 8."""
_BATCH: Final = 2048
_SALTS: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93],
    dtype=np.uint64,
)


def sketches(hashes: U64, begins: I64) -> U8:
    """
    Sketch runs of :data:`SKETCHED` content words.

    Args:
        hashes: uint64, shape ``(n,)``: hashes of the content words; their low 32 bits count.
        begins: int64, shape ``(s,)``: where each run begins.

    Returns:
        uint8, shape ``(s, 32)``.
    """
    parts = [_sketch(hashes[batch[:, None] + np.arange(SKETCHED)]) for batch in _batches(begins)]
    return np.concatenate(parts) if parts else np.zeros((0, BITS // 8), dtype=np.uint8)


def _batches(begins: I64) -> list[I64]:
    return [begins[start : start + _BATCH] for start in range(0, len(begins), _BATCH)]


def _sketch(hashes: U64) -> U8:
    """Return the majority of the words' bits; uint64, shape ``(s, 31)`` to uint8, shape ``(s, 32)``."""
    spread = mix((hashes & np.uint64(0xFFFFFFFF))[:, :, None] * _SALTS + _SALTS[::-1])
    bits = np.unpackbits(spread.astype("<u8").view(np.uint8), axis=2)
    votes = bits.sum(axis=1, dtype=np.uint8)
    return np.packbits(votes > SKETCHED // 2, axis=1)
