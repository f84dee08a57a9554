"""All readings of a text."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.errors import AnswerTooLarge
from corpora.kernels.letters import blocks
from corpora.kernels.signs import ESCAPES, JOINED, LETTERS, NUMBERED, PENDING, signs
from corpora.text.disguises.ciphers import ciphers
from corpora.text.disguises.counting import counted
from corpora.text.disguises.encodings import decoded, near
from corpora.text.disguises.escapes import escaped
from corpora.text.disguises.fit import FIT, LEET_LETTERS
from corpora.text.disguises.parts import disjoint, joined
from corpora.text.disguises.reversal import reversals
from corpora.text.disguises.spacing import apart, together
from corpora.text.disguises.view import View, inside, pending
from corpora.text.folding import TABLE
from corpora.text.normalize import code_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from corpora.text.disguises.parts import Part
    from corpora.text.disguises.spacing import Bits

    I64 = NDArray[np.int64]
    U32 = NDArray[np.uint32]

MOST_VIEWS: Final = 8
"""Readings of a short text; one more for every :data:`PER_VIEW` code points of a long one."""
PER_VIEW: Final = 250
MOST_TEXT: Final = 4
"""How much longer all readings together may be than the text."""
_OPAQUE: Final = re.compile(r"[A-Za-z0-9+/_=-]{24,}|[%&\\;#]")
_FEWEST_OPAQUE: Final = 32
_INVOLUTIONS: Final = frozenset({"reversed", "backwards", "backwards words", "rot13"})
"""Disguises which, undone twice, give the text again."""
_SECOND_BLOCK: Final = 0x300


def views(text: str, bits: Bits) -> list[View]:
    """
    Return the other readings of *text*, one disguise inside another included; empty without a sign of a disguise.

    Readings without text say only that what comes next may make one.

    Args:
        text: The text.
        bits: Tells how rare words are; see :meth:`corpora.index.weights.WordWeights.of`.

    Raises:
        AnswerTooLarge: More is hidden in it than is read; nobody can say what it holds.
    """
    found: list[View] = []
    count = 0
    room = MOST_TEXT * len(text)
    for outer in _readings(text, bits):
        found.append(outer)
        count += bool(outer.text)
        room -= len(outer.text)
        if outer.text:
            last = outer.name.rpartition("+")[2]
            for inner in _readings(outer.text, bits):
                if inner.name == last and last in _INVOLUTIONS:
                    continue
                found.append(inside(outer, inner))
                count += bool(inner.text)
                room -= len(inner.text)
        if count > MOST_VIEWS + len(text) // PER_VIEW or room < 0:
            raise AnswerTooLarge("the text holds more disguised passages than are read; it was not looked at")
    return found


def _readings(text: str, bits: Bits) -> Iterator[View]:
    codes = code_points(text)
    if len(codes) and int(codes.max()) >= _SECOND_BLOCK:
        TABLE.prepare(codes)
    places = signs(codes, TABLE.kinds)
    explained: list[tuple[int, int]] = []
    for view in _marked(text, codes, places, bits):
        if view.text:
            explained.append((int(view.starts.min()), int(view.ends.max())))
        yield view
    cut = blocks(codes, TABLE.kinds, TABLE.entries, LEET_LETTERS, FIT)
    for begin, end in explained:
        # What is encoded looks like a cipher here and there.
        cut[(cut[:, 0] < end) & (cut[:, 1] > begin), 2] = 0
    if cut[:, 2].any():
        yield from ciphers(text, cut)
    yield from reversals(text, codes, explained)


def _marked(text: str, codes: U32, places: I64, bits: Bits) -> Iterator[View]:
    """Yield the readings of the stretches that :func:`signs` found."""
    if not len(places):
        return
    dense = near(places, len(text))
    parts = disjoint(_parts(text, codes, places, dense, bits))
    yield from joined(parts, text)
    for begin, end in dense:
        known = sum(part.end - part.begin for part in parts if part.begin < end and part.end > begin)
        if known * 2 < end - begin:
            yield from _turned(text, begin, end)
    for kind, begin, _ in places.tolist():
        if kind == PENDING:
            yield pending("signs", begin)


def _parts(text: str, codes: U32, places: I64, dense: list[tuple[int, int]], bits: Bits) -> Iterator[Part]:
    yield from _encoded(text, codes, places, dense)
    for kind, begin, end in places.tolist():
        if kind == LETTERS:
            yield apart(text, codes, begin, end, bits)
        elif kind == JOINED:
            yield together(text, begin, end, bits)
        elif kind == NUMBERED:
            yield from counted(text, begin, end)


def _turned(text: str, begin: int, end: int) -> Iterator[View]:
    """Yield what an encoded stretch says that was turned round or shifted by 13 letters afterwards."""
    opaque = sum(len(run) for run in _OPAQUE.findall(text, begin, end))
    if opaque < _FEWEST_OPAQUE or opaque * 8 < end - begin:
        return
    stretch = text[begin:end]
    order = np.arange(begin, end, dtype=np.int64)
    held = begin if end == len(text) else None
    for outer in (
        View("backwards", stretch[::-1], order[::-1], order[::-1] + 1, held, windowed=False),
        View("rot13", codecs.encode(stretch, "rot13"), order, order + 1, held, windowed=True),
    ):
        inner_codes = code_points(outer.text)
        inner_places = signs(inner_codes, TABLE.kinds)
        parts = disjoint(_encoded(outer.text, inner_codes, inner_places, near(inner_places, len(inner_codes))))
        for inner in joined(parts, outer.text):
            yield inside(outer, inner)
    if held is not None:
        yield pending("turned", begin)


def _encoded(text: str, codes: U32, places: I64, dense: list[tuple[int, int]]) -> Iterator[Part]:
    for begin, end in dense:
        yield from decoded(text, codes, begin, end)
    for kind, begin, end in places.tolist():
        if kind == ESCAPES and (part := escaped(text, begin, end)) is not None:
            yield part
