"""What a text shares with the index: exact character grams, pairs of content words, and sketches that are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from corpora.index.marks import GRAM
from corpora.index.pairs import ASKED, ASKED_APART, CONTENT_BITS, PLACE_SHIFT, SAMPLED
from corpora.index.sketches import ASKED_EVERY
from corpora.kernels.gathering import assemble, lonely
from corpora.kernels.hashing import gram_hashes
from corpora.kernels.pairing import SKETCHED, near_pairs, sketches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.reader import IndexReader
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]
    F32 = NDArray[np.float32]

BLOCK_SHIFT: Final = 9
"""Evidence is gathered per block of ``2**9`` code points of the stored texts."""
EVIDENCE: Final = 30.0
"""Bits that seeds in two neighbouring blocks must add up to before a stretch is worth an alignment."""
SUPPORT: Final = 50.0
"""Bits that the shared words must say there, each counted once."""
_COMMON_PAIR: Final = 24
"""A pair that stands in more places says nothing about where a text comes from."""
_PAIR_GAIN: Final = np.array(
    [0, *(max(2, round(12 - 2 * np.log2(count))) for count in range(1, _COMMON_PAIR + 1))],
    dtype=np.float32,
)
"""Bits that a pair adds to the evidence, by the number of places in which it stands."""
_SKETCH_GAIN: Final = 45.0
"""Bits that a sketch that is alike adds to the evidence: not enough without a pair or a gram near it."""
_NONE: Final = np.zeros(0, dtype=np.int64)


class Seeds(NamedTuple):
    """
    Seeds, in no particular order.

    Attributes:
        head: int64, shape ``(n,)``: word of the answer in which the seed begins.
        tail: int64: word of the answer in which it ends.
        place: int64: where it stands in the text store; for pairs about.
        gain: float32: bits that it adds to the evidence.
        kind: uint8: 0 for a pair, 1 for a gram, 2 for a sketch.
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
    content = np.flatnonzero(answer.telling[begin:end] >= CONTENT_BITS) + begin
    hashes = words.hashes[content]
    first, second, pairs = near_pairs(content, hashes, ASKED, ASKED_APART, SAMPLED)
    begins, near = _NONE, (_NONE, _NONE)
    if len(content) >= SKETCHED:
        # Which runs are sketched depends on what stands before them, and so never on what comes later.
        rank = int(np.count_nonzero(answer.telling[:begin] >= CONTENT_BITS)) if begin else 0
        begins = np.arange(-rank % ASKED_EVERY, len(content) - SKETCHED + 1, ASKED_EVERY)
        near = index.sketches.near(sketches(hashes, begins))
    head, tail, place, gain, kind = assemble(
        index.marks.find(gram_hashes(answer.folded.codes[low:high], GRAM)),
        index.pairs.find(pairs, _COMMON_PAIR),
        near,
        low,
        GRAM,
        answer.character_bits,
        words.begin,
        first,
        second,
        _PAIR_GAIN,
        PLACE_SHIFT,
        begins,
        content,
        SKETCHED,
        _SKETCH_GAIN,
        answer.gram_counts,
    )
    kept = lonely(place, gain, BLOCK_SHIFT, EVIDENCE)
    return Seeds(head[kept], tail[kept], place[kept], gain[kept], kind[kept])
