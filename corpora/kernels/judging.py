"""Judges how much of a window was copied from a stretch of a text: local alignment over words, by sparse chaining."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]
    F64 = NDArray[np.float64]
    Rows = NDArray[np.int64]

_MOST_RUNS: Final = 128
_BAND_SHIFT: Final = 4
"""Two neighbouring bands of ``2**4`` diagonals are taken together."""
_LOGARITHMS: Final = np.log2(1.0 + np.arange(4096))
"""Logarithms of one more than a drift; beyond, the last one."""

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


@kernel
def _price(between: int, drift: int, prices: F64) -> float:
    """Return what it costs to link two runs: words of the window between them, and how their diagonals differ."""
    there = between + drift
    price: float = prices[LINK] + prices[DRIFT] * _LOGARITHMS[min(abs(drift), 4095)] + prices[APART] * between
    if there >= 0:
        price += prices[MISMATCH] * min(between, there)
    else:
        price += prices[SWAP] if there >= -4 else prices[JUMP]
    return price


@kernel
def judge(hashes: U64, bits: F64, stored: U64, order: I64, prices: F64) -> tuple[Rows, I64, F64]:
    """
    Find the stretches of a window that were copied from a stretch of a text.

    Equal words that follow one another at the same distance in both texts make a run, words in between cost a little;
    runs are chained, wherever they stand, for a price that grows with the logarithm of the distance.

    Args:
        hashes: uint64, shape ``(n,)``: words of the window.
        bits: float64, shape ``(n,)``: what each says about where it comes from.
        stored: uint64, shape ``(m,)``, increasing: words of the stretch, sorted.
        order: int64, shape ``(m,)``: where each stands in the stretch.
        prices: float64; see the names above.

    Returns:
        Equal stretches, int64, shape ``(k, 3)``: first word in the window, first word in the stretch, words; in the
        order of the window.  Where each copied stretch begins among them, int64, and its score in bits.

    Source:
        Altschul et al., *Basic local alignment search tool* (1990), for runs; Li, *Minimap2* (2018), for chaining.
    """
    none = np.empty((0, 3), np.int64), np.empty(0, np.int64), np.empty(0, np.float64)
    n, m = len(hashes), len(stored)
    threshold = prices[THRESHOLD]
    low = np.empty(n, np.int64)
    many = np.zeros(n, np.int64)
    worth = np.empty(n, np.float64)
    total = 0
    for i in range(n):
        left, right = 0, m
        while left < right:
            middle = (left + right) >> 1
            if stored[middle] < hashes[i]:
                left = middle + 1
            else:
                right = middle
        low[i] = left
        while left < m and stored[left] == hashes[i]:
            left += 1
        many[i] = left - low[i]
        worth[i] = bits[i]
        if many[i]:
            # A word that the stretch repeats belongs to its topic: meeting it there says little.
            worth[i] = min(bits[i], np.log2(m / many[i]) + prices[TOPIC])
            total += many[i]
    if total == 0:
        return none

    # All equal words, by diagonal and then in the order of the window.
    ends = np.zeros(n + m + 1, np.int64)
    for i in range(n):
        for k in range(low[i], low[i] + many[i]):
            ends[order[k] - i + n] += 1
    running = 0
    for d in range(n + m + 1):
        running += ends[d]
        ends[d] = running - ends[d]
    ats = np.empty(total, np.int64)
    for i in range(n):
        for k in range(low[i], low[i] + many[i]):
            d = order[k] - i + n
            ats[ends[d]] = i
            ends[d] += 1

    # Runs: the best stretches of each diagonal.
    first = np.empty(_MOST_RUNS, np.int64)
    last = np.empty(_MOST_RUNS, np.int64)
    shift = np.empty(_MOST_RUNS, np.int64)
    gains = np.empty(_MOST_RUNS, np.float64)
    runs, begin = 0, 0
    weakest, least = 0, prices[LEAST]
    for d in range(n + m + 1):
        end = ends[d]
        if begin == end:
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
                    at = runs
                    if runs == _MOST_RUNS:
                        at = weakest
                    else:
                        runs += 1
                    first[at], last[at], shift[at], gains[at] = best_since, best_last, d - n, best
                    if runs == _MOST_RUNS:
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
        return none

    # What all runs together could say at most: of runs that cover the same word, a chain takes one.
    most = np.zeros(n, np.float64)
    for r in range(runs):
        share = gains[r] / (last[r] - first[r] + 1)
        for i in range(first[r], last[r] + 1):
            most[i] = max(most[i], share)
    if most.sum() < threshold:
        return none

    # And a copy, however edited, stays near one diagonal for a while; a common topic does not.
    bands = np.zeros((n + m >> _BAND_SHIFT) + 2, np.float64)
    for r in range(runs):
        bands[shift[r] + n >> _BAND_SHIFT] += gains[r]
    nearest = 0.0
    for band in range(len(bands) - 1):
        nearest = max(nearest, bands[band] + bands[band + 1])
    if nearest < prices[BAND]:
        return none

    by_place = np.argsort(first[:runs] * (n + 1) + last[:runs], kind="mergesort")
    used = np.zeros(n, np.uint8)
    rows = np.empty((n, 3), np.int64)
    begins = np.empty(n, np.int64)
    scores = np.empty(n, np.float64)
    count, found = 0, 0
    chain = np.empty(runs, np.float64)
    back = np.empty(runs, np.int64)
    members = np.empty(runs, np.int64)
    while True:
        top, best = -1, threshold
        for x in range(runs):
            r = by_place[x]
            chain[x], back[x] = -1.0, -1
            if used[first[r] : last[r] + 1].any():
                continue
            value = gains[r]
            for y in range(x):
                q = by_place[y]
                if chain[y] < 0 or last[q] >= first[r]:
                    continue
                price = _price(first[r] - last[q] - 1, shift[r] - shift[q], prices)
                if chain[y] - price + gains[r] > value:
                    value = chain[y] - price + gains[r]
                    back[x] = y
            chain[x] = value
            if value > best:
                top, best = x, value
        if top < 0:
            break
        # Back along the chain.
        start = count
        while top >= 0:
            members[count - start] = by_place[top]
            count += 1
            top = back[top]
        # A weak run far from the rest is chance: both ends have to earn their place, so that spans are tight.
        low_end, high_end = 0, count - start - 1
        while low_end < high_end:
            late, early = members[low_end], members[low_end + 1]
            price = _price(first[late] - last[early] - 1, shift[late] - shift[early], prices)
            if gains[late] - price >= prices[END]:
                break
            low_end += 1
        while low_end < high_end:
            late, early = members[high_end - 1], members[high_end]
            price = _price(first[late] - last[early] - 1, shift[late] - shift[early], prices)
            if gains[early] - price >= prices[END]:
                break
            high_end -= 1
        scores[found] = best
        begins[found] = start
        found += 1
        # Into the order of the window.
        count = start
        low_used, high_used = n, -1
        for k in range(high_end, low_end - 1, -1):
            r = members[k]
            low_used, high_used = min(low_used, first[r]), max(high_used, last[r])
            rows[count, 0], rows[count, 1], rows[count, 2] = first[r], shift[r], last[r] - first[r] + 1
            count += 1
        for k in range(low_used, high_used + 1):
            used[k] = 1
    return _equal_stretches(rows[:count], begins[:found], scores[:found], hashes, stored, order)


@kernel
def _equal_stretches(
    runs: Rows, begins: I64, scores: F64, hashes: U64, stored: U64, order: I64
) -> tuple[Rows, I64, F64]:
    """Cut runs into their equal stretches."""
    words = np.empty(len(stored), np.uint64)
    for k in range(len(stored)):
        words[order[k]] = stored[k]
    out = np.empty((len(hashes), 3), np.int64)
    where = np.empty(len(begins), np.int64)
    count, chain = 0, 0
    for k in range(len(runs)):
        if chain < len(begins) and begins[chain] == k:
            where[chain] = count
            chain += 1
        going = False
        for i in range(runs[k, 0], runs[k, 0] + runs[k, 2]):
            j = i + runs[k, 1]
            if 0 <= j < len(words) and words[j] == hashes[i]:
                if going:
                    out[count - 1, 2] += 1
                else:
                    out[count, 0], out[count, 1], out[count, 2] = i, j, 1
                    count += 1
                going = True
            else:
                going = False
    return out[:count].copy(), where, scores.copy()
