"""
Finds the stretches of a text that say something in base64, base32 or hexadecimal digits, or as numbers of characters.

Every symbol is read in every phase at once: the last symbols of each phase are decoded as they come, and a stretch is
a run of groups that all decode to text.  Random digests and plain words fail within a few groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel
from corpora.kernels.numbers import INT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    I64 = NDArray[np.int64]
    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]

BASE64: Final = 0
BASE32: Final = 1
HEX: Final = 2
NUMBERS: Final = 3

GROUP_SYMBOLS: Final = (4, 8, 2)
"""Symbols of one group of base64, base32 and hexadecimal digits."""
GROUP_BYTES: Final = (3, 5, 1)
"""Bytes of one group."""
FEWEST_GROUPS: Final = (6, 3, 12)
"""Groups of a stretch that says anything."""
FEWEST_NUMBERS: Final = 12
"""Numbers of a stretch that says anything."""
_BREAK: Final = 64
"""Not a symbol; ends a stretch."""
_GAP: Final = 65
"""Not a symbol; may stand between any two."""
_MOST_GAP: Final = 12
"""Signs between two symbols of one stretch."""
_PHASES: Final = 8


@kernel
def _text_byte(byte: int, need: int) -> int:
    """Return how many continuation bytes must follow *byte*, given how many were missing before it; -1: no text."""
    if need > 0:
        return need - 1 if 0x80 <= byte < 0xC0 else -1
    if byte < 0x80:
        return 0 if 0x20 <= byte < 0x7F or byte in (0x09, 0x0A, 0x0D) else -1
    if 0xC2 <= byte < 0xE0:
        return 1
    if 0xE0 <= byte < 0xF0:
        return 2
    if 0xF0 <= byte < 0xF5:
        return 3
    return -1


@kernel
def _usual(byte: int) -> int:
    """Return 1 for the bytes of letters, digits and spaces."""
    lower = byte | 0x20
    return 1 if 0x61 <= lower <= 0x7A or 0x30 <= byte <= 0x39 or byte == 0x20 or byte >= 0x80 else 0


@kernel
def encoded(codes: U32, symbols: U8, kind: int) -> I64:
    """
    Return the stretches of one encoding.

    Args:
        codes: uint32, shape ``(n,)``: code points.
        symbols: uint8, shape ``(128,)``: the value of each ASCII sign, 64 for one that ends a stretch, 65 for one that
            may stand within.
        kind: :data:`BASE64`, :data:`BASE32` or :data:`HEX`.

    Returns:
        int64, shape ``(m, 4)``: begin, end, one past the last whole group, and whether more may follow.
    """
    group = GROUP_SYMBOLS[kind]
    size = GROUP_BYTES[kind]
    fewest = FEWEST_GROUPS[kind]
    bits = size * 8 // group
    out = np.empty((len(codes) // (fewest * group // 2) + 2, 4), np.int64)
    number = 0
    places = np.zeros(_PHASES, np.int64)
    count = np.zeros(_PHASES, np.int64)
    first = np.zeros(_PHASES, np.int64)
    after = np.zeros(_PHASES, np.int64)
    need = np.zeros(_PHASES, np.int64)
    usual = np.zeros(_PHASES, np.int64)
    register = 0
    mask = (1 << (size * 8)) - 1
    seen, gap, last = 0, 0, 0
    skip = False
    for i in range(len(codes) + 1):
        value = _BREAK
        if i < len(codes) and codes[i] < 128:
            value = INT(symbols[codes[i]])
        if skip:
            # The second sign of a prefix.
            skip, value = False, _GAP
        elif kind == HEX and i + 1 < len(codes) and codes[i] == 0x30 and codes[i + 1] | 0x20 == 0x78:
            skip, value = True, _GAP
        if value == _GAP:
            gap += 1
            if gap <= _MOST_GAP:
                continue
            value = _BREAK
        if value == _BREAK:
            if seen >= fewest * group:
                for phase in range(group):
                    if count[phase] >= fewest and usual[phase] * 4 >= count[phase] * size * 3:
                        out[number, 0], out[number, 1], out[number, 2] = first[phase], last + 1, after[phase]
                        out[number, 3] = i == len(codes)
                        number += 1
            if seen:
                count[:] = 0
            seen = gap = register = 0
            continue
        gap, last = 0, i
        register = ((register << bits) | value) & mask
        places[seen % group] = i
        seen += 1
        phase = seen % group
        if seen < group:
            continue
        missing, letters = (need[phase] if count[phase] else 0), 0
        for byte in range(size):
            here = (register >> (8 * (size - 1 - byte))) & 0xFF
            missing = _text_byte(here, missing)
            if missing < 0:
                break
            letters += _usual(here)
        if missing >= 0:
            if count[phase] == 0:
                first[phase] = places[phase]
                usual[phase] = 0
            count[phase] += 1
            usual[phase] += letters
            need[phase] = missing
            after[phase] = i + 1
        elif count[phase]:
            if count[phase] >= fewest and usual[phase] * 4 >= count[phase] * size * 3:
                out[number, 0], out[number, 1], out[number, 2] = first[phase], after[phase], after[phase]
                out[number, 3] = 0
                number += 1
            count[phase] = 0
    return out[:number].copy()


@kernel
def numbers(codes: U32) -> I64:
    """
    Return the stretches of decimal or binary numbers that name characters.

    Args:
        codes: uint32, shape ``(n,)``: code points.

    Returns:
        int64, shape ``(m, 3)``: begin, end, and whether more may follow.
    """
    out = np.empty((len(codes) // (2 * FEWEST_NUMBERS) + 2, 3), np.int64)
    number, count, letters, first, after = 0, 0, 0, 0, 0
    value, digits, binary, begin, gap = 0, 0, 0, 0, 0
    for i in range(len(codes) + 1):
        code = codes[i] if i < len(codes) else np.uint32(0)
        if 0x30 <= code <= 0x39:
            if digits == 0:
                begin, value, binary = i, 0, 0
            digits += 1
            if digits <= 8:
                value = value * 10 + INT(code) - 0x30
                binary = binary * 2 + (INT(code) - 0x30 if code <= 0x31 else 256)
            continue
        if digits:
            if digits == 8 and binary < 128:
                value = binary
            good = digits <= 8 and (0x20 <= value < 0x7F or value == 0x0A)
            if good:
                if count == 0:
                    first, letters = begin, 0
                count += 1
                letters += 0x61 <= value | 0x20 <= 0x7A or value == 0x20
                after = i
            digits = gap = 0
            if not good:
                gap = _MOST_GAP
        gap += 1
        plain = code < 0x80 and not 0x61 <= code | 0x20 <= 0x7A
        if gap > 4 or not plain or i == len(codes):
            if count >= FEWEST_NUMBERS and letters * 4 >= count * 3:
                out[number, 0], out[number, 1], out[number, 2] = first, after, i == len(codes)
                number += 1
            count = 0
    return out[:number].copy()
