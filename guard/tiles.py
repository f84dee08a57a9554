"""Cutting a text into words, the same way however much of it is known."""

from __future__ import annotations

import re
from typing import Final

LONGEST_TILE: Final = 32
"""Code points after which a word without white space is cut, as scripts without spaces and encoded text have them."""

_WORD: Final = re.compile(r"\S+")


def tile_ends(text: str, start: int, end: int) -> list[int]:
    """
    Return the cuts of *text* strictly inside ``(start, end)``, in order.

    A cut stands at the end of every word and after every :data:`LONGEST_TILE` code points of a longer one, counted from
    the word's own start, so every cut is the same whatever range is asked for and whatever follows.
    """
    begin = start
    while begin > 0 and not text[begin - 1].isspace():
        begin -= 1
    cuts: list[int] = []
    for word in _WORD.finditer(text, begin, end):
        cuts.extend(cut for cut in range(word.start() + LONGEST_TILE, word.end(), LONGEST_TILE) if cut > start)
        if start < word.end() < end:
            cuts.append(word.end())
    return cuts


def whole_words(text: str, upto: int) -> int:
    """
    Return the largest offset ``<= upto`` that ends a word for certain, whatever is appended to *text*.

    A word longer than :data:`LONGEST_TILE` is cut only where its length from the last white space says so, which no
    continuation changes.
    """
    if upto <= 0:
        return 0
    upto = min(upto, len(text))
    if upto < len(text) and text[upto].isspace() and not text[upto - 1].isspace():
        return upto
    begin = upto
    while begin > 0 and not text[begin - 1].isspace():
        begin -= 1
    whole = (upto - begin) // LONGEST_TILE * LONGEST_TILE
    if whole:
        return begin + whole
    while begin > 0 and text[begin - 1].isspace():
        begin -= 1
    return begin
