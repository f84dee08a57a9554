"""Chunk recovery by ROUGE-L: whether an answer holds most of a chunk's words in their order."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

CHUNK_WORDS: Final = 100
"""Length of a chunk, in words; the last one of a document may be shorter."""
RECOVERED: Final = 0.5
"""A chunk counts as recovered above this ROUGE-L."""
_SHORTEST: Final = 20
"""A rest of fewer words is joined to the chunk before it: too little to tell a copy from common phrases."""
_WORD: Final = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Return the words of *text*, case folded; punctuation separates."""
    return _WORD.findall(text.casefold())


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Return ``(word, start, end)`` for every word of *text*; offsets in code points."""
    return [(match.group().casefold(), match.start(), match.end()) for match in _WORD.finditer(text)]


def cut(count: int, *, size: int = CHUNK_WORDS) -> list[tuple[int, int]]:
    """
    Return the chunks ``[start, end)`` of *count* words: *size* each, a short rest joined to the last.

    Fewer words than :data:`_SHORTEST` in all make one chunk; none make none.
    """
    starts = list(range(0, count, size))
    if len(starts) > 1 and count - starts[-1] < _SHORTEST:
        del starts[-1]
    return [(start, starts[place + 1] if place + 1 < len(starts) else count) for place, start in enumerate(starts)]


def rouge_l(reference: Sequence[str], candidate: Sequence[str]) -> float:
    """
    Return the ROUGE-L F1 of two word lists, in ``[0, 1]``; 0 when either is empty.

    Source:
        Lin, *ROUGE: a package for automatic evaluation of summaries* (2004): longest common subsequence, as the
        harmonic mean of its shares of both lists.
    """
    if not reference or not candidate:
        return 0.0
    from rapidfuzz.distance import LCSseq

    common = LCSseq.similarity(reference, candidate)
    return 2 * common / (len(reference) + len(candidate))


def best_rouge_l(reference: Sequence[str], answer: Sequence[str], *, floor: float = 0.0) -> float:
    """
    Return the highest ROUGE-L of *reference* and any window of *answer*; 0 when none is above *floor*.

    Windows are as long as the reference, and twice as long (for copies with a filler after every word); they move by an
    eighth of it.  So a chunk counts as recovered wherever it stands in a long answer, and a long answer does not
    collect the chunk's common words from all over.
    """
    heard = set(answer)
    common = sum(word in heard for word in reference)
    if 2 * common <= floor * (len(reference) + min(len(reference), len(answer))):
        return 0.0
    known = set(reference)
    shared = list(accumulate((word in known for word in answer), initial=0))
    best = floor
    for size in (len(reference), 2 * len(reference)):
        for start in _starts(len(answer), size, step=max(1, len(reference) // 8)):
            end = min(start + size, len(answer))
            # No common subsequence is longer than the words of the window that the reference knows.
            if 2 * min(shared[end] - shared[start], len(reference)) > best * (len(reference) + end - start):
                best = max(best, rouge_l(reference, answer[start:end]))
    return best if best > floor else 0.0


def _starts(count: int, size: int, *, step: int) -> list[int]:
    """Return where windows of *size* begin in *count* words; the last one ends with the last word."""
    return [0] if count <= size else [*range(0, count - size, step), count - size]
