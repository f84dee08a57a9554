"""Gathers seeds into stretches of the stored texts that a window may have been copied from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.kernels.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    I64 = NDArray[np.int64]
    F32 = NDArray[np.float32]
    F64 = NDArray[np.float64]
    U8 = NDArray[np.uint8]

_SLOTS: Final = 1 << 14


@kernel
def assemble(
    grams: tuple[I64, I64, I64],
    pairs: tuple[I64, I64, I64],
    near: tuple[I64, I64],
    low: int,
    gram: int,
    character_bits: F64,
    word_begin: I64,
    first: I64,
    second: I64,
    pair_gain: F32,
    pair_shift: int,
    sketch_begin: I64,
    content: I64,
    sketched: int,
    sketch_gain: float,
    gram_counts: NDArray[np.int32],
) -> tuple[I64, I64, I64, F32, U8]:
    """
    Put what was looked up into one list of seeds.

    Args:
        grams: What was found of grams: number, place, count; int64.
        pairs: The same of pairs of content words.
        near: The same of sketches, without counts.
        low: Folded character at which gram 0 begins.
        gram: Folded characters of a gram.
        character_bits: float64: running sum of what the characters say.
        word_begin: int64: first folded character of each word.
        first: int64, one per pair: index into *content* of its first word.
        second: int64: of its second.
        pair_gain: float32: bits of a pair by the number of places in which it stands.
        pair_shift: Places of pairs are in units of ``2**pair_shift``.
        sketch_begin: int64, one per sketch: index into *content* of its first word.
        content: int64: words that are content words.
        sketched: Content words of a sketch.
        sketch_gain: Bits of a sketch.
        gram_counts: int32, one per folded character: changed, set to the places of the gram that begins there.

    Returns:
        Head, tail, place, gain, kind; see :func:`gather`.
    """
    total = len(grams[0]) + len(pairs[0]) + len(near[0])
    head = np.empty(total, np.int64)
    tail = np.empty(total, np.int64)
    place = np.empty(total, np.int64)
    gain = np.empty(total, np.float32)
    kind = np.empty(total, np.uint8)
    n, word, end_word = 0, 0, 0
    for k in range(len(grams[0])):
        at = grams[0][k] + low
        gram_counts[at] = grams[2][k]
        while word + 1 < len(word_begin) and word_begin[word + 1] <= at:
            word += 1
        end_word = max(end_word, word)
        while end_word + 1 < len(word_begin) and word_begin[end_word + 1] < at + gram:
            end_word += 1
        head[n], tail[n], place[n] = word, end_word, grams[1][k]
        gain[n] = character_bits[at + gram] - character_bits[at]
        kind[n] = 1
        n += 1
    for k in range(len(pairs[0])):
        pair = pairs[0][k]
        head[n], tail[n] = content[first[pair]], content[second[pair]]
        place[n] = (pairs[1][k] << pair_shift) + (1 << pair_shift >> 1)
        gain[n] = pair_gain[pairs[2][k]]
        kind[n] = 0
        n += 1
    for k in range(len(near[0])):
        begin = sketch_begin[near[0][k]]
        head[n], tail[n], place[n] = content[begin], content[begin + sketched - 1], near[1][k]
        gain[n] = sketch_gain
        kind[n] = 2
        n += 1
    return head, tail, place, gain, kind


@kernel
def lonely(place: I64, gain: F32, shift: int, evidence: float) -> I64:
    """
    Leave out seeds around which no stretch of two blocks can reach the evidence.

    Args:
        place: int64, shape ``(n,)``: where each seed stands in the text store.
        gain: float32, same shape: bits.
        shift: A block has ``2**shift`` code points; wherever it begins, two lie within three that begin at multiples.
        evidence: Bits.

    Returns:
        int64, increasing: the seeds that stay.
    """
    # Blocks share slots, which can only add: nothing that counts is lost.
    sums = np.zeros(_SLOTS + 4, np.float32)
    for i in range(len(place)):
        sums[((place[i] >> shift) & (_SLOTS - 1)) + 2] += gain[i]
    sums[0], sums[1] = sums[_SLOTS], sums[_SLOTS + 1]
    sums[_SLOTS + 2], sums[_SLOTS + 3] = sums[2], sums[3]
    kept = np.empty(len(place), np.int64)
    at = 0
    for i in range(len(place)):
        slot = ((place[i] >> shift) & (_SLOTS - 1)) + 2
        before, after = sums[slot - 1], sums[slot + 1]
        most = max(before + after, before + sums[slot - 2], after + sums[slot + 2])
        if sums[slot] + most >= evidence:
            kept[at] = i
            at += 1
    return kept[:at]


@kernel
def gather(
    head: I64,
    tail: I64,
    block: I64,
    gain: F32,
    kind: U8,
    bits: F64,
    first: int,
    last: int,
    width: int,
    stride: int,
    evidence: float,
    support: float,
    most: int,
) -> tuple[I64, I64]:
    """
    Find the pairs of neighbouring blocks that a window shares enough seeds with.

    Args:
        head: int64, shape ``(n,)``: word of the answer in which each seed begins.
        tail: int64: word in which it ends.
        block: int64, not decreasing: block of the stored texts; blocks of different texts are never neighbours.
        gain: float32: bits.
        kind: uint8: 0 for a pair, whose two words are shared; 1 for a gram, which shares all words from the first to
            the last; 2 for a sketch, which says nothing of single words.
        bits: float64, one per word of the answer.
        first: First window.
        last: One past the last.
        width: Words of a window.
        stride: Words from one window to the next.
        evidence: Bits that two neighbouring blocks must hold.
        support: Bits that the words shared must say, each counted once, and a sketch its own.
        most: Candidates of one window, at most; the best supported come first.

    Returns:
        Window and first of the two blocks, int64; sorted by window, then by evidence, falling.
    """
    windows = last - first
    rows = 0
    for i in range(len(block)):
        if i == 0 or block[i] != block[i - 1]:
            rows += 1
    blocks = np.empty(rows, np.int64)
    since = np.empty(rows + 1, np.int64)
    sums = np.zeros((rows + 2, windows), np.float32)
    new = np.zeros((rows + 2, windows), np.uint8)
    row = 0
    for i in range(len(block)):
        if i == 0 or block[i] != block[i - 1]:
            blocks[row] = block[i]
            since[row] = i
            row += 1
        # The windows that hold a seed whole: from the first that reaches its end to the last that begins before it.
        low = max(-((width - 1 - tail[i]) // stride), 0)
        high = min(head[i] // stride, last - 1)
        if low <= high and low >= first:
            new[row, low - first] = 1
        for window in range(max(low, first), high + 1):
            sums[row, window - first] += gain[i]
    since[rows] = len(block)
    # Row 0 and the row after the last stay empty: neighbours that are not there.
    found_window = np.empty(rows * windows, np.int64)
    found_block = np.empty(rows * windows, np.int64)
    found_bits = np.empty(rows * windows, np.float32)
    count = 0
    marked = np.zeros(width, np.uint8)
    chosen_before = np.zeros(rows + 2, np.uint8)
    chosen_now = np.zeros(rows + 2, np.uint8)
    for window in range(windows):
        begin = count
        for row in range(1, rows + 1):
            here = sums[row, window]
            chosen_now[row] = 0
            if here == 0:
                continue
            after = row < rows and blocks[row] == blocks[row - 1] + 1
            before = row > 1 and blocks[row - 2] == blocks[row - 1] - 1
            both = here + (sums[row + 1, window] if after else np.float32(0))
            if both < evidence:
                continue
            # Most among the pairs of blocks that overlap with it.
            if before and sums[row - 1, window] > 0 and sums[row - 1, window] + here >= both:
                continue
            if after and sums[row + 1, window] > 0:
                beyond = row + 1 < rows and blocks[row + 1] == blocks[row] + 1
                right = sums[row + 1, window] + (sums[row + 2, window] if beyond else np.float32(0))
                if right > both:
                    continue
            until = since[row + 1] if after else since[row]
            start = (window + first) * stride
            if _shared(head, tail, gain, kind, bits, since[row - 1], until, start, marked) < support:
                continue
            chosen_now[row] = 1
            # Where the window before had the same stretch and no seed is new, it has said all there is to say.
            fresh = new[row, window] or (after and new[row + 1, window])
            if fresh or not chosen_before[row]:
                found_window[count] = window + first
                found_block[count] = blocks[row - 1]
                found_bits[count] = both
                count += 1
        chosen_before, chosen_now = chosen_now, chosen_before
        if count - begin > 1:
            order = np.argsort(-found_bits[begin:count], kind="mergesort")
            found_window[begin:count] = found_window[begin:count][order]
            found_block[begin:count] = found_block[begin:count][order]
            found_bits[begin:count] = found_bits[begin:count][order]
            count = min(count, begin + most)
    return found_window[:count].copy(), found_block[:count].copy()


@kernel
def _shared(
    head: I64, tail: I64, gain: F32, kind: U8, bits: F64, begin: int, end: int, start: int, marked: U8
) -> float:
    """Return what the words say that the seeds ``[begin, end)`` share inside the window that begins at *start*."""
    marked[:] = 0
    width = len(marked)
    total = 0.0
    for i in range(begin, end):
        low, high = head[i] - start, tail[i] - start
        if low < 0 or high >= width:
            continue
        if kind[i] == 0:
            marked[low] = marked[high] = 1
        elif kind[i] == 1:
            marked[low : high + 1] = 1
        else:
            total = max(total, float(gain[i]))
    for k in range(width):
        if marked[k]:
            total += bits[start + k]
    return total
