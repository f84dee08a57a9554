"""What a text shares with the index: exact character grams, pairs of content words, and sketches that are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM
from corpora.index.pairs import ASKED, ASKED_APART, CONTENT_BITS, PLACE_SHIFT, SAMPLED
from corpora.index.sketches import ASKED_EVERY, SKETCHED
from corpora.kernels.gathering import lonely
from corpora.kernels.hashing import gram_hashes
from corpora.kernels.pairing import near_pairs, sketches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.reader import IndexReader
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]
    F32 = NDArray[np.float32]

BLOCK_SHIFT: Final = 10
"""Evidence is gathered per block of ``2**10`` code points of the stored texts."""
EVIDENCE: Final = 60.0
"""Bits that seeds in two neighbouring blocks must add up to before a stretch is worth an alignment."""
SUPPORT: Final = 65.0
"""Bits that the shared words must say there, each counted once."""
PAIR: Final = 0
GRAM_SEED: Final = 1
SKETCH: Final = 2
_COMMON_PAIR: Final = 24
"""A pair that stands in more places says nothing about where a text comes from."""
_PAIR_GAIN: Final = np.array(
    [0, *(max(2, round(12 - 2 * np.log2(count))) for count in range(1, _COMMON_PAIR + 1))],
    dtype=np.float32,
)
"""Bits that a pair adds to the evidence, by the number of places in which it stands."""
_SKETCH_GAIN: Final = 45.0
"""Bits that a sketch that is alike adds to the evidence: not enough without a pair or a gram near it."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """
    Seeds, in no particular order.

    Attributes:
        head: int64, shape ``(n,)``: word of the answer in which the seed begins.
        tail: int64: word of the answer in which it ends.
        place: int64: where it stands in the text store; for pairs about.
        gain: float32: bits that it adds to the evidence.
        kind: uint8: :data:`PAIR`, :data:`GRAM_SEED` or :data:`SKETCH`.
    """

    head: I64
    tail: I64
    place: I64
    gain: F32
    kind: NDArray[np.uint8]


def seeds(index: IndexReader, answer: FoldedAnswer, begin: int, end: int) -> Seeds:
    """
    Return the seeds among the words ``[begin, end)`` that may belong to a stretch worth an alignment.

    Seeds that stand so lonely in the index that no window can gather :data:`EVIDENCE` around them are left out; none
    that counts is.
    """
    words = answer.words
    low, high = int(words.begin[begin]), int(words.end[end - 1])
    grams = index.marks.find(gram_hashes(answer.folded.codes[low:high], GRAM))
    at = grams.query + low
    answer.gram_counts[at] = grams.count
    places = [grams.place]
    gains = [(answer.character_bits[at + GRAM] - answer.character_bits[at]).astype(np.float32)]
    heads, tails = [answer.word_at(at)], [answer.word_at(at + (GRAM - 1))]
    content = np.flatnonzero(answer.bits[begin:end] >= CONTENT_BITS) + begin
    first, second, hashes = near_pairs(content, words.hashes[content], ASKED, ASKED_APART, SAMPLED)
    pairs = index.pairs.find(hashes, _COMMON_PAIR)
    heads.append(content[first[pairs.query]])
    tails.append(content[second[pairs.query]])
    places.append((pairs.place << PLACE_SHIFT) + (1 << PLACE_SHIFT >> 1))
    gains.append(_PAIR_GAIN[pairs.count])
    if len(content) >= SKETCHED:
        # Which runs are sketched depends on what stands before them, and so never on what comes later.
        rank = int(np.count_nonzero(answer.bits[:begin] >= CONTENT_BITS))
        begins = np.arange(-rank % ASKED_EVERY, len(content) - SKETCHED + 1, ASKED_EVERY)
        query, near = index.sketches.near(sketches(words.hashes[content], begins, SKETCHED))
        if len(query):
            heads.append(content[begins[query]])
            tails.append(content[begins[query] + SKETCHED - 1])
            places.append(near)
            gains.append(np.full(len(query), _SKETCH_GAIN, dtype=np.float32))
    place, gain = np.concatenate(places), np.concatenate(gains)
    kept = lonely(place, gain, BLOCK_SHIFT, EVIDENCE)
    kind = np.full(len(kept), PAIR, dtype=np.uint8)
    kind[kept < len(grams.place)] = GRAM_SEED
    kind[kept >= len(grams.place) + len(pairs.place)] = SKETCH
    return Seeds(np.concatenate(heads)[kept], np.concatenate(tails)[kept], place[kept], gain[kept], kind)
