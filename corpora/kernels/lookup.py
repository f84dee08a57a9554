"""Looks hashes up in a posting table; the layout is that of :mod:`corpora.index.postings`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from corpora.kernels.compiling import U64, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    I64 = NDArray[np.int64]
    I32 = NDArray[np.int32]


@kernel
def lookup(
    hashes: Hashes,
    buckets: NDArray[Any],
    tails: NDArray[Any],
    places: NDArray[Any],
    high: NDArray[Any],
    shift: int,
    tail_shift: int,
    tail_mask: int,
    most: int,
) -> tuple[I64, I64, I64]:
    """
    Find every place of every hash.

    Args:
        hashes: uint64 below ``2**40``, shape ``(n,)``.
        buckets: uint32: where the entries of each bucket begin, and the end of the last.
        tails: Unsigned, shape ``(e,)``: what is stored of each hash, increasing within a bucket.
        places: Unsigned, shape ``(e,)``: the low bits of each place.
        high: uint8, shape ``(e,)``, the bits from 16 on; or of length 0.
        shift: Bits of a hash below those of its bucket.
        tail_shift: Bits of a hash below those of its tail.
        tail_mask: All bits of a tail.
        most: Hashes with more places than that are left out.

    Returns:
        Number of the hash, place, places of that hash: int64, equal lengths, in the order of the hashes.
    """
    count = len(hashes)
    begin = np.empty(count, np.int64)
    end = np.empty(count, np.int64)
    # Loops of their own: the processor then waits for many of these reads at once.
    for i in range(count):
        bucket = hashes[i] >> U64(shift)
        # A file that was altered after it was checked must not lead outside.
        end[i] = min(int(buckets[bucket + U64(1)]), len(tails))
        begin[i] = min(int(buckets[bucket]), end[i])
    total = 0
    for i in range(count):
        tail = (hashes[i] >> U64(tail_shift)) & U64(tail_mask)
        first, last = begin[i], end[i]
        while first < last and tails[first] < tail:
            first += 1
        stop = first
        while stop < last and tails[stop] == tail:
            stop += 1
        if stop - first > most:
            stop = first
        begin[i], end[i] = first, stop
        total += stop - first
    query = np.empty(total, np.int64)
    place = np.empty(total, np.int64)
    counts = np.empty(total, np.int64)
    at = 0
    for i in range(count):
        for entry in range(begin[i], end[i]):
            value = np.int64(places[entry])
            if len(high):
                value |= np.int64(high[entry]) << 16
            query[at] = i
            place[at] = value
            counts[at] = end[i] - begin[i]
            at += 1
    return query, place, counts
