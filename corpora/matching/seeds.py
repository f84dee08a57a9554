"""What a text shares with the index: exact character grams, pairs of content words, and sketches that are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM
from corpora.index.pairs import ASKED, ASKED_APART, CONTENT_BITS, PLACE_SHIFT, near_pairs, pair_hashes
from corpora.index.sketches import ASKED_EVERY, SKETCHED, sketches
from corpora.text.hashing import gram_hashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.reader import IndexReader
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]
    Bools = NDArray[np.bool_]

BLOCK_SHIFT: Final = 10
"""Evidence is gathered per block of ``2**10`` code points of the stored texts."""
EVIDENCE: Final = 60
"""Bits that seeds in two neighbouring blocks must add up to before a stretch is worth an alignment."""
_COMMON_PAIR: Final = 24
"""A pair that stands in more places says nothing about where a text comes from."""
_PAIR_GAIN: Final = np.array(
    [0, *(max(2, round(12 - 2 * np.log2(count))) for count in range(1, _COMMON_PAIR + 1))],
    dtype=np.int64,
)
"""Bits that a pair adds to the evidence, by the number of places in which it stands."""
_SKETCH_GAIN: Final = 45
"""Bits that a sketch that is alike adds to the evidence: not enough without a pair or a gram near it."""
_SLOTS: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Seeds:
    """
    Seeds, in no particular order.

    Attributes:
        at: int64, shape ``(n,)``: the folded character of the answer at which the seed begins.
        head: int64: word of the answer in which it begins.
        tail: int64: word of the answer in which it ends.
        place: int64: where it stands in the text store; for pairs about.
        gram: bool: whether it is a gram (else a pair of words, or a sketch).
        gain: int64: bits that it adds to the evidence, before overlaps are counted once.
    """

    at: I64
    head: I64
    tail: I64
    place: I64
    gram: Bools
    gain: I64


def seeds(index: IndexReader, answer: FoldedAnswer, begin: int, end: int) -> Seeds | None:
    """
    Return the seeds among the words ``[begin, end)`` that may belong to a stretch worth an alignment.

    Seeds that stand so lonely in the index that no window can gather :data:`EVIDENCE` around them are left out; none
    that counts is.  None where nothing is left.
    """
    words = answer.words
    low, high = int(words.begin[begin]), int(words.end[end - 1])
    grams = index.marks.find(gram_hashes(answer.folded.codes[low:high], GRAM))
    at = grams.query + low
    answer.gram_counts[at] = grams.count
    gain = np.ceil(answer.character_bits[at + GRAM] - answer.character_bits[at]).astype(np.int64)
    place = grams.place
    content = np.flatnonzero(answer.bits[begin:end] >= CONTENT_BITS) + begin
    second = at[:0]
    if len(content) > 1:
        one, other = near_pairs(content, ASKED, ASKED_APART)
        pairs = index.pairs.find(pair_hashes(words.hashes[one], words.hashes[other]))
        telling = np.flatnonzero(pairs.count <= _COMMON_PAIR)
        query = pairs.query[telling]
        second = other[query]
        at = np.concatenate((at, words.begin[one[query]]))
        gain = np.concatenate((gain, _PAIR_GAIN[pairs.count[telling]]))
        place = np.concatenate((place, (pairs.place[telling] << PLACE_SHIFT) + (1 << PLACE_SHIFT >> 1)))
    if len(content) >= SKETCHED:
        # Which runs are sketched depends on what stands before them, and so never on what comes later.
        rank = int(np.count_nonzero(answer.bits[:begin] >= CONTENT_BITS))
        begins = np.arange(-rank % ASKED_EVERY, len(content) - SKETCHED + 1, ASKED_EVERY)
        query, near = index.sketches.near(sketches(words.hashes[content], begins))
        if len(query):
            at = np.concatenate((at, words.begin[content[begins[query]]]))
            second = np.concatenate((second, content[begins[query] + SKETCHED - 1]))
            place = np.concatenate((place, near))
            gain = np.concatenate((gain, np.full(len(query), _SKETCH_GAIN, dtype=np.int64)))
    kept = _gathered(place, gain)
    if not len(kept):
        return None
    gram = kept < len(grams.query)
    at, place, gain = at[kept], place[kept], gain[kept]
    tail = np.concatenate((answer.word_at(at[gram] + (GRAM - 1)), second[kept[~gram] - len(grams.query)]))
    return Seeds(at, answer.word_at(at), tail, place, gram, gain)


def _gathered(place: I64, gain: I64) -> I64:
    """Return the seeds around which three neighbouring blocks reach the evidence; two of a text lie within three."""
    if not len(place):
        return place
    # Blocks share slots, which can only add: nothing that counts is lost.
    slot = (place >> BLOCK_SHIFT) & (_SLOTS - 1)
    sums = np.bincount(slot, weights=gain, minlength=_SLOTS)
    best = sums[slot]
    before, after = sums[slot - 1], sums[(slot + 1) & (_SLOTS - 1)]
    wider_before, wider_after = sums[slot - 2], sums[(slot + 2) & (_SLOTS - 1)]
    return np.flatnonzero(
        best + np.maximum(before + after, np.maximum(before + wider_before, after + wider_after)) >= EVIDENCE,
    )
