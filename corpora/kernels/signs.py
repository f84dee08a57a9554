"""One pass over a text that finds where a disguise may be: what has no sign is not looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel
from corpora.kernels.numbers import INT
from corpora.text.folding import LETTER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    I64 = NDArray[np.int64]
    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]

DENSE: Final = 0
"""Digits and capitals inside words, as encoded text has them, or short numbers in a row."""
ESCAPES: Final = 1
"""Escapes and tags, close together."""
LETTERS: Final = 2
"""Letters apart, one by one."""
JOINED: Final = 3
"""More letters in a row than any word has."""
NUMBERED: Final = 4
"""Numbers counting up, with a few words between."""
PENDING: Final = 5
"""Signs at the end of the text, too few as yet."""

_FIRST_TAG: Final = 0xE0020
_LAST_TAG: Final = 0xE007E
_DROP: Final = 0
_HOT: Final = 40
_LONG: Final = 24
_FIGURES: Final = 4
_BINARY: Final = 8
_MOST_GAP: Final = 6
FEWEST_FIGURES: Final = 12
"""Short numbers in a row that may be bytes."""
_HEAT: Final = 10
_MOST_HEAT: Final = 200
ESCAPE_GAP: Final = 40
"""Code points between two escapes of one stretch."""
FEWEST_ESCAPES: Final = 8
"""Escapes of a stretch that breaks more words than matching can do without."""
LETTER_GAP: Final = 16
"""Code points between two letters that stand apart."""
FEWEST_LETTERS: Final = 12
"""Letters apart, in a row, that are no list."""
LONGEST_WORD: Final = 40
"""Letters in a row from which on several words were written as one."""
NUMBER_GAP: Final = 4
"""Words between two numbers of a count."""
FEWEST_NUMBERS: Final = 8
"""Numbers of a count that is no list of points."""


@kernel
def _hex(code: int) -> bool:
    lower = code | 0x20
    return 0x30 <= code <= 0x39 or 0x61 <= lower <= 0x66


@kernel
def _escape(codes: U32, i: int) -> bool:
    """Return whether an escape or a tag begins at *i*; two code points tell."""
    code = INT(codes[i])
    if i + 2 >= len(codes):
        return False
    one, two = INT(codes[i + 1]), INT(codes[i + 2])
    lower = one | 0x20
    letter: bool = 0x61 <= lower <= 0x7A
    if code in (0x25, 0x3D):  # % =
        return _hex(one) and _hex(two)
    if code == 0x26:  # &
        return letter or bool(one == 0x23)
    if code == 0x5C:  # backslash
        return letter or bool(one in (0x5C, 0x22, 0x27, 0x2F) or 0x30 <= one <= 0x37)
    if code == 0x3C:  # <
        return letter or bool(one == 0x2F)
    if code in (0x55, 0x75):  # U+
        return bool(one == 0x2B) and _hex(two)
    return False


@kernel
def signs(codes: U32, kinds: U8) -> I64:
    """
    Return the stretches of a text in which a disguise may be.

    Where a stretch begins depends on what stands before; one that reaches the end of the text may go on.

    Args:
        codes: uint32, shape ``(n,)``: code points.
        kinds: uint8, shape ``(0x110000,)``: what folding does with each.

    Returns:
        int64, shape ``(m, 3)``: kind, begin and end.
    """
    length = len(codes)
    out = np.empty((length // 3 + 8, 3), np.int64)
    number = 0
    heat, hot, heat_begin = 0, False, 0
    escapes, escape_begin, escape_end = 0, 0, -1
    singles, single_letters, single_begin, single_end = 0, 0, 0, -1
    token, token_letters, token_digits, value = 0, 0, 0, 0
    counted, count_begin, count_end, counter, words = 0, 0, 0, -1, 0
    solid, last_shape, token_hex = False, 0, True
    figures, figures_begin, figures_end = 0, 0, 0
    for i in range(length + 1):
        code = INT(codes[i]) if i < length else 0x20
        letter, digit, dropped = False, False, False
        lower = 0
        if code < 0x80:
            lower = code | 0x20
            letter = 0x61 <= lower <= 0x7A
            digit = 0x30 <= code <= 0x39
            dropped = code == 0x27
        else:
            folded = INT(kinds[code])
            letter, dropped = bool(folded == LETTER), bool(folded == _DROP)
        if _FIRST_TAG <= code <= _LAST_TAG:
            # Invisible twins of ASCII: each is an escape of one character.
            escape_begin = escape_begin if escapes else i
            escapes += 1
            escape_end = i
        if dropped and i < length:
            continue
        # Heat: from small letter to capital to digit and back, but for the capital that begins a word.
        inside = letter or digit
        if inside:
            shape = 3 if digit else 2 if code < 0x60 else 1
            if solid and shape != last_shape and not (last_shape == 2 and shape == 1 and token_letters == 1):
                if heat == 0:
                    heat_begin = i
                heat = min(heat + _HEAT, _MOST_HEAT)
                hot = hot or heat >= _HOT
            elif heat:
                heat -= 1
            last_shape = shape
        if (heat == 0 or i == length) and hot:
            out[number, 0], out[number, 1], out[number, 2] = DENSE, heat_begin, i
            number += 1
            hot = False
        # Escapes.
        if not digit and i < length and (not letter or lower == 0x75) and code < 0x80 and _escape(codes, i):
            if escapes == 0:
                escape_begin = i
            escapes += 1
            escape_end = i
        if escapes and (i - escape_end > ESCAPE_GAP or i == length):
            if escapes >= FEWEST_ESCAPES or i == length:
                kind = ESCAPES if escapes >= FEWEST_ESCAPES else PENDING
                out[number, 0], out[number, 1], out[number, 2] = kind, escape_begin, i
                number += 1
            escapes = 0
        # Words.
        if inside:
            if not solid:
                token, token_letters, token_digits, value, token_hex = i, 0, 0, 0, True
            prefix = lower == 0x78 and i == token + 1
            token_hex = token_hex and (digit or 0x61 <= lower <= 0x66 or prefix)
            token_letters += letter
            token_digits += digit
            if digit and token_digits <= 6:
                value = value * 10 + code - 0x30
        elif solid:
            if token_letters >= LONGEST_WORD and token_digits == 0:
                out[number, 0], out[number, 1], out[number, 2] = JOINED, token, i
                number += 1
            if token_digits > 0 and i - token >= _LONG:
                out[number, 0], out[number, 1], out[number, 2] = DENSE, token, i
                number += 1
            figure = token_hex and token_digits > 0 and (i - token <= _FIGURES or i - token == _BINARY)
            if figures and (not figure or token - figures_end > _MOST_GAP):
                if figures >= FEWEST_FIGURES:
                    out[number, 0], out[number, 1], out[number, 2] = DENSE, figures_begin, figures_end
                    number += 1
                figures = 0
            if figure:
                if figures == 0:
                    figures_begin = token
                figures += 1
                figures_end = i
            single = token_letters + token_digits == 1
            if singles and (not single or token - single_end > LETTER_GAP):
                if 2 * single_letters >= singles >= FEWEST_LETTERS:
                    out[number, 0], out[number, 1], out[number, 2] = LETTERS, single_begin, single_end
                    number += 1
                singles = single_letters = 0
            if single:
                if singles == 0:
                    single_begin = token
                singles += 1
                single_letters += token_letters
                single_end = i
            next_one = token_letters == 0 and token_digits <= 6 and value == counter + 1 and 0 < words <= NUMBER_GAP
            if counted and next_one:
                counted += 1
                counter, words, count_end = value, 0, i
            elif token_letters == 0 and token_digits <= 6 and counted < FEWEST_NUMBERS // 2:
                counted, count_begin = 1, token
                counter, words, count_end = value, 0, i
            else:
                words += 1
                if words <= NUMBER_GAP:
                    count_end = i
                elif counted:
                    if counted >= FEWEST_NUMBERS:
                        out[number, 0], out[number, 1], out[number, 2] = NUMBERED, count_begin, count_end
                        number += 1
                    counted = 0
        solid = inside
    if figures >= FEWEST_FIGURES:
        out[number, 0], out[number, 1], out[number, 2] = DENSE, figures_begin, figures_end
        number += 1
    if singles:
        kind = LETTERS if 2 * single_letters >= singles >= FEWEST_LETTERS else PENDING
        out[number, 0], out[number, 1], out[number, 2] = kind, single_begin, single_end
        number += 1
    if counted > 1:
        kind = NUMBERED if counted >= FEWEST_NUMBERS else PENDING
        out[number, 0], out[number, 1], out[number, 2] = kind, count_begin, count_end
        number += 1
    return out[:number].copy()
