"""
Winnowed character grams: few enough to store, dense enough that no long common run is missed.

Guarantee:
    A run of :data:`REACH` folded characters or more that stands in two texts puts at least one common hash into the
    marks of the one and the grams of the other.

Source:
    Schleimer, Wilkerson, Aiken, *Winnowing: local algorithms for document fingerprinting* (SIGMOD 2003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]

GRAM: Final = 16
"""Folded characters of one gram."""
WINDOW: Final = 32
"""Grams of which at least one is kept; a power of two."""
REACH: Final = GRAM + WINDOW - 1
"""Folded characters of a run that is always found."""

_PLACE_BITS: Final = 24


def winnow(hashes: U64) -> I64:
    """
    Choose at least one of any :data:`WINDOW` consecutive grams.

    Args:
        hashes: uint64 below ``2**40``, shape ``(n,)``, n below ``2**24``.

    Returns:
        int64, increasing: the grams chosen; where n is smaller than the window, the smallest one.
    """
    count = len(hashes)
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    if count >= 1 << _PLACE_BITS:
        raise ValueError(f"at most {(1 << _PLACE_BITS) - 1} grams at once")
    # The place is part of the key, so that equal hashes have one winner per window: the leftmost.
    keys = hashes << np.uint64(_PLACE_BITS)
    keys |= np.arange(count, dtype=np.uint64)
    if count <= WINDOW:
        return np.array([int(keys.min()) & ((1 << _PLACE_BITS) - 1)], dtype=np.int64)
    least, width = keys, 1
    while width < WINDOW:
        least = np.minimum(least[:-width], least[width:])
        width *= 2
    # Neighbouring windows mostly share their least key; keep each once.
    changed = np.flatnonzero(least[1:] != least[:-1]) + 1
    winners = least[np.concatenate((np.zeros(1, dtype=np.int64), changed))]
    return (winners & np.uint64((1 << _PLACE_BITS) - 1)).astype(np.int64)
