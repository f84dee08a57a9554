"""
Hashes of character grams and words; the same in every process and on every machine, because they are stored.

Both are polynomials over the characters modulo ``2**64``, read off one running sum: the sum between two positions,
divided by the power at the first, does not depend on where the run stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U32 = NDArray[np.uint32]
    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]

HASH_BITS: Final = 40
"""Bits of a stored hash."""
_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_CHUNK: Final = 1 << 15
"""Characters hashed at once: as many powers are kept."""
_MIXER: Final = np.uint64(0xBF58476D1CE4E5B9)


def _powers(base: int, count: int) -> U64:
    powers = np.full(count, base, dtype=np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


_UP: Final = _powers(_BASE, _CHUNK + 64)
_DOWN: Final = _powers(_INVERSE, _CHUNK + 64)


def mix(values: U64) -> U64:
    """Return *values* with every input bit spread over the high output bits; changes and returns the array."""
    values ^= values >> np.uint64(32)
    values *= _MIXER
    values ^= values >> np.uint64(29)
    values *= _MIXER
    return values


def _running(codes: U32) -> U64:
    """Return the running sum of the terms, from 0; one longer than *codes*."""
    terms = codes.astype(np.uint64)
    terms += np.uint64(1)
    terms *= _UP[: len(codes)]
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(terms, out=sums[1:])
    return sums


def gram_hashes(codes: U32, gram: int) -> U64:
    """
    Hash every run of *gram* characters.

    Args:
        codes: uint32, shape ``(n,)``: folded code points.
        gram: Length of a run, at most 64.

    Returns:
        uint64 below ``2**40``, shape ``(max(0, n - gram + 1),)``.
    """
    count = max(0, len(codes) - gram + 1)
    hashes = np.empty(count, dtype=np.uint64)
    for start in range(0, count, _CHUNK):
        size = min(_CHUNK, count - start)
        sums = _running(codes[start : start + size + gram - 1])
        here = hashes[start : start + size]
        np.subtract(sums[gram:], sums[:size], out=here)
        here *= _DOWN[:size]
        mix(here)
    hashes >>= np.uint64(64 - HASH_BITS)
    return hashes


def word_hashes(codes: U32, begin: I64, end: I64) -> U64:
    """
    Hash words.

    Args:
        codes: uint32, shape ``(n,)``: folded code points.
        begin: int64, shape ``(w,)``, increasing: where each word begins.
        end: int64, shape ``(w,)``: where it ends, at most 64 characters later.

    Returns:
        uint64, shape ``(w,)``, all bits used.
    """
    if len(codes) <= _CHUNK:
        return _words(codes, begin, end)
    hashes = np.empty(len(begin), dtype=np.uint64)
    for start in range(0, len(codes), _CHUNK):
        first, last = begin.searchsorted((start, start + _CHUNK)).tolist()
        hashes[first:last] = _words(
            codes[start : start + _CHUNK + 64], begin[first:last] - start, end[first:last] - start
        )
    return hashes


def _words(codes: U32, begin: I64, end: I64) -> U64:
    sums = _running(codes)
    hashes = sums[end]
    hashes -= sums[begin]
    hashes *= _DOWN[begin]
    return mix(hashes)
