"""Reads the words of the stored texts as fast as they can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpora.kernels.compiling import U64, kernel
from corpora.kernels.hashing import mixed, stands_alone, taken_in
from corpora.text.folding import ALONE, BREAK, EXPANDS, LETTER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    U8 = NDArray[np.uint8]
    U32 = NDArray[np.uint32]
    I64 = NDArray[np.int64]
    Bools = NDArray[np.bool_]
    Hashes = NDArray[np.uint64]


@kernel
def read_words(
    raw: U8,
    table: I64,
    block: int,
    start: int,
    end: int,
    ready: Bools,
    kinds: U8,
    entries: U32,
    begins: I64,
    lengths: I64,
    forms: U32,
    longest: int,
) -> Hashes:
    """
    Return the hashes of the words in a range of the stored code points: folding, cutting and hashing in one go.

    Args:
        raw: uint8: the file of the texts.
        table: int64: where each block of it begins, times 4, and 0, 1 or 2 for one, two or four bytes a code point.
        block: Code points of a block.
        start: First code point.
        end: One past the last.
        ready: bool: which blocks of 256 code points of the folding table are filled.
        kinds: Of :class:`corpora.text.folding.FoldTable`, and so on.
        entries: The same.
        begins: The same.
        lengths: The same.
        forms: The same.
        longest: Characters of the longest word.

    Returns:
        uint64, one per word; empty where the table is not filled for the text, or the file is cut off.
    """
    none = np.empty(0, np.uint64)
    out = np.empty(2 * max(end - start, 0) + 2, np.uint64)
    count, length, value = 0, 0, U64(0)
    before = 0
    opens = True
    code = np.uint32(0)
    for number in range(start // block, -(-end // block)):
        offset, width = table[number] >> 2, table[number] & 3
        first, last = max(start - number * block, 0), min(end - number * block, block)
        if offset + (last << width) > len(raw):
            return none
        for place in range(first, last):
            if width == 0:
                code = np.uint32(raw[offset + place])
            else:
                at = offset + (place << width)
                code = np.uint32(raw[at]) | np.uint32(raw[at + 1]) << np.uint32(8)
                if width == 2:
                    code |= np.uint32(raw[at + 2]) << np.uint32(16)
                if code >= np.uint32(len(kinds)) or not ready[code >> np.uint32(8)]:
                    return none
            kind = kinds[code]
            if kind == BREAK:
                opens = True
            elif kind >= LETTER:
                entry = entries[code]
                if entry >= EXPANDS + len(lengths):
                    # Another thread is filling the table at this moment.
                    return none
                size = 1 if entry < EXPANDS else lengths[entry - EXPANDS]
                for k in range(size):
                    folded = entry if entry < EXPANDS else forms[begins[entry - EXPANDS] + k]
                    if (k == 0 and (opens or kind == ALONE)) or length == longest:
                        if length:
                            out[count] = mixed(value)
                            count += 1
                        length, value = 0, U64(0)
                        if before and stands_alone(folded) and stands_alone(before):
                            value = U64(before) + U64(1)
                    length += 1
                    value = taken_in(value, folded)
                    before = folded
                opens = kind == ALONE
    if length:
        out[count] = mixed(value)
        count += 1
    return out[:count]
