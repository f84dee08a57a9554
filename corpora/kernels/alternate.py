"""
Judges how much of a window was copied from a stretch of a text, also where words were filled in or replaced in turn.

Who puts a word after each, replaces every second one or exchanges neighbours leaves no two words together; every second
word of the window still follows every word, or every second word, of the source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel
from corpora.kernels.judging import chains
from corpora.kernels.running import NEARLY, THRESHOLD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]
    F64 = NDArray[np.float64]

_EVERY: Final = 2


@kernel
def judge(hashes: U64, bits: F64, words: U64, prices: F64) -> tuple[I64, I64, F64, bool]:
    """
    Find the stretches of a window that were copied from a stretch of a text.

    Every second word is looked at alone only where all words together come near a copy: elsewhere chance would.

    Args:
        hashes: uint64, shape ``(n,)``: words of the window.
        bits: float64, shape ``(n,)``: what each says about where it comes from.
        words: uint64, shape ``(m,)``: words of the stretch.
        prices: float64; see :mod:`corpora.kernels.running`.

    Returns:
        Equal stretches, int64, shape ``(k, 3)``: first word in the window, first word in the stretch, words; in the
        order of the window.  Where each copied stretch begins among them, int64, and its score in bits.
        Last whether every second word had to be looked at alone.
    """
    rows, begins, scores, nearly = chains(hashes, bits, words, prices)
    if len(begins) or nearly < prices[NEARLY] * prices[THRESHOLD]:
        return rows, begins, scores, False
    best = 0.0
    for here in range(_EVERY):
        for there in range(_EVERY + 1):
            # The last is all of the stretch.
            step = 1 if there == _EVERY else _EVERY
            offset = 0 if there == _EVERY else there
            some, where, said, _ = chains(
                hashes[here::_EVERY].copy(), bits[here::_EVERY].copy(), words[offset::step].copy(), prices
            )
            if len(said) and said.max() > best:
                best = said.max()
                rows, begins = _spread(some, where, here, _EVERY, offset, step)
                scores = said
    return rows, begins, scores, True


@kernel
def _spread(rows: I64, begins: I64, here: int, every: int, offset: int, step: int) -> tuple[I64, I64]:
    """Return stretches of thinned words as single words of the window and the stretch."""
    out = np.empty((rows[:, 2].sum(), 3), np.int64)
    where = np.empty(len(begins), np.int64)
    count, number = 0, 0
    for k in range(len(rows)):
        if number < len(begins) and begins[number] == k:
            where[number] = count
            number += 1
        for i in range(rows[k, 2]):
            out[count, 0] = here + every * (rows[k, 0] + i)
            out[count, 1] = offset + step * (rows[k, 1] + i)
            out[count, 2] = 1
            count += 1
    return out, where
