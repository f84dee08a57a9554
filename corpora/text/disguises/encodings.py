"""Text in base64, base32, hexadecimal digits and numbers of characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.encodings import BASE32, BASE64, GROUP_BYTES, GROUP_SYMBOLS, HEX, encoded, numbers
from corpora.kernels.signs import DENSE
from corpora.text.disguises.alphabets import SYMBOLS
from corpora.text.disguises.parts import Part
from corpora.text.normalize import code_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    I64 = NDArray[np.int64]
    U32 = NDArray[np.uint32]

BEFORE: Final = 40
"""Code points before the first sign of an encoded stretch that may belong to it."""
_NAMES: Final = {BASE64: "base64", BASE32: "base32", HEX: "hex"}
_VALUES: Final = 64
_USUAL: Final = np.array([chr(i).isalnum() or chr(i).isspace() or chr(i) in ".,;:'\"()-?!+/=\\%&#" for i in range(128)])
"""bool, shape ``(128,)``: what text in ASCII is made of."""
_READABLE: Final = 0.85
"""Share of letters, digits, spaces and punctuation from which on decoded bytes are taken for text."""
_PREFIX: Final = re.compile("0[xX]")


def near(places: I64, length: int) -> list[tuple[int, int]]:
    """
    Return the stretches around dense places in which something may be encoded, disjoint and in order.

    Args:
        places: int64, shape ``(m, 3)``; see :func:`corpora.kernels.signs.signs`.
        length: Code points of the text.
    """
    found: list[tuple[int, int]] = []
    for begin, end in sorted(places[places[:, 0] == DENSE, 1:].tolist()):
        low, high = max(begin - BEFORE, 0), min(end + BEFORE, length)
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def decoded(text: str, codes: U32, begin: int, end: int) -> Iterator[Part]:
    """Yield what the encoded stretches of ``[begin, end)`` say; see :func:`near`."""
    low, high = begin, end
    here = codes[low:high]
    for kind, name in _NAMES.items():
        for first, last, _after, is_open in encoded(here, SYMBOLS[kind], kind).tolist():
            part = _part(kind, name, text, low + first, low + last)
            if part is not None:
                grows = bool(is_open) and high == len(codes)
                yield Part(name, part.begin, part.end, part.text, part.starts, part.ends, grows)
    for first, last, is_open in numbers(here).tolist():
        yield _numbers(text, low + first, low + last, grows=bool(is_open) and high == len(codes))


def _part(kind: int, name: str, text: str, begin: int, end: int) -> Part | None:
    """Return what one stretch says."""
    run = text[begin:end]
    if kind == HEX:
        run = _PREFIX.sub("  ", run)
    codes = code_points(run)
    values = np.where(codes < len(SYMBOLS[kind]), SYMBOLS[kind][np.minimum(codes, len(SYMBOLS[kind]) - 1)], _VALUES)
    where = np.flatnonzero(values < _VALUES)
    bits = GROUP_BYTES[kind] * 8 // GROUP_SYMBOLS[kind]
    count = len(where) * bits // 8
    if not count:
        return None
    spread = (values[where, None] >> np.arange(bits - 1, -1, -1, dtype=np.uint8)) & 1
    data = np.packbits(spread.ravel().astype(np.uint8))[:count].tobytes()
    read = data.decode("utf-8", "surrogateescape")
    points = code_points(read)
    ascii_points = points[points < len(_USUAL)]
    usual = int(np.count_nonzero(_USUAL[ascii_points]))
    if len(ascii_points) < len(points):
        usual += sum(char.isalnum() for char in read if char > "\x7f")
    if usual < _READABLE * len(read):
        return None
    sizes = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)  # noqa: PLR2004 - UTF-8
    sizes[(points >= 0xDC80) & (points < 0xDD00)] = 1  # noqa: PLR2004 - bytes that are no UTF-8
    after = np.cumsum(sizes)
    starts = where[(after - sizes) * 8 // bits] + begin
    ends = where[np.minimum((after * 8 + bits - 1) // bits, len(where)) - 1] + begin + 1
    return Part(name, begin, end, read, starts, ends)


def _numbers(text: str, begin: int, end: int, *, grows: bool) -> Part:
    found = list(re.finditer("[0-9]+", text[begin:end]))
    read = "".join(chr(_value(number.group())) for number in found)
    starts = np.array([number.start() for number in found], dtype=np.int64) + begin
    ends = np.array([number.end() for number in found], dtype=np.int64) + begin
    return Part("numbers", begin, end, read, starts, ends, grows)


def _value(digits: str) -> int:
    return int(digits, 2) if len(digits) == 8 else int(digits)  # noqa: PLR2004 - bits of a byte
