"""A few places of a text that stay with its words, whatever is added, removed or renamed around them."""

from __future__ import annotations

from typing import Final

import numpy as np

from corpora.text.hashing import mix, run_hashes
from corpora.text.normalize import normalize
from corpora.text.words import words_of

RUN: Final = 4
"""Words of one place."""


def landmarks(text: str, most: int) -> list[tuple[int, int]]:
    """
    Return the *most* runs of four words with the smallest hashes, each as hash and offset of its first character.

    Guarantee: an edit changes only the runs that it touches, and adds at most those that it writes; every other run
    keeps its hash.  Runs that occur again are named once, at their first place.

    Args:
        text: Any text; one of fewer than four words has no run.
        most: Runs to return at most.
    """
    folded = normalize(text)
    words = words_of(folded)
    hashes = mix(run_hashes(words.hashes.copy(), RUN))
    if not len(hashes):
        return []
    values, first = np.unique(hashes, return_index=True)
    offsets = folded.origin[words.begin[first[:most]]]
    return list(zip(values[:most].tolist(), offsets.tolist(), strict=True))
