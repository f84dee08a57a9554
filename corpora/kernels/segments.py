"""Cuts letters without borders into the likeliest words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel
from corpora.kernels.numbers import FLOAT, INT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    I8 = NDArray[np.int8]
    U8 = NDArray[np.uint8]
    F32 = NDArray[np.float32]

_ROW: Final = 32
_BORDER: Final = 26
RARE: Final = 12.5
"""Bits from which on a word may as well be one that the corpus does not hold."""
COMMON: Final = 9.5
"""Bits up to which a word is common, beyond doubt."""
DOUBT: Final = 0.8
"""How much of the difference a word costs of which nothing but its slot is known."""
LETTER_BITS: Final = 4.75
"""Bits of a letter of such a word, less what it fits to the one before."""
UNKNOWN: Final = 8.0
"""Bits of such a word besides those of its letters."""


@kernel
def cut(costs: F32, classes: U8, fit: I8) -> Bools:
    """
    Return after which letters a word ends.

    Args:
        costs: float32, shape ``(longest, n)``: bits of the word of ``row + 1`` letters that begins at each letter;
            infinite where there is none.
        classes: uint8, shape ``(n,)``: the letters, 0 to 25, or 26 for others.
        fit: int8, shape ``(1024,)``: what a letter after another is worth, in quarters of a bit.

    Returns:
        bool, shape ``(n,)``; true for the last letter.
    """
    longest, count = costs.shape
    best = np.full(count + 1, np.inf)
    back = np.zeros(count + 1, np.int64)
    best[0] = 0.0
    for i in range(count):
        unknown = UNKNOWN
        last = _BORDER
        for size in range(1, min(longest, count - i) + 1):
            here = INT(classes[i + size - 1])
            unknown += LETTER_BITS - 0.25 * fit[np.uint64(last * _ROW + here)]
            last = here
            cost = FLOAT(costs[size - 1, i])
            spelled = unknown + LETTER_BITS - 0.25 * fit[np.uint64(last * _ROW + _BORDER)]
            if cost < RARE:
                # Words share slots: what looks rare may as well be no word.
                doubt = min(max((cost - COMMON) / (RARE - COMMON), 0.0), 1.0)
                spelled = min(spelled, cost + DOUBT * doubt * max(spelled - cost, 0.0))
            cost = spelled
            if best[i] + cost < best[i + size]:
                best[i + size] = best[i] + cost
                back[i + size] = i
    ends = np.zeros(count, np.bool_)
    at = count
    while at > 0:
        ends[at - 1] = True
        at = back[at]
    return ends
