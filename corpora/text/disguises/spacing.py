"""Letters apart, joined to words again; and words written as one, cut apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.letters import best_reading
from corpora.kernels.segments import cut
from corpora.text.disguises.ciphers import deciphered
from corpora.text.disguises.fit import FIT
from corpora.text.disguises.parts import Part
from corpora.text.folding import LETTER, TABLE
from corpora.text.normalize import NormalizedText, code_points
from corpora.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    I64 = NDArray[np.int64]
    U32 = NDArray[np.uint32]
    F32 = NDArray[np.float32]
    Bits = Callable[[NDArray[np.uint64]], F32]

_A: Final = ord("a")
_LETTERS: Final = 26
LONGEST: Final = 18
"""Letters of the longest word that is looked for where none is marked off."""
_SLAB: Final = 4_096
"""Letters cut into words at once; words at the end of one may be cut in two."""
_FEW_BORDERS: Final = 12
"""Letters per wider gap from which on the gaps do not mark words off."""
_BY_CHANCE: Final = 3
"""Quarters of a bit per pair by which another reading of letters without borders must fit better."""


def apart(text: str, codes: U32, begin: int, end: int, bits: Bits) -> Part:
    """Return the letters of ``[begin, end)``, which stand apart, as words."""
    kinds = TABLE.kinds.take(codes[begin:end])
    where = np.flatnonzero(kinds >= LETTER) + begin
    gaps = [text[one + 1 : other] for one, other in zip(where[:-1].tolist(), where[1:].tolist(), strict=True)]
    # Between the letters of one word stands what stands most often, between two words what comes next.
    (usual, _), *others = Counter(gaps).most_common(2)
    border = np.array([gap != usual and len(gap) >= len(usual) for gap in gaps] + [False])
    letters = "".join([text[at] for at in where.tolist()])
    is_open = len(text) - end <= _FEW_BORDERS
    if not others or others[0][1] * _FEW_BORDERS < len(where):
        return _cut("letters", letters, where, begin, end, bits, changes=is_open)
    read = "".join([char + " " * bool(ends) for char, ends in zip(letters, border.tolist(), strict=True)])
    places = np.repeat(where, 1 + border)
    return Part("letters", begin, end, read, places, places + 1, changes=is_open)


def together(text: str, begin: int, end: int, bits: Bits) -> Part:
    """Return the letters of ``[begin, end)``, several words written as one, as words."""
    where = np.arange(begin, end, dtype=np.int64)
    return _cut("joined", text[begin:end], where, begin, end, bits, changes=end == len(text))


def _cut(name: str, letters: str, where: I64, begin: int, end: int, bits: Bits, *, changes: bool) -> Part:
    reading = _reading(letters)
    if reading:
        letters, where, inner = deciphered(letters, where, reading)
        name = f"{name}+{inner}"
    borders = _borders(letters, bits)
    read = "".join([char + " " * ends for char, ends in zip(letters, borders, strict=True)])
    places = np.repeat(where, 1 + np.array(borders, dtype=np.int64))
    return Part(name, begin, end, read, places, places + 1, changes=changes, guessed=True)


def _reading(letters: str) -> int:
    """Return the cipher that letters without borders are written in, 0 for none."""
    classes = _classes(letters)
    classes = classes[classes < _LETTERS][:_SLAB]
    which, best, own = best_reading(classes, FIT)
    return int(which) if best - own >= _BY_CHANCE * len(classes) else 0


def _classes(letters: str) -> NDArray[np.uint8]:
    """Return 0 to 25 for Latin letters, 26 for others; one per code point."""
    codes = code_points(letters)
    entries = TABLE.entries.take(codes)
    return np.where((entries >= _A) & (entries < _A + _LETTERS), entries - _A, _LETTERS).astype(np.uint8)


def _borders(letters: str, bits: Bits) -> list[bool]:
    """Return after which letters a word ends: the words that are likeliest by how rare each is in the corpus."""
    borders: list[bool] = []
    classes = _classes(letters)
    entries = TABLE.entries.take(code_points(letters))
    for start in range(0, len(letters), _SLAB):
        codes = entries[start : start + _SLAB]
        costs = np.full((LONGEST, len(codes)), np.inf, dtype=np.float32)
        for size in range(1, min(LONGEST, len(codes)) + 1):
            count = len(codes) - size + 1
            every = codes[np.arange(count)[:, None] + np.arange(size)].ravel()
            begins = np.zeros(len(every), dtype=np.bool_)
            begins[::size] = True
            words = words_of(NormalizedText(every, np.arange(len(every)), begins, len(every)))
            costs[size - 1, :count] = bits(words.hashes)
        borders += cut(costs, classes[start : start + _SLAB], FIT).tolist()
    return borders
