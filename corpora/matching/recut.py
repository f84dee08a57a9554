"""Words of a reading whose borders were only guessed, cut as they are in the texts that share its letters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.matching.source import stretch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpora.index.reader import IndexReader
    from corpora.text.disguises import View
    from corpora.text.normalize import NormalizedText

STRETCHES: Final = 3
"""Texts asked for the borders in one window, the best supported first."""
_LEAST: Final = 8
"""Equal letters in a row from which on borders are taken over."""

Place = tuple[int, int, int, int]
"""First and last folded letter of the reading, half-open; number of a text and of a block of it."""


def recut(view: View, folded: NormalizedText, index: IndexReader, places: Iterable[Place]) -> View:
    """
    Return *view* with the word borders of the texts that it may have been copied from.

    Letters that no text shares keep the borders they had.

    Args:
        view: The reading.
        folded: Its text, folded.
        index: Where the texts are; without stored texts the reading stays as it is.
        places: Where to look, best supported first.
    """
    if index.texts is None:
        return view
    starts = folded.starts.copy()
    known = np.zeros(len(starts), dtype=np.bool_)
    for begin, end, text, block in places:
        source, _ = stretch(index.texts, index.documents, text, block)
        for here, there, size in _shared(folded.text, begin, end, source.text):
            span = slice(here, here + size)
            starts[span] = np.where(known[span], starts[span], source.starts[there : there + size])
            known[span] = True
    if not known.any() or np.array_equal(starts, folded.starts):
        return view
    return _spaced(view, folded, starts)


def _shared(letters: str, begin: int, end: int, source: str) -> Iterator[tuple[int, int, int]]:
    """
    Yield equal runs of letters: where each begins in *letters* and in *source*, and its length.

    Not the longest common subsequence: that is as content with letters picked from all over the source.
    """
    places = {source[at : at + _LEAST]: at for at in range(len(source) - _LEAST, -1, -1)}
    at = begin
    while at + _LEAST <= end:
        place = places.get(letters[at : at + _LEAST])
        if place is None:
            at += 1
            continue
        size = _LEAST
        while at + size < end and place + size < len(source) and letters[at + size] == source[place + size]:
            size += 1
        yield at, place, size
        at += size


def _spaced(view: View, folded: NormalizedText, starts: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> View:
    """Return the letters of *view*, with a space before each that begins a word."""
    origin = folded.origin
    # One character of the reading may fold to several letters: it is written once.
    first = np.concatenate(([True], np.diff(origin) > 0))
    origin, starts = origin[first], starts[first]
    starts[0] = False
    read = "".join([" " * begins + view.text[at] for at, begins in zip(origin.tolist(), starts.tolist(), strict=True)])
    places = np.repeat(origin, 1 + starts)
    # The space belongs to the letter before it.
    spaces = np.flatnonzero(starts) + np.arange(int(starts.sum()))
    places[spaces] = places[spaces - 1]
    return replace(view, text=read, starts=view.starts[places], ends=view.ends[places])
