"""Words in reverse order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.order import SLOTS, order
from corpora.text.disguises.view import View, pending
from corpora.text.folding import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    I8 = NDArray[np.int8]
    I64 = NDArray[np.int64]
    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]

# Classes of small words; what follows what tells the order.
_ARTICLE, _BEFORE, _BE, _MODAL, _NOT, _TO, _PRONOUN, _IS = range(1, 9)
_WORDS: Final = {
    _ARTICLE: "the a an this these its their your our any each every such "
    "der die das den dem des ein eine einen einem einer eines "
    "le la les un une cette ces leur el los las una uno lo gli il della",
    _BEFORE: "of in for on with by from at as into under over and or that if when than between within through upon "
    "von zu mit auf bei nach aus und oder fur uber durch gegen "
    "de dans pour par sur avec sans et ou en con para por sin y di da per e",
    _BE: "be been being",
    _MODAL: "can will may must should shall could would might",
    _NOT: "not",
    _TO: "to",
    _IS: "is are was were has have had does did do ist sind war wird werden wurde hat haben est sont etait es son era",
    _PRONOUN: "it he she they we you i which",
}
_FORWARD: Final = {
    (_BEFORE, _ARTICLE): 1,
    (_TO, _ARTICLE): 1,
    (_IS, _ARTICLE): 1,
    (_MODAL, _BE): 1,
    (_TO, _BE): 1,
    (_MODAL, _NOT): 1,
    (_NOT, _BE): 1,
    (_IS, _NOT): 1,
    (_IS, _BE): 1,
    (_BEFORE, _PRONOUN): 1,
}
"""Of two classes the one that stands before the other; in reverse order, after it; and how much that says."""
ENOUGH: Final = 2
"""What speaks for reverse order in a stretch, at least."""
NEAR: Final = 3
"""Blocks after which a stretch ends when none of them adds to what speaks for it."""
_NEVER: Final = -100
_WORD: Final = re.compile(r"\S+")


def _slots() -> tuple[I64, U8]:
    words, classes = np.zeros(SLOTS, dtype=np.int64), np.zeros(SLOTS, dtype=np.uint8)
    for kind, every in _WORDS.items():
        for word in every.split():
            packed = 0
            for char in word:
                packed = (packed << 5) | (ord(char) - ord("a") + 1)
            at = (packed * 0x9E3779B1 >> 12) & (SLOTS - 1)
            while words[at]:
                at = (at + 1) & (SLOTS - 1)
            words[at], classes[at] = packed, kind
    return words, classes


def _worth() -> I8:
    worth = np.zeros((16, 16), dtype=np.int8)
    for (first, second), says in _FORWARD.items():
        worth[first, second] = -says
        worth[second, first] = says
    return worth.ravel()


_PACKED, _CLASSES = _slots()
_WORTH: Final = _worth()


def reversals(text: str, codes: U32, explained: list[tuple[int, int]]) -> Iterator[View]:
    """Yield the stretches whose words stand in reverse order, the other way round; none of those that are encoded."""
    blocks = order(codes, TABLE.kinds, TABLE.entries, _PACKED, _CLASSES, _WORTH)
    for begin, end in explained:
        blocks[(blocks[:, 0] < end) & (blocks[:, 1] > begin), 2] = _NEVER
    worth = blocks[:, 2]
    if not (worth > 0).any():
        return
    first = best = -1
    total = most = 0
    for number, here in enumerate([*worth.tolist(), 0]):
        at_end = number == len(worth)
        total += here
        if first >= 0 and (at_end or total <= 0 or number - best > NEAR):
            is_open = at_end and total > 0 and number - best <= NEAR
            yield from _reversed(text, blocks, first, best, most, is_open=is_open)
            first, total = -1, max(here, 0)
        if here > 0 and not at_end:
            if first < 0:
                first, total, most = number, here, 0
            if total >= most:
                best, most = number, total


def _reversed(text: str, blocks: I64, first: int, last: int, total: int, *, is_open: bool) -> Iterator[View]:
    begin = int(blocks[max(first - 1, 0), 0])
    end = int(blocks[min(last + 1, len(blocks) - 1), 1])
    if total < ENOUGH:
        if is_open:
            yield pending("reversed", begin)
        return
    words = [(word.start(), word.end()) for word in _WORD.finditer(text, begin, end)]
    words.reverse()
    read = " ".join([text[start:stop] for start, stop in words])
    places = np.concatenate([np.arange(start, stop + 1, dtype=np.int64) for start, stop in words])[:-1]
    # The space after a word stands for what follows it.
    places = np.minimum(places, len(text) - 1)
    yield View("reversed", read, places, places + 1, begin if is_open else None, windowed=False)
