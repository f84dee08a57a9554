"""Cutting a text into words, the same way however much of it is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from corpora.span import Span

LONGEST_TILE: Final = 32
"""Code points after which a word without white space is cut, as scripts without spaces and encoded text have them."""

_WORD: Final = re.compile(r"\S+")


def tile_ends(text: str, spans: Sequence[Span]) -> list[int]:
    """
    Return the cuts of *text* strictly inside any of *spans* (disjoint, in order), in order.

    A cut stands at the end of every word and after every :data:`LONGEST_TILE` code points of a longer one, counted from
    the word's own start, so every cut is the same whatever ranges are asked for and whatever follows.
    """
    if not spans:
        return []
    cuts: list[int] = []
    first = 0
    for word in _WORD.finditer(text, _word_start(text, spans[0].start), spans[-1].end):
        begin, end = word.span()
        while spans[first].end <= begin:
            first += 1
        for number in range(first, len(spans)):
            span = spans[number]
            if span.start >= end:
                break
            skipped = max(span.start - begin, 0) // LONGEST_TILE + 1
            cuts.extend(range(begin + skipped * LONGEST_TILE, min(end, span.end), LONGEST_TILE))
            if span.start < end < span.end:
                cuts.append(end)
            first = number
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
    begin = _word_start(text, upto)
    whole = (upto - begin) // LONGEST_TILE * LONGEST_TILE
    return begin + whole if whole else len(text[:begin].rstrip())


def _word_start(text: str, at: int) -> int:
    """Return where the word that reaches *at* begins; *at* itself after white space."""
    before = text[:at]
    return at if not before or before[-1].isspace() else at - len(before.rsplit(None, 1)[-1])
