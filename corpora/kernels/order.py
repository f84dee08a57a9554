"""Tells words in reverse order from words in order, by the small words of European languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel
from corpora.kernels.numbers import INT
from corpora.text.folding import LETTER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    I8 = NDArray[np.int8]
    I64 = NDArray[np.int64]
    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]

_DROP: Final = 0
SLOTS: Final = 1024
LONGEST: Final = 8
"""Letters of the longest small word."""
GROUP: Final = 12
"""Words of one block."""
_BITS: Final = 5
_SHORT: Final = 3
"""Letters of the longest word that may end with a full stop within a sentence."""


@kernel
def slot(packed: int) -> int:
    """Return where a packed word is looked up first."""
    return (packed * 0x9E3779B1 >> 12) & (SLOTS - 1)


@kernel
def order(codes: U32, kinds: U8, entries: U32, words: I64, classes: U8, worth: I8) -> I64:
    """
    Cut a text into blocks of words and say how much speaks for the reverse order in each.

    Args:
        codes: uint32, shape ``(n,)``: code points.
        kinds: uint8, shape ``(0x110000,)``: what folding does with each.
        entries: uint32, same shape: what each folds to.
        words: int64, shape ``(1024,)``: small words, packed by five bits a letter, where :func:`slot` says or in the
            next free place; 0 is free.
        classes: uint8, same shape: the class of each, from 1.
        worth: int8, shape ``(256,)``: what a class after another speaks for reverse order, 16 for every first class.

    Returns:
        int64, shape ``(b, 3)``: begin, end and worth of each block.
    """
    length = len(codes)
    out = np.empty((length // (2 * GROUP) + 2, 3), np.int64)
    number, begin, count, total = 0, 0, 0, 0
    packed, letters, last = 0, 0, 0
    stopped = False
    for i in range(length + 1):
        letter = -1
        if i < length:
            code = INT(codes[i])
            if code < 0x80:
                lower = (code | 0x20) - 0x61
                if 0 <= lower < 26:
                    letter = lower
                elif code == 0x27:
                    continue
            else:
                kind = kinds[code]
                if kind == _DROP:
                    continue
                if kind == LETTER:
                    letter = INT(entries[code]) - 0x61
                    if not 0 <= letter < 26:
                        letter = 31
        if letter >= 0:
            if stopped and letters == 0 and i >= 2 and codes[i - 1] <= 0x20:
                # A full stop: a sentence begins after it; in reverse order one goes on.
                total += 1 if codes[i] >= 0x61 else -1
            stopped = False
            packed = (packed << _BITS) | (letter + 1)
            letters += 1
            if letters > LONGEST:
                packed = 0
            continue
        if letters == 0:
            continue
        stopped = letters > _SHORT and i < length and codes[i] == 0x2E
        here = 0
        if letters <= LONGEST:
            at = slot(packed)
            while words[at] != 0:
                if words[at] == packed:
                    here = INT(classes[at])
                    break
                at = (at + 1) & (SLOTS - 1)
        total += worth[last * 16 + here]
        last, packed, letters = here, 0, 0
        count += 1
        if count == GROUP:
            out[number, 0], out[number, 1], out[number, 2] = begin, i, total
            number += 1
            begin, count, total = i, 0, 0
    if begin < length:
        out[number, 0], out[number, 1], out[number, 2] = begin, length, total
        number += 1
    return out[:number].copy()
