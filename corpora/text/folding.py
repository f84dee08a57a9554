"""
The look-up table that folds one code point at a time.

Every code point becomes nothing, a word break, or one or more folded code points.  Folding per code point (never the
whole string) is what keeps the way back to original offsets exact.  The table is filled in blocks of 256 when a text
first needs them, so that no program pays for a million look-ups at start.
"""

from __future__ import annotations

import unicodedata
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U32 = NDArray[np.uint32]
    I64 = NDArray[np.int64]

DROP: Final = 0
"""The code point vanishes and does not end a word: combining marks, zero-width characters, soft hyphens."""
BREAK: Final = 1
"""The code point vanishes and ends a word: white space, punctuation, symbols."""
LETTER: Final = 2
"""The code point stays, as part of a word."""
ALONE: Final = 3
"""The code point stays and is a word of its own: scripts that write no spaces."""

EXPANDS: Final = 1 << 31
"""Added where the folded form has several code points; the rest then indexes :attr:`FoldTable.expansions`."""

_BLOCK: Final = 256
_SIZE: Final = 0x110000
_JOINERS: Final = frozenset("'\u2019\u02bc\u02b9\uff07\u0640")
"""Apostrophes and the Arabic stretching mark: they vanish inside a word without ending it."""

# Look-alikes of Latin letters after case folding (Unicode confusables, the ones that fool a reader at once).
_LOOKS_LIKE: Final = dict(
    zip(
        "аеорсхуіјѕһԁԛԝѵոսցհοανικρτυχϲϳıłøđħŧɡɑɩʟᴀʙᴄᴅᴇᴊᴋᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ",
        "aeopcxyijshdqwvnugh" + "oavikptuxcj" + "ilodhtgail" + "abcdejkmnoprtuvwyz",
        strict=True,
    ),
)

_ALONE_RANGES: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)


def fold(char: str) -> tuple[int, str]:
    """Return the kind of one code point and its folded form; the form is empty unless the kind keeps it."""
    category = unicodedata.category(char)
    if char in _JOINERS or category in {"Mn", "Me", "Cf"}:
        return DROP, ""
    if category == "Cs":
        return BREAK, ""
    if category[0] == "L" and char == char.casefold() and unicodedata.is_normalized("NFKD", char):
        form = _LOOKS_LIKE.get(char, char)
        return (ALONE if _stands_alone(form) else LETTER), form
    # Marks go first: folding the case of a letter with an iota below would make two letters of it.
    form = char
    for _ in range(2):
        form = "".join(map(_bare, unicodedata.normalize("NFKD", form))).casefold()
    if not form:
        # A spacing accent comes apart into a space and a mark: whatever leaves nothing behind ends a word.
        return BREAK, ""
    form = "".join(_LOOKS_LIKE.get(part, part) for part in form)
    return (ALONE if _stands_alone(form) else LETTER), form


def _bare(part: str) -> str:
    """Return a letter or a digit as it is (digits of any script as ASCII), and nothing for the rest."""
    category = unicodedata.category(part)
    if category[0] == "N":
        digit = unicodedata.digit(part, None)
        return part if digit is None else str(digit)
    return part if category[0] == "L" or category == "Mc" else ""


def _stands_alone(form: str) -> bool:
    code = ord(form[0])
    return code >= _ALONE_RANGES[0][0] and any(low <= code <= high for low, high in _ALONE_RANGES)


class FoldTable:
    """
    One entry per code point; valid only in blocks that :meth:`prepare` has seen.

    Attributes:
        kinds: uint8, shape ``(0x110000,)``: :data:`DROP`, :data:`BREAK`, :data:`LETTER` or :data:`ALONE`.
        entries: uint32, same shape: the folded code point, or :data:`EXPANDS` and an index.
        expansions: Folded forms of several code points: where each begins, how long it is, and all of them in a row.
    """

    def __init__(self) -> None:
        self.kinds: NDArray[np.uint8] = np.zeros(_SIZE, dtype=np.uint8)
        self.entries: U32 = np.zeros(_SIZE, dtype=np.uint32)
        self.expansions: tuple[I64, I64, U32] = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint32))
        self._ready = np.zeros(_SIZE // _BLOCK, dtype=np.bool_)
        self._numbers: dict[str, int] = {}
        self._lock = Lock()
        for block in range(3):
            self._fill(block)

    def prepare(self, codes: U32) -> None:
        """Make sure that every block *codes* needs is filled."""
        blocks = codes >> np.uint32(8)
        missing = ~self._ready[blocks]
        if missing.any():
            for block in np.unique(blocks[missing]).tolist():
                with self._lock:
                    self._fill(int(block))

    def _fill(self, block: int) -> None:
        kinds, values = [], []
        for code in range(block * _BLOCK, (block + 1) * _BLOCK):
            kind, form = fold(chr(code))
            kinds.append(kind)
            values.append(EXPANDS + self._number(form) if len(form) > 1 else ord(form) if form else 0)
        lengths = np.array([len(form) for form in self._numbers], dtype=np.int64)
        every = np.array([ord(char) for form in self._numbers for char in form], dtype=np.uint32)
        self.expansions = (np.cumsum(lengths) - lengths, lengths, every)
        # Values first, flag second: a thread that sees the flag sees the values.
        here = slice(block * _BLOCK, (block + 1) * _BLOCK)
        self.entries[here] = values
        self.kinds[here] = kinds
        self._ready[block] = True

    def _number(self, form: str) -> int:
        return self._numbers.setdefault(form, len(self._numbers))


TABLE: Final = FoldTable()
