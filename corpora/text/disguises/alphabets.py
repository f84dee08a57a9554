"""The alphabets of the encodings that are read."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BREAK: Final = 64
_GAP: Final = 65


def _symbols(values: dict[str, int], gaps: str) -> NDArray[np.uint8]:
    table = np.full(128, _BREAK, dtype=np.uint8)
    for char in gaps:
        table[ord(char)] = _GAP
    for char, value in values.items():
        table[ord(char)] = value
    return table


_LETTERS: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits
_BASE64: Final = {char: value for value, char in enumerate(_LETTERS)} | {"+": 62, "/": 63, "-": 62, "_": 63}
_BASE32: Final = {
    char: value
    for value, both in enumerate(
        zip("abcdefghijklmnopqrstuvwxyz234567", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", strict=True)
    )
    for char in both
}
_HEX: Final = {char: int(char, 16) for char in string.hexdigits}

SYMBOLS: Final[tuple[NDArray[np.uint8], ...]] = (
    _symbols(_BASE64, " \t\r\n\"'`,\\"),
    _symbols(_BASE32, " \t\r\n\"'`,\\-"),
    _symbols(_HEX, " \t\r\n\"'`,;:-_\\xX{}[]|"),
)
"""For base64, base32 and hexadecimal digits: uint8, shape ``(128,)``: the value of a sign, 64 where it ends a stretch,
65 where it may stand within."""
