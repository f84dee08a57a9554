"""Chains runs to what a window may have copied from a stretch of a text: sparse local alignment over words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel
from corpora.kernels.running import (
    APART,
    BAND,
    DRIFT,
    END,
    JUMP,
    LINK,
    MISMATCH,
    MOST_RUNS,
    SWAP,
    THRESHOLD,
    index_words,
    runs_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]
    F64 = NDArray[np.float64]
    Rows = NDArray[np.int64]

_LOGARITHMS: Final = np.log2(1.0 + np.arange(4096))
"""Logarithms of one more than a drift; beyond, the last one."""


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
def chains(hashes: U64, bits: F64, words: U64, prices: F64) -> tuple[Rows, I64, F64, float]:
    """
    Find the stretches of a window that were copied from a stretch of a text.

    Runs are chained, wherever they stand, for a price that grows with the logarithm of the distance.

    Args:
        hashes: uint64, shape ``(n,)``: words of the window.
        bits: float64, shape ``(n,)``: what each says about where it comes from.
        words: uint64, shape ``(m,)``: words of the stretch.
        prices: float64; see :mod:`corpora.kernels.running`.

    Returns:
        Equal stretches, int64, shape ``(k, 3)``: first word in the window, first word in the stretch, words; in the
        order of the window.  Where each copied stretch begins among them, int64, and its score in bits.  Last the best
        score of all, also where that is no copy.

    Source:
        Li, *Minimap2: pairwise alignment for nucleotide sequences* (2018).
    """
    none = np.empty((0, 3), np.int64), np.empty(0, np.int64), np.empty(0, np.float64), 0.0
    n = len(hashes)
    threshold = prices[THRESHOLD]
    slots, again = index_words(hashes)
    first = np.empty(MOST_RUNS, np.int64)
    last = np.empty(MOST_RUNS, np.int64)
    shift = np.empty(MOST_RUNS, np.int64)
    gains = np.empty(MOST_RUNS, np.float64)
    runs, nearest = runs_of(hashes, bits, slots, again, words, prices, first, last, shift, gains)
    if runs == 0:
        return none
    topmost = 0.0
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
            # The nearest first: they are cheapest to link to, and what cannot do better is not reckoned.
            for y in range(x - 1, -1, -1):
                q = by_place[y]
                if chain[y] <= value - gains[r] or last[q] >= first[r]:
                    continue
                price = _price(first[r] - last[q] - 1, shift[r] - shift[q], prices)
                if chain[y] - price + gains[r] > value:
                    value = chain[y] - price + gains[r]
                    back[x] = y
            chain[x] = value
            topmost = max(topmost, value)
            if value > best and nearest >= prices[BAND]:
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
    stretches, where = _equal_stretches(rows[:count], begins[:found], hashes, words)
    return stretches, where, scores[:found].copy(), topmost


@kernel
def _equal_stretches(runs: Rows, begins: I64, hashes: U64, words: U64) -> tuple[Rows, I64]:
    """Cut runs into their equal stretches."""
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
    return out[:count].copy(), where
