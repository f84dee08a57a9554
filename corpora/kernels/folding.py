"""Folds code points; the table is :data:`corpora.text.folding.TABLE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]
    I64 = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_BREAK: Final = 1
_LETTER: Final = 2
_ALONE: Final = 3
_EXPANDS: Final = 1 << 31


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
    total = 0
    for i in range(len(codes)):
        code = codes[i]
        if kinds[code] >= _LETTER:
            entry = entries[code]
            total += 1 if entry < _EXPANDS else lengths[entry - _EXPANDS]
    out = np.empty(total, np.uint32)
    origin = np.empty(total, np.int64)
    starts = np.zeros(total, np.bool_)
    at = 0
    begin = True
    for i in range(len(codes)):
        code = codes[i]
        kind = kinds[code]
        if kind >= _LETTER:
            entry = entries[code]
            starts[at] = begin or kind == _ALONE
            begin = kind == _ALONE
            if entry < _EXPANDS:
                out[at] = entry
                origin[at] = i
                at += 1
            else:
                first = begins[entry - _EXPANDS]
                for k in range(lengths[entry - _EXPANDS]):
                    out[at] = forms[first + k]
                    origin[at] = i
                    at += 1
        elif kind == _BREAK:
            begin = True
    return out, origin, starts
