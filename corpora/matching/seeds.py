"""What a text shares with the index: exact character grams, pairs of content words, and sketches that are alike."""

from __future__ import annotations

from functools import cache
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
_COMMON_PAIR: Final = 64
"""A pair that stands in more places says nothing about where a text comes from."""
_PAIR_BITS: Final = 12.0
"""Bits that a pair adds to the evidence which stands in one place of a small index; two less for every doubling."""
_SMALL: Final = 1 << 21
"""Pairs of a small index."""
_SHARE: Final = 0.6
"""
Of every doubling of the index beyond that, the part of a doubling of places that costs nothing.

At 1, every pair would say as much as it does in a small index; candidates, and time, would double as well.
"""
_LEAST_BITS: Final = 3.0
"""What adds less is not even gathered."""
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


@cache
def _pair_gain(pairs: int) -> F32:
    """Return the bits that a pair adds, by the places in which it stands, float32, in an index of so many pairs."""
    room = _SHARE * max(float(np.log2(max(pairs, 1) / _SMALL)), 0.0)
    counts = np.arange(1, _COMMON_PAIR + 1)
    gain = np.clip(np.round(_PAIR_BITS - 2 * np.maximum(np.log2(counts) - room, 0.0)), 0, None)
    gain = gain[: np.count_nonzero(gain >= _LEAST_BITS)]
    return np.concatenate(([0.0], gain)).astype(np.float32)


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
    pair_gain = _pair_gain(len(index.pairs))
    head, tail, place, gain, kind = assemble(
        index.marks.find(gram_hashes(answer.folded.codes[low:high], GRAM)),
        index.pairs.find(pairs, len(pair_gain) - 1),
        near,
        low,
        GRAM,
        answer.character_bits,
        words.begin,
        first,
        second,
        pair_gain,
        PLACE_SHIFT,
        begins,
        content,
        SKETCHED,
        _SKETCH_GAIN,
        answer.gram_counts,
    )
    kept = lonely(place, gain, BLOCK_SHIFT, EVIDENCE)
    return Seeds(head[kept], tail[kept], place[kept], gain[kept], kind[kept])
