"""
The look-up table that folds one code point at a time.

Every code point becomes nothing, a word break, or one or more folded code points.  Folding per code point (never the
whole string) is what keeps the way back to original offsets exact.  The table is filled in blocks of 256 when a text
first needs them, so that no program pays for a million look-ups at start.
"""

from __future__ import annotations

import re
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

# Letters that look like Latin ones, after case folding (Unicode's confusables, the ones that fool a reader at once).
# Where a capital looks like one Latin letter and its small letter like another, the small letter decides: case must
# never matter, in any script.  Cherokee folds to capitals.
_LOOKS_LIKE: Final = {
    other: letter
    for letter, others in {
        "a": "\u0430\u03b1\u13aa\ua4ee",
        "b": "\u0432\u044c\u03b2\u13f4\u13cf\ua4d0",
        "c": "\u0441\u03f2\u13df\ua4da",
        "d": "\u0501\u00f0\u13a0\u13e7\ua4d3",
        "e": "\u0435\u04bd\u03b5\u0259\u13ac\ua4f0",
        "f": "\ua4dd",
        "g": "\u050d\u0581\u13c0\u13fb\ua4d6",
        "h": "\u04bb\u043d\u0570\u13bb\u13c2\ua4e7",
        "i": "\u0456\u03b9\u0269\u13a5\ua4f2",
        "j": "\u0458\u03f3\u0575\u13ab\ua4d9",
        "k": "\u043a\u03ba\u13e6\ua4d7",
        "l": "\u04cf\u056c\u13de\ua4e1",
        "m": "\u043c\u03bc\u13b7\ua4df",
        "n": "\u043f\u0578\u057c\u0572\u03b7\ua4e0",
        "o": "\u043e\u04e9\u03bf\u03c3\u0585\ua4f3",
        "p": "\u0440\u03c1\u13e2\ua4d1",
        "q": "\u051b\u0566",
        "r": "\u0433\u13a1\u13d2\ua4e3",
        "s": "\u0455\u13da\u13d5\ua4e2",
        "t": "\u0442\u03c4\u13a2\ua4d4",
        "u": "\u057d\u03c5\ua4f4",
        "v": "\u0475\u03bd\u13d9\ua4e6",
        "w": "\u051d\u03c9\u13b3\ua4ea",
        "x": "\u0445\u04b3\u03c7\ua4eb",
        "y": "\u0443\u04af\u03b3\u13a9\u13bd\ua4ec",
        "z": "\u03b6\u13c3\ua4dc",
    }.items()
    for other in others
}
_LATIN: Final = re.compile(
    r"LATIN (?:SMALL LETTER|CAPITAL LETTER|LETTER SMALL CAPITAL) "
    r"(?:DOTLESS |SCRIPT |TURNED |REVERSED |INVERTED |SIDEWAYS |OPEN |INSULAR |LONG )*([A-Z])(?: WITH .*)?",
)
"""Names of Latin letters with a stroke, a hook or a tail, small capitals, and letters turned round."""
_ALPHAS: Final = {"\u0251": "a", "\u0269": "i", "\u0138": "k"}
"""Latin letters with Greek names, and kra."""
_FRAMED: Final = re.compile(
    r"(?:REGIONAL INDICATOR SYMBOL|(?:CROSSED )?NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL|SQUARED LATIN SMALL)"
    r" LETTER ([A-Z])",
)
"""Names of the letters that are symbols and have no compatibility form."""

ALONE_RANGES: Final = (
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
"""Code points that stand alone: scripts that write no spaces."""


def fold(char: str) -> tuple[int, str]:
    """Return the kind of one code point and its folded form; the form is empty unless the kind keeps it."""
    category = unicodedata.category(char)
    if category == "So" and (framed := _FRAMED.fullmatch(unicodedata.name(char, ""))):
        return LETTER, framed[1].lower()
    if char in _JOINERS or category in {"Mn", "Me", "Cf"}:
        return DROP, ""
    if category == "Cs":
        return BREAK, ""
    if category[0] == "L" and char == char.casefold() and unicodedata.is_normalized("NFKD", char):
        form = _latin(char)
        return (ALONE if _stands_alone(form) else LETTER), form
    # Marks go first: folding the case of a letter with an iota below would make two letters of it.
    form = char
    for _ in range(2):
        form = "".join(map(_bare, unicodedata.normalize("NFKD", form))).casefold()
    if not form and _JOINERS.intersection(unicodedata.normalize("NFKD", char)):
        return DROP, ""
    if not form:
        # A spacing accent comes apart into a space and a mark: whatever leaves nothing behind ends a word.
        return BREAK, ""
    form = "".join(map(_latin, form))
    return (ALONE if _stands_alone(form) else LETTER), form


def _latin(letter: str) -> str:
    """Return the Latin letter that a letter looks like, or the letter."""
    if letter.isascii():
        return letter
    form = _LOOKS_LIKE.get(letter) or _ALPHAS.get(letter)
    if form is None:
        name = _LATIN.fullmatch(unicodedata.name(letter, ""))
        form = name[1].lower() if name else letter
    return form


def _bare(part: str) -> str:
    """Return a letter or a digit as it is (digits of any script as ASCII), and nothing for the rest."""
    category = unicodedata.category(part)
    if part in _JOINERS:
        return ""
    if category[0] == "N":
        digit = unicodedata.digit(part, None)
        return part if digit is None else str(digit)
    return part if category[0] == "L" or category == "Mc" else ""


def _stands_alone(form: str) -> bool:
    code = ord(form[0])
    return code >= ALONE_RANGES[0][0] and any(low <= code <= high for low, high in ALONE_RANGES)


class FoldTable:
    """
    One entry per code point; valid only in blocks that :meth:`prepare` has seen.

    Attributes:
        kinds: uint8, shape ``(0x110000,)``: :data:`DROP`, :data:`BREAK`, :data:`LETTER` or :data:`ALONE`.
        entries: uint32, same shape: the folded code point, or :data:`EXPANDS` and an index.
        expansions: Folded forms of several code points: where each begins, how long it is, and all of them in a row.
        ready: bool, shape ``(0x1100,)``: which blocks of 256 code points are filled.
    """

    def __init__(self) -> None:
        self.kinds: NDArray[np.uint8] = np.zeros(_SIZE, dtype=np.uint8)
        self.entries: U32 = np.zeros(_SIZE, dtype=np.uint32)
        self.expansions: tuple[I64, I64, U32] = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint32))
        self.ready: NDArray[np.bool_] = np.zeros(_SIZE // _BLOCK, dtype=np.bool_)
        self._numbers: dict[str, int] = {}
        self._lock = Lock()
        for block in range(3):
            self._fill(block)

    def prepare(self, codes: U32) -> None:
        """Make sure that every block *codes* needs is filled."""
        blocks = codes >> np.uint32(8)
        missing = ~self.ready[blocks]
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
        self.ready[block] = True

    def _number(self, form: str) -> int:
        return self._numbers.setdefault(form, len(self._numbers))


TABLE: Final = FoldTable()
