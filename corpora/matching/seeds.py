"""What a stretch of windows shares with the index: exact character grams and pairs of content words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM
from corpora.index.pairs import ASKED, ASKED_APART, CONTENT_BITS, PLACE_SHIFT, near_pairs, pair_hashes
from corpora.matching.windows import STRIDE, WIDTH
from corpora.text.hashing import gram_hashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.reader import IndexReader
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_COMMON_PAIR: Final = 24
"""A pair that stands in more places says nothing about where a text comes from."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """
    Seeds, one row per window and place.

    Attributes:
        window: int64, shape ``(n,)``.
        at: int64: the folded character of the answer at which the seed begins.
        place: int64: where it stands in the text store; for pairs about.
        text: int64: the text that holds the place.
        gram: bool: whether it is a gram (else a pair of words).
        count: int64: places of this seed in the index.
    """

    window: I64
    at: I64
    place: I64
    text: I64
    gram: Bools
    count: I64


def seeds(index: IndexReader, answer: FoldedAnswer, first: int, last: int) -> Seeds | None:
    """Return the seeds of the windows ``[first, last)``; None where there are none."""
    begin, _ = answer.word_range(first)
    _, end = answer.word_range(last - 1)
    words = answer.words
    low, high = int(words.begin[begin]), int(words.end[end - 1])
    grams = index.marks.find(gram_hashes(answer.folded.codes[low:high], GRAM))
    gram_at = grams.query + low
    head = answer.word_at(gram_at)
    tail = answer.word_at(gram_at + (GRAM - 1))

    content = np.flatnonzero(answer.bits[begin:end] >= CONTENT_BITS) + begin
    if len(content) > 1:
        one, other = near_pairs(content, ASKED, ASKED_APART)
        pairs = index.pairs.find(pair_hashes(words.hashes[one], words.hashes[other]))
        telling = pairs.count <= _COMMON_PAIR
        query = pairs.query[telling]
        head, tail = np.concatenate((head, one[query])), np.concatenate((tail, other[query]))
        at = np.concatenate((gram_at, words.begin[one[query]]))
        place = np.concatenate((grams.place, (pairs.place[telling] << PLACE_SHIFT) + (1 << PLACE_SHIFT >> 1)))
        count = np.concatenate((grams.count, pairs.count[telling]))
    else:
        at, place, count = gram_at, grams.place, grams.count
    if not len(at):
        return None
    # The windows that hold a seed whole run from the first one that reaches its end to the last one that begins before.
    earliest = np.maximum(-((WIDTH - 1 - tail) // STRIDE), first)
    latest = np.minimum(head // STRIDE, last - 1)
    spread = np.maximum(latest - earliest + 1, 0)
    row = np.repeat(np.arange(len(at)), spread)
    window = np.arange(len(row)) - np.repeat(np.cumsum(spread) - spread, spread) + earliest[row]
    text = index.documents.text_at(place)
    return Seeds(window, at[row], place[row], text[row], row < len(gram_at), count[row])
