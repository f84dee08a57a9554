"""Folds code points; the table is :data:`corpora.text.folding.TABLE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpora.kernels.compiling import U64, kernel
from corpora.kernels.numbers import INT
from corpora.text.folding import ALONE, BREAK, DROP, EXPANDS, LETTER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]
    I64 = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@kernel
def fold(codes: U32, kinds: U8, entries: U32, begins: I64, lengths: I64, forms: U32) -> tuple[U32, I64, Bools]:
    """
    Fold code points.

    Args:
        codes: uint32, shape ``(n,)``, below 0x110000.
        kinds: uint8, shape ``(0x110000,)``: drop 0, break 1, letter 2, alone 3.
        entries: uint32, same shape: the folded code point, or ``2**31`` and the number of an expansion.
        begins: int64, shape ``(e,)``: where each expansion begins in *forms*.
        lengths: int64, shape ``(e,)``: how long it is.
        forms: uint32: all expansions in a row.

    Returns:
        Folded code points uint32, where each came from int64, whether a word begins there bool; equal lengths.
    """
    # Nearly every text folds to fewer characters than it has; where it does not, the arrays grow.
    out = np.empty(len(codes) + 64, np.uint32)
    origin = np.empty(len(codes) + 64, np.int64)
    starts = np.empty(len(codes) + 64, np.bool_)
    at = U64(0)
    begin = np.uint8(1)
    for i in range(len(codes)):
        code = codes[i]
        kind, entry = kinds[code], entries[code]
        alone = np.uint8(kind == ALONE)
        if entry < EXPANDS:
            # Written whatever it is, and kept only if it is a letter: there is no branch to be guessed.
            out[at], origin[at], starts[at] = entry, i, begin | alone
            at += U64(kind >= LETTER)
            begin = alone | np.uint8(kind == BREAK) | (begin & np.uint8(kind == DROP))
        else:
            first, length = begins[entry - EXPANDS], lengths[entry - EXPANDS]
            while INT(at) + length + len(codes) - i > len(out):
                out = np.concatenate((out, np.empty(len(out), np.uint32)))
                origin = np.concatenate((origin, np.empty(len(origin), np.int64)))
                starts = np.concatenate((starts, np.empty(len(starts), np.bool_)))
            for k in range(length):
                out[at], origin[at], starts[at] = forms[first + k], i, k == 0 and (begin | alone) > 0
                at += U64(1)
            begin = alone
    return out[:at], origin[:at], starts[:at]
