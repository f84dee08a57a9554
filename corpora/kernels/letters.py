"""How well the letters of a text fit one another, as they stand and as what a cipher may have made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel
from corpora.kernels.numbers import INT
from corpora.text.folding import LETTER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    I8 = NDArray[np.int8]
    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]
    I64 = NDArray[np.int64]

_DROP: Final = 0
_BORDER: Final = 26
_A: Final = 0x61
_Z: Final = 0x7A
_ASCII: Final = 0x80
_CASE: Final = 0x20
_ROW: Final = 32

# How often each letter stands in English, per mille.
_FREQUENT: Final = np.array(
    [82, 15, 28, 43, 127, 22, 20, 61, 70, 2, 8, 40, 24, 67, 75, 19, 1, 60, 63, 91, 28, 10, 24, 2, 20, 1], dtype=np.int64
)

PAIRS: Final = 40
"""Pairs of neighbouring letters after which a block ends."""
CHARACTERS: Final = 64
"""Code points after which a block ends at the latest, so that text without such letters has short blocks too."""
FEWEST: Final = 24
"""Pairs of a block that says anything."""
STRANGE: Final = 5
"""What a pair of plain text is worth at least, on the average of a block; better blocks need no other reading."""
FITS: Final = 4
"""What a pair of the right reading is worth at least, on the average of a block."""
BETTER: Final = 4
"""By how much more, per pair, another reading must fit than the text as it stands."""
LEETS: Final = 4
"""Signs for letters, next to letters, that make a block one of leetspeak."""
GAINS: Final = 60
"""What a block of leetspeak gains at least by being read so: more than its signs bring by being letters at all."""
TURNED: Final = 26
"""Added to the shift of a reading that runs backwards."""
LEET: Final = 52
"""Added to a reading in which signs stand for letters."""


@kernel
def _fit(classes: U8, count: int, fit: I8, reading: int) -> int:
    """Return what the pairs of *classes* are worth when they are read so."""
    shift = reading % TURNED
    # Either letter of a pair may be the row of the table; the other is the column.
    row, column = (_ROW, 1) if reading < TURNED else (1, _ROW)
    total = 0
    last = _BORDER
    for i in range(count):
        here = INT(classes[i])
        if here != _BORDER:
            here -= shift
            if here < 0:
                here += _BORDER
        if i:
            total += fit[np.uint64(last * row + here * column)]
        last = here
    return total


@kernel
def _best(classes: U8, count: int, fit: I8) -> tuple[int, int]:
    """Return the reading in which *classes* fit best, and what it is worth; only likely shifts are tried."""
    seen = np.zeros(2 * _BORDER, np.int64)
    for i in range(count):
        if classes[i] != _BORDER:
            seen[classes[i]] += 1
    seen[_BORDER:] = seen[:_BORDER]
    first, second, most, more = 0, 0, -1, -1
    for shift in range(_BORDER):
        worth = 0
        for letter in range(_BORDER):
            worth += seen[shift + letter] * _FREQUENT[letter]
        if worth > most:
            first, second, most, more = shift, first, worth, most
        elif worth > more:
            second, more = shift, worth
    best, which = _fit(classes, count, fit, 0), 0
    for shift in (0, first, second):
        for reading in (shift, shift + TURNED):
            worth = _fit(classes, count, fit, reading)
            if worth > best:
                best, which = worth, reading
    return which, best


@kernel
def _varied(classes: U8, count: int) -> bool:
    """Return whether there are as many different pairs as in language; lists of names say one thing again and again."""
    different = 0
    for i in range(1, count):
        new = 1
        for j in range(1, i):
            if classes[j] == classes[i] and classes[j - 1] == classes[i - 1]:
                new = 0
                break
        different += new
    return 2 * different > count


@kernel
def best_reading(classes: U8, fit: I8) -> tuple[int, int, int]:
    """
    Return in which reading letters without borders fit best, what that is worth, and what they are worth as they are.

    Args:
        classes: uint8, shape ``(n,)``: letters, 0 to 25.
        fit: int8, shape ``(1024,)``; see :func:`blocks`.
    """
    which, best = _best(classes, len(classes), fit)
    return which, best, _fit(classes, len(classes), fit, 0)


@kernel
def _judge(own: int, plain: U8, plains: int, leet: U8, leets: int, signs: int, fit: I8) -> tuple[int, int]:
    """Return the best reading of one block, 0 where it is plain, and by how much it fits better."""
    if signs >= LEETS and leets > FEWEST:
        which, best = 0, _fit(leet, leets, fit, 0)
        if best < FITS * (leets - 1):
            which, best = _best(leet, leets, fit)
        if best >= FITS * (leets - 1) and best - own >= GAINS and _varied(leet, leets):
            return LEET + which, best - own
    if plains <= FEWEST or own >= STRANGE * (plains - 1):
        return 0, 0
    which, best = _best(plain, plains, fit)
    if best >= FITS * (plains - 1) and best - own >= BETTER * (plains - 1) and _varied(plain, plains):
        return which, best - own
    return 0, 0


@kernel
def blocks(codes: U32, kinds: U8, entries: U32, leet: I8, fit: I8) -> I64:
    """
    Cut a text into blocks and say how the letters of each are best read.

    Blocks are cut from the beginning, so that only the last one depends on what follows.

    Args:
        codes: uint32, shape ``(n,)``: code points.
        kinds: uint8, shape ``(0x110000,)``: what folding does with each.
        entries: uint32, same shape: what each folds to.
        leet: int8, shape ``(128,)``: the letter, 0 to 25, that an ASCII sign may stand for, else -1.
        fit: int8, shape ``(1024,)``: what a letter after another is worth, 32 for every first letter; 26 is the border
            of a word.

    Returns:
        int64, shape ``(b, 4)``: begin, end, reading (0: as it stands) and what it gains over the text as it stands.
    """
    length = len(codes)
    out = np.empty((length // 20 + 2, 4), np.int64)
    plain = np.empty(CHARACTERS + 2, np.uint8)
    other = np.empty(CHARACTERS + 2, np.uint8)
    plain[0] = other[0] = _BORDER
    own, plains, others, signs, begin, number = 0, 1, 1, 0, 0, 0
    last = last_meant = _BORDER
    for i in range(length):
        code = np.uint64(codes[i])
        letter = _BORDER
        dropped = False
        if code < _ASCII:
            lower = INT(code | _CASE) - _A
            if 0 <= lower < _BORDER:
                letter = lower
        else:
            kind = kinds[code]
            dropped = kind == _DROP
            if kind == LETTER and _A <= entries[code] <= _Z:
                letter = INT(entries[code]) - _A
        if not dropped:
            meant = letter
            if letter == _BORDER and code < _ASCII and leet[code] >= 0:
                follows = i + 1 < length and _A <= entries[np.uint64(codes[i + 1])] <= _Z
                if last_meant != _BORDER or follows:
                    meant = INT(leet[code])
                    signs += 1
            if letter != _BORDER or last != _BORDER:
                own += fit[np.uint64(last * _ROW + letter)]
                plain[plains] = last = letter
                plains += 1
            if meant != _BORDER or last_meant != _BORDER:
                other[others] = last_meant = meant
                others += 1
        full = max(plains, others) > PAIRS and last_meant == _BORDER
        if full or i + 1 - begin >= CHARACTERS or i + 1 == length:
            reading, gain = 0, 0
            if signs >= LEETS or own < STRANGE * (plains - 1):
                reading, gain = _judge(own, plain, plains, other, others, signs, fit)
            out[number, 0], out[number, 1] = begin, i + 1
            out[number, 2], out[number, 3] = reading, gain
            number += 1
            own, plains, others, signs, begin = 0, 1, 1, 0, i + 1
            last = last_meant = _BORDER
    return out[:number].copy()
