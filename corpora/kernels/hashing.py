"""
Hashes of words and character grams; the same in every process and on every machine, because they are stored.

Both are polynomials over the characters modulo ``2**64``, mixed afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import U64, kernel
from corpora.kernels.numbers import INT
from corpora.text.folding import ALONE_RANGES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes = NDArray[np.uint32]
    Hashes = NDArray[np.uint64]
    I64 = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_BASE: Final = 0x9E3779B97F4A7C15
_MIXER: Final = 0xBF58476D1CE4E5B9
_PLACE_BITS: Final = 24
_PLACES: Final = (1 << _PLACE_BITS) - 1
_ALL: Final = (1 << 64) - 1


@kernel
def mixed(value: np.uint64) -> np.uint64:
    """Return *value* with every input bit spread over the high output bits."""
    value ^= value >> U64(32)
    value *= U64(_MIXER)
    value ^= value >> U64(29)
    value *= U64(_MIXER)
    return value


@kernel
def taken_in(value: np.uint64, code: int) -> np.uint64:
    """Return the polynomial *value* with one more folded code point."""
    return value * U64(_BASE) + U64(code) + U64(1)


@kernel
def stands_alone(code: int) -> bool:
    """Whether a folded code point belongs to a script that writes no spaces; see :mod:`corpora.text.folding`."""
    if code < ALONE_RANGES[0][0]:
        return False
    for low, high in ALONE_RANGES:  # noqa: SIM110 - kernels have no generators
        if low <= code <= high:
            return True
    return False


@kernel
def split(codes: Codes, starts: Bools, longest: int) -> tuple[I64, I64, Hashes]:
    """
    Cut folded characters into words; runs of more than *longest* are cut from their beginning.

    Where a script writes no spaces every character is a word, and its hash takes in the one before it: alone it would
    say as little as a syllable.

    Args:
        codes: uint32, shape ``(n,)``: folded code points.
        starts: bool, shape ``(n,)``: whether a word begins there; true at 0.
        longest: Characters of the longest word.

    Returns:
        Begin and end int64, hash uint64, one of each per word.
    """
    # At most: words that begin, and cuts of long runs.
    count = len(codes) // longest + 1
    for i in range(len(codes)):
        count += starts[i]
    begin = np.empty(count, np.int64)
    end = np.empty(count, np.int64)
    hashes = np.empty(count, np.uint64)
    word, length, value = -1, 0, U64(0)
    for i in range(len(codes)):
        if starts[i] or length == longest:
            if word >= 0:
                end[word] = i
                hashes[word] = mixed(value)
            word += 1
            begin[word] = i
            length, value = 0, U64(0)
            if i and stands_alone(codes[i]) and stands_alone(codes[i - 1]):
                value = U64(codes[i - 1]) + U64(1)
        length += 1
        value = taken_in(value, codes[i])
    if word >= 0:
        end[word] = len(codes)
        hashes[word] = mixed(value)
    return begin[: word + 1], end[: word + 1], hashes[: word + 1]


@kernel
def gram_hashes(codes: Codes, gram: int) -> Hashes:
    """
    Hash every run of *gram* characters.

    Args:
        codes: uint32, shape ``(n,)``: folded code points.
        gram: Length of a run.

    Returns:
        uint64 below ``2**40``, shape ``(max(0, n - gram + 1),)``.
    """
    count = max(len(codes) - gram + 1, 0)
    out = np.empty(count, np.uint64)
    if count == 0:
        return out
    gone = U64(1)
    for _ in range(gram):
        gone *= U64(_BASE)
    value = U64(0)
    for i in range(gram):
        value = taken_in(value, codes[i])
    out[0] = mixed(value) >> U64(24)
    for i in range(1, count):
        value = value * U64(_BASE) + U64(codes[i + gram - 1]) + U64(1) - (U64(codes[i - 1]) + U64(1)) * gone
        out[i] = mixed(value) >> U64(24)
    return out


@kernel
def winnow(hashes: Hashes, window: int) -> I64:
    """
    Choose the least of any *window* consecutive hashes, of equal ones the leftmost.

    Args:
        hashes: uint64 below ``2**40``, shape ``(n,)``.
        window: From 1 to ``2**23``; where n is smaller, the least of all is chosen.

    Returns:
        int64, increasing: the hashes chosen.

    Source:
        van Herk (1992) and Gil, Werman (1993) for minima of sliding windows.
    """
    count = len(hashes)
    chosen = np.empty(count, np.int64)
    if count == 0:
        return chosen
    window = min(window, count)
    # Minima of whole blocks from behind and from before: any window is the end of one block and the beginning of the
    # next.  A key is a hash and its place, so that of equal hashes the leftmost is least.
    ends = np.empty(window, np.uint64)
    taken = 0
    for base in range(0, count - window + 1, window):
        least = U64(_ALL)
        for k in range(window - 1, -1, -1):
            least = min(least, (hashes[base + k] << U64(_PLACE_BITS)) | U64(k))
            ends[k] = least
        least = U64(_ALL)
        for k in range(min(window, count - window + 1 - base)):
            if k:
                place = base + window + k - 1
                least = min(least, (hashes[place] << U64(_PLACE_BITS)) | U64(window + k - 1))
            here = base + INT(min(ends[k], least) & U64(_PLACES))
            if taken == 0 or chosen[taken - 1] != here:
                chosen[taken] = here
                taken += 1
    return chosen[:taken].copy()
