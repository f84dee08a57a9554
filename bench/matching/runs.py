"""
Runs of eight equal words: what two texts share without a doubt.

The bench has its own words, so that what it calls clean or unique does not hang on the code it measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]
Bools = NDArray[np.bool_]

RUN = 8
"""Words of a run."""
COMMON = 10
"""A run in more documents than this is boilerplate: no copy of it tells where it comes from."""
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SIEVE_BITS = 26


def words(text: str) -> U64:
    """Return a hash of every word: letters and digits of one case, whatever stands between them."""
    codes = np.frombuffer(text.lower().encode("utf-32-le", "replace"), dtype="<u4")
    inside = ((codes >= 0x30) & (codes < 0x3A)) | ((codes >= 0x61) & (codes < 0x7B))
    inside |= (codes >= 0xC0) & ((codes < 0x2000) | (codes >= 0x2070)) & ((codes < 0x3000) | (codes >= 0x3040))
    kept = np.flatnonzero(inside)
    if not len(kept):
        return np.zeros(0, dtype=np.uint64)
    first = np.flatnonzero(np.concatenate(([True], np.diff(kept) > 1)))
    place = np.arange(len(kept)) - np.repeat(first, np.diff(first, append=len(kept)))
    powers = np.multiply.accumulate(np.full(int(place.max()) + 1, _ODD))
    mixed = (codes[kept].astype(np.uint64) * _MIX) ^ (codes[kept].astype(np.uint64) << np.uint64(40))
    hashes: U64 = np.add.reduceat(mixed * powers[place], first)
    hashes ^= hashes >> np.uint64(29)
    return hashes * _MIX


def runs_of(hashes: U64) -> U64:
    """Return a hash of every run of :data:`RUN` words, one for each word that begins one."""
    if len(hashes) < RUN:
        return hashes[:0]
    runs = hashes[: len(hashes) - RUN + 1].copy()
    for step in range(1, RUN):
        runs = (runs ^ (runs >> np.uint64(31))) * _ODD + hashes[step : len(hashes) - RUN + 1 + step]
    return runs


class Occurrences:
    """In how many documents a run stands, and in how many a word."""

    def __init__(self, texts: Iterable[str]) -> None:
        runs: list[U64] = []
        kinds: list[U64] = []
        self.documents = 0
        for text in texts:
            hashes = words(text)
            runs.append(np.unique(runs_of(hashes)))
            kinds.append(np.unique(hashes))
            self.documents += 1
        together = np.sort(np.concatenate(runs))
        self._repeated = _more_than(together, 1)
        self._common = _more_than(together, COMMON)
        self._words, self._counts = np.unique(np.concatenate(kinds), return_counts=True)

    def alone(self, passage: str) -> bool:
        """Return whether no run of *passage*, a passage of one document, stands in a second one."""
        return not _member(runs_of(words(passage)), self._repeated).any()

    def common(self, passage: str) -> bool:
        """Return whether a run of *passage* stands in more than :data:`COMMON` documents."""
        return bool(_member(runs_of(words(passage)), self._common).any())

    def rare_words(self, passage: str, share: float) -> int:
        """Return how many different words of *passage* stand in no more than *share* of all documents, or in one."""
        asked = np.unique(words(passage))
        where = np.searchsorted(self._words, asked).clip(max=len(self._words) - 1)
        counts = np.where(self._words[where] == asked, self._counts[where], 0)
        return int((counts <= max(1.0, share * self.documents)).sum())


def sharing(candidates: list[str], texts: Iterable[str]) -> Bools:
    """Return which candidates share a run of :data:`RUN` words with any of *texts*; those are read once, in order."""
    runs = [runs_of(words(candidate)) for candidate in candidates]
    owner = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
    asked = np.concatenate(runs) if runs else np.zeros(0, dtype=np.uint64)
    if not len(asked):
        return np.zeros(len(candidates), dtype=np.bool_)
    order = np.argsort(asked)
    known, owner = asked[order], owner[order]
    hit = np.zeros(len(known), dtype=np.bool_)
    sieve = np.zeros(1 << _SIEVE_BITS, dtype=np.bool_)
    sieve[known >> np.uint64(64 - _SIEVE_BITS)] = True
    for found in _batches(texts):
        passing = found[sieve[found >> np.uint64(64 - _SIEVE_BITS)]]
        where = np.searchsorted(known, passing).clip(max=len(known) - 1)
        hit[where[known[where] == passing]] = True
    # Of equal runs only the first was marked.
    first = np.concatenate(([True], known[1:] != known[:-1]))
    hit = hit[np.flatnonzero(first)][np.cumsum(first) - 1]
    shared = np.zeros(len(candidates), dtype=np.bool_)
    shared[owner[hit]] = True
    return shared


def _batches(texts: Iterable[str], size: int = 1 << 21) -> Iterator[U64]:
    waiting: list[U64] = []
    count = 0
    for text in texts:
        found = runs_of(words(text))
        waiting.append(found)
        count += len(found)
        if count >= size:
            yield np.concatenate(waiting)
            waiting, count = [], 0
    if waiting:
        yield np.concatenate(waiting)


def _more_than(together: U64, count: int) -> U64:
    """Return the different values that stand more than *count* times in a sorted array."""
    first = together[: max(len(together) - count, 0)]
    return np.unique(first[first == together[count:]])


def _member(asked: U64, known: U64) -> Bools:
    if not len(known):
        return np.zeros(len(asked), dtype=np.bool_)
    where = np.searchsorted(known, asked).clip(max=len(known) - 1)
    equal: Bools = known[where] == asked
    return equal
