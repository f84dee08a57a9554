"""A picture of which parts of a document have been seen, one line of characters from its start to its end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_BLOCKS: Final = "·░▒▓█"
_ASCII: Final = ".-+*#"


def strip(cells: Collection[int], count: int, *, width: int, blocks: bool = True) -> str:
    """
    Return the picture of *cells* out of *count*: each character stands for an equal share of the document.

    Nothing seen is a dot, everything the fullest sign; whatever was seen at all shows, and the fullest sign never
    stands for less than all.

    Args:
        cells: Numbers of the cells seen; those outside ``[0, count)`` are passed over.
        count: Cells of the document, at least 1.
        width: Most characters; a document of fewer cells gets one for each.
        blocks: Block characters, or plain ASCII where the terminal has none.
    """
    signs = _BLOCKS if blocks else _ASCII
    length = max(1, min(width, count))
    seen = [0] * length
    for cell in set(cells):
        if 0 <= cell < count:
            seen[cell * length // count] += 1
    return "".join(signs[_level(seen[place], _holds(place, length, count))] for place in range(length))


def _holds(place: int, length: int, count: int) -> int:
    """Return how many cells the character at *place* stands for."""
    return -(-(place + 1) * count // length) - -(-place * count // length)


def _level(seen: int, of: int) -> int:
    """Return the sign for *seen* cells *of* so many: 0 none, 4 all, between them by thirds."""
    if seen == 0:
        return 0
    return 4 if seen >= of else min(3, math.ceil(3 * seen / of))
