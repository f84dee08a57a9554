"""How much the words of a text say about where it comes from, in bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import U64, kernel
from corpora.kernels.hashing import stands_alone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint32]
    Hashes = NDArray[np.uint64]
    I64 = NDArray[np.int64]
    F64 = NDArray[np.float64]

_SHORT_BITS: Final = np.array([0.0, 3.0, 5.0])
"""The most that a word of one or two characters may say."""
_NUMBER_BITS: Final = 1.5
"""The most that a digit of a number may say."""
_MIXED_BITS: Final = 6.0
"""The most that a word of letters and digits may say: part numbers and registers come in lists that are all alike."""
_FIRST_OTHER_SCRIPT: Final = 0x0590
"""Scripts from here on may say much with one character."""
_SYLLABLE_BITS: Final = 5.0
"""The most that one character of a script without spaces may say."""
_HAN_BITS: Final = 6.0
"""The same for Chinese characters."""
_AGAIN: Final = np.array([1.0, 0.5, 0.25, 0.125, 0.0])
"""What a word says when it comes for the first, second, ... time in one window."""
_FEW: Final = 4
"""A passage that stands in so few places is as rare as one that stands in one."""
_NEAR: Final = 2
"""Words on both sides of a common gram that are taken for common as well: only some grams are marks."""
_DOUBLING: Final = 0.15
"""What a passage loses whenever the number of its places doubles."""
_LEAST_RARITY: Final = 0.5
"""What is left of the commonest: a long passage is a copy however common it is."""


@kernel
def word_bits(
    codes: Codes,
    begin: I64,
    end: I64,
    hashes: Hashes,
    steps: NDArray[np.uint8],
    per_bit: float,
    boilerplate: Hashes,
    boilerplate_bits: F64,
) -> tuple[F64, F64, F64]:
    """
    Weigh words: what the corpus says, less for short ones and numbers, as in tables and code.

    Args:
        codes: uint32, shape ``(n,)``: folded code points.
        begin: int64, shape ``(w,)``: first character of each word.
        end: int64, shape ``(w,)``: one past its last.
        hashes: uint64, shape ``(w,)``.
        steps: uint8, shape a power of two: weights by the low bits of the hash.
        per_bit: Steps per bit.
        boilerplate: uint64, increasing: hashes of words that say little wherever they are rare.
        boilerplate_bits: float64, same shape: the most that each says.

    Returns:
        Bits of each word, float64, shape ``(w,)``; the running sum, from 0, spread over the characters, float64,
        shape ``(n + 1,)``; and how telling each is as part of a pair, float64, shape ``(w,)``.
    """
    out = np.empty(len(hashes), np.float64)
    telling = np.empty(len(hashes), np.float64)
    running = np.zeros(len(codes) + 1, np.float64)
    mask = U64(len(steps) - 1)
    for i in range(len(hashes)):
        bits = steps[hashes[i] & mask] / per_bit
        telling[i] = bits
        length = end[i] - begin[i]
        first = codes[begin[i]]
        if first < _FIRST_OTHER_SCRIPT:
            if length < len(_SHORT_BITS):
                bits = min(bits, _SHORT_BITS[length])
            digits = 0
            for k in range(begin[i], end[i]):
                digits += 0x30 <= codes[k] <= 0x39
            if digits == length:
                bits = min(bits, _NUMBER_BITS * length)
            # What follows says little of where a text comes from, and still where to look for it.
            telling[i] = bits
            if 0 < digits < length:
                bits = min(bits, _MIXED_BITS)
        elif length == 1 and stands_alone(first):
            bits = min(bits, _HAN_BITS if first >= 0x3400 else _SYLLABLE_BITS)
        at = np.searchsorted(boilerplate, hashes[i])
        if at < len(boilerplate) and boilerplate[at] == hashes[i]:
            bits = min(bits, boilerplate_bits[at])
        out[i] = bits
        each = bits / length
        for k in range(begin[i], end[i]):
            running[k + 1] = running[k] + each
    return out, running, telling


@kernel
def window_bits(
    hashes: Hashes, bits: F64, begin: I64, end: I64, counts: NDArray[np.int32], gram: int, first: int, last: int
) -> F64:
    """
    Weigh the words of one window.

    A word said again says half as much, and so does one in a passage that stands in many texts.

    Args:
        hashes: uint64, shape ``(w,)``.
        bits: float64, shape ``(w,)``.
        begin: int64, shape ``(w,)``: first folded character of each word.
        end: int64, shape ``(w,)``: one past its last.
        counts: int32, one per folded character: places of the gram that begins there.
        gram: Folded characters of a gram.
        first: First word of the window.
        last: One past its last.

    Returns:
        float64, shape ``(last - first,)``.
    """
    out = np.empty(last - first, np.float64)
    most = np.full(last - first, _FEW, np.int64)
    head, tail = first, first
    for at in range(begin[first], end[last - 1] - gram + 1):
        while end[head] <= at:
            head += 1
        if counts[at] <= _FEW:
            continue
        tail = max(tail, head)
        while end[tail] <= at + gram - 1:
            tail += 1
        for i in range(max(head - _NEAR, first), min(tail + _NEAR + 1, last)):
            most[i - first] = max(most[i - first], counts[at])
    for i in range(first, last):
        again = 0
        for k in range(first, i):
            if hashes[k] == hashes[i]:
                again += 1
        value = bits[i] * _AGAIN[min(again, len(_AGAIN) - 1)]
        if most[i - first] > _FEW:
            value *= max(1.0 - _DOUBLING * np.log2(most[i - first] / _FEW), _LEAST_RARITY)
        out[i - first] = value
    return out


@kernel
def count_words(hashes: Hashes, met: NDArray[np.uint8], counts: I64, context_bits: int) -> int:
    """
    Count each word once for every word that follows it.

    Args:
        hashes: uint64, shape ``(n,)``, in the order of the text; the low 32 bits count.
        met: uint8, ``2**context_bits`` bits: the neighbours met so far; changed.
        counts: int64, shape a power of two: by the low bits of the hash; changed.
        context_bits: At least 3.

    Returns:
        How many were counted.
    """
    total = 0
    mask = U64(len(counts) - 1)
    for i in range(len(hashes) - 1):
        context = (hashes[i] * U64(0x9E3779B97F4A7C15) + hashes[i + 1]) * U64(0xBF58476D1CE4E5B9)
        slot = context >> U64(64 - context_bits)
        bit = np.uint8(1 << (slot & U64(7)))
        if not met[slot >> U64(3)] & bit:
            met[slot >> U64(3)] |= bit
            counts[hashes[i] & mask] += 1
            total += 1
    return total
