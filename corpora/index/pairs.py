"""
Unordered pairs of content words that stand near each other: seeds that survive patterned edits.

Replacing every second word, or putting a filler after each, leaves no run of characters whole; it leaves most pairs.
The index holds each content word with the first and the second that follow it; a question pairs it with the
first :data:`ASKED` that follow, so that words put in between do no harm.  Order within a pair does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.text.hashing import HASH_BITS, mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]

CONTENT_BITS: Final = 11.0
"""Bits from which on a word is a content word; see :mod:`corpora.index.weights`."""
STORED: Final = 2
"""How many of the following content words each is stored with."""
STORED_APART: Final = 12
"""Words between the two of a stored pair, at most."""
ASKED: Final = 5
"""How many of the following content words each is looked up with."""
ASKED_APART: Final = 20
"""Words between the two of a pair that is looked up, at most."""
PLACE_SHIFT: Final = 8
"""Places of pairs are stored in units of ``2**8`` code points: near enough for a candidate."""


def near_pairs(content: I64, following: int, apart: int) -> tuple[I64, I64]:
    """
    Return the pairs of content words that stand near each other.

    Args:
        content: int64, increasing: positions of the content words among all words.
        following: How many of the following content words each is paired with.
        apart: Words from the first to the second, at most.

    Returns:
        Positions of the first and of the second word of every pair, sorted by neither.
    """
    firsts, seconds = [], []
    for step in range(1, following + 1):
        first, second = content[:-step], content[step:]
        near = second - first <= apart
        firsts.append(first[near])
        seconds.append(second[near])
    return np.concatenate(firsts), np.concatenate(seconds)


def pair_hashes(first: U64, second: U64) -> U64:
    """Hash unordered pairs of word hashes (their low 32 bits count); uint64 below ``2**40``."""
    low = np.uint64(0xFFFFFFFF)
    one, other = first & low, second & low
    return mix(np.minimum(one, other) << np.uint64(32) | np.maximum(one, other)) >> np.uint64(64 - HASH_BITS)
