"""Pairs of content words and sketches of runs of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import U64, kernel
from corpora.kernels.hashing import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U8 = NDArray[np.uint8]
    Hashes = NDArray[np.uint64]
    I64 = NDArray[np.int64]

SKETCHED: Final = 31
"""Content words of one sketch: as many as five bits count."""
_LOW: Final = 0xFFFFFFFF
_SALTS: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93],
    dtype=np.uint64,
)


@kernel
def near_pairs(content: I64, hashes: Hashes, following: int, apart: int, sampled: int) -> tuple[I64, I64, Hashes]:
    """
    Pair content words that stand near each other.

    Args:
        content: int64, increasing: positions of the content words among all words.
        hashes: uint64, shape of *content*: their hashes; the low 32 bits count.
        following: How many of the following content words each is paired with.
        apart: Words from the first to the second, at most.
        sampled: Of 16 pairs so many are kept, chosen by their hash.

    Returns:
        Indexes into *content* of the first and second word int64, and the hash of the pair, whatever its order,
        uint64 below ``2**40``; equal lengths, sorted by the first word.
    """
    size = len(content) * following
    first = np.empty(size, np.int64)
    second = np.empty(size, np.int64)
    out = np.empty(size, np.uint64)
    at = 0
    for i in range(len(content)):
        one = hashes[i] & U64(_LOW)
        for j in range(i + 1, min(i + following + 1, len(content))):
            if content[j] - content[i] > apart:
                break
            other = hashes[j] & U64(_LOW)
            value = mixed((min(one, other) << U64(32)) | max(one, other))
            if (value & U64(15)) < U64(sampled):
                first[at], second[at], out[at] = i, j, value >> U64(24)
                at += 1
    return first[:at], second[:at], out[:at]


@kernel
def sketches(hashes: Hashes, begins: I64) -> U8:
    """
    Sketch runs of :data:`SKETCHED` content words: the majority of the bits of their hashes.

    Args:
        hashes: uint64, shape ``(n,)``: hashes of the content words; the low 32 bits count.
        begins: int64, shape ``(s,)``: where each run begins.

    Returns:
        uint8, shape ``(s, 32)``.

    Source:
        Charikar, *Similarity estimation techniques from rounding algorithms* (STOC 2002).
    """
    out = np.zeros((len(begins), 32), np.uint8)
    for row in range(len(begins)):
        for part in range(4):
            # 64 counters of five bits side by side: bit k of all of them is one word.
            ones, twos, fours, eights, sixteens = U64(0), U64(0), U64(0), U64(0), U64(0)
            for i in range(begins[row], begins[row] + SKETCHED):
                carry = mixed((hashes[i] & U64(_LOW)) * _SALTS[part] + _SALTS[3 - part])
                ones, carry = ones ^ carry, ones & carry
                twos, carry = twos ^ carry, twos & carry
                fours, carry = fours ^ carry, fours & carry
                eights, carry = eights ^ carry, eights & carry
                sixteens ^= carry
            # Of 31 votes more than half are 16 or more.
            for byte in range(8):
                out[row, 8 * part + byte] = np.uint8((sixteens >> U64(8 * byte)) & U64(0xFF))
    return out
