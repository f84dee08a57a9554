"""Runs: where words of a window and of a stretch of a text agree along a diagonal, and whether that may be a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]
    F64 = NDArray[np.float64]

MOST_RUNS: Final = 128
_BAND_SHIFT: Final = 4
_IN_BAND: Final = (1 << _BAND_SHIFT) - 1
"""Two neighbouring bands of ``2**4`` diagonals are taken together."""

# Places of the prices in the array that is handed over.
THRESHOLD: Final = 0
MISMATCH: Final = 1
DROP: Final = 2
LEAST: Final = 3
LINK: Final = 4
DRIFT: Final = 5
JUMP: Final = 6
RUN_GAIN: Final = 7
RUN_FREE: Final = 8
TOPIC: Final = 9
APART: Final = 10
SWAP: Final = 11
BAND: Final = 12
END: Final = 13
MARGIN: Final = 14
NEARLY: Final = 15


@kernel
def index_words(hashes: U64) -> tuple[I64, I64]:
    """
    Index the words of a window.

    Args:
        hashes: uint64, shape ``(n,)``.

    Returns:
        A table of the last word of each hash, or -1, int64, its shape a power of two; and for every word the one before
        it with the same hash, or -1, int64, shape ``(n,)``.
    """
    size = 64
    while size < 2 * len(hashes):
        size *= 2
    slots = np.full(size, -1, np.int64)
    again = np.empty(len(hashes), np.int64)
    for i in range(len(hashes)):
        at = np.int64(hashes[i]) & (size - 1)
        while slots[at] >= 0 and hashes[slots[at]] != hashes[i]:
            at = (at + 1) & (size - 1)
        again[i] = slots[at]
        slots[at] = i
    return slots, again


@kernel
def runs_of(
    hashes: U64,
    bits: F64,
    slots: I64,
    again: I64,
    words: U64,
    prices: F64,
    first: I64,
    last: I64,
    shift: I64,
    gains: F64,
) -> tuple[int, float]:
    """
    Find the best runs: equal words that follow one another at the same distance in both, few others in between.

    Args:
        hashes: uint64, shape ``(n,)``: words of the window.
        bits: float64, shape ``(n,)``: what each says about where it comes from.
        slots: What :func:`index_words` made of *hashes*.
        again: The same.
        words: uint64, shape ``(m,)``: words of the stretch.
        prices: float64; see the names above.
        first: int64, shape ``(MOST_RUNS,)``: set to the first word of each run in the window.
        last: int64: set to its last word.
        shift: int64: set to how much further on it stands in the stretch.
        gains: float64: set to what it says, in bits.

    Returns:
        How many there are, 0 also where what they say cannot come near a copy; and what the two neighbouring bands of
        diagonals say that say most.

    Source:
        Altschul et al., *Basic local alignment search tool* (1990).
    """
    n, m = len(hashes), len(words)
    mask = len(slots) - 1
    many = np.zeros(n, np.int64)
    place = np.empty(m, np.int64)
    head = np.empty(m, np.int64)
    hits = 0
    for j in range(m):
        at = np.int64(words[j]) & mask
        while slots[at] >= 0 and hashes[slots[at]] != words[j]:
            at = (at + 1) & mask
        if slots[at] >= 0:
            place[hits], head[hits] = j, slots[at]
            many[slots[at]] += 1
            hits += 1
    worth = bits.copy()
    for h in range(n):
        if many[h]:
            # A word that the stretch repeats belongs to its topic: meeting it there says little.
            at_most = np.log2(m / many[h]) + prices[TOPIC]
            i = h
            while i >= 0:
                worth[i] = min(bits[i], at_most)
                i = again[i]

    # What each diagonal could say at most: nearly all say too little, and then nothing more is done.
    said = np.zeros(n + m + 1, np.float64)
    ends = np.zeros(n + m + 1, np.int64)
    for k in range(hits):
        i = head[k]
        while i >= 0:
            said[place[k] - i + n] += worth[i]
            ends[place[k] - i + n] += 1
            i = again[i]
    running, before, here, nearest, together = 0, 0.0, 0.0, 0.0, 0.0
    for d in range(n + m + 1):
        if d & _IN_BAND == 0:
            before, here = here, 0.0
        count = ends[d]
        if count > prices[RUN_FREE]:
            said[d] *= prices[RUN_GAIN]
        if said[d] < prices[LEAST]:
            count = 0
        else:
            here += said[d]
            together += said[d]
            nearest = max(nearest, before + here)
        ends[d] = running if count else -1
        running += count
    if together < prices[NEARLY] * prices[THRESHOLD] or nearest < prices[NEARLY] * prices[BAND]:
        return 0, nearest

    # The equal words of the others, by diagonal and then in the order of the window.
    ats = np.empty(running, np.int64)
    for k in range(hits):
        i = head[k]
        while i >= 0:
            d = place[k] - i + n
            if ends[d] >= 0:
                ats[ends[d]] = i
                ends[d] += 1
            i = again[i]

    # Runs: the best stretches of each diagonal.
    runs, begin = 0, 0
    weakest, least = 0, prices[LEAST]
    for d in range(n + m + 1):
        end = ends[d]
        if end < 0:
            continue
        score, best = 0.0, 0.0
        since, best_since, best_last, equal = -1, -1, -1, 0
        for k in range(begin, end + 1):
            restart = k == end
            if not restart and since >= 0:
                gap = ats[k] - ats[k - 1] - 1
                score -= prices[MISMATCH] * gap
                equal = equal + 1 if gap == 0 else 1
                # What stands before a gap has to be worth it.
                restart = (gap > 0 and score < prices[MARGIN]) or score <= 0.0 or score < best - prices[DROP]
            if restart:
                if best >= least:
                    r = runs
                    if runs == MOST_RUNS:
                        r = weakest
                    else:
                        runs += 1
                    first[r], last[r], shift[r], gains[r] = best_since, best_last, d - n, best
                    if runs == MOST_RUNS:
                        weakest = int(np.argmin(gains))
                        least = max(least, gains[weakest])
                since, score, best, equal = -1, 0.0, 0.0, 1
                if k == end:
                    break
            if since < 0:
                since, equal = ats[k], 1
            score += worth[ats[k]] * (prices[RUN_GAIN] if equal > prices[RUN_FREE] else 1.0)
            if score > best + (prices[MARGIN] if equal == 1 and since < ats[k] else 0.0):
                best, best_since, best_last = score, since, ats[k]
        begin = end
    if runs == 0:
        return 0, 0.0

    # What all runs together could say at most: of runs that cover the same word, a chain takes one.
    most = np.zeros(n, np.float64)
    for r in range(runs):
        share = gains[r] / (last[r] - first[r] + 1)
        for i in range(first[r], last[r] + 1):
            most[i] = max(most[i], share)
    # And a copy, however edited, stays near one diagonal for a while; a common topic does not.
    bands = np.zeros((n + m >> _BAND_SHIFT) + 2, np.float64)
    for r in range(runs):
        bands[shift[r] + n >> _BAND_SHIFT] += gains[r]
    nearest = 0.0
    for band in range(len(bands) - 1):
        nearest = max(nearest, bands[band] + bands[band + 1])
    if most.sum() < prices[NEARLY] * prices[THRESHOLD] or nearest < prices[NEARLY] * prices[BAND]:
        return 0, nearest
    return runs, nearest
