"""Aligns a window with a stretch of a text, word by word, and finds what is worth calling a copy."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import LCSseq

from corpora.kernels.alternate import judge
from corpora.matching.passage import Passage, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from corpora.matching.source import Source, SourceReader
    from corpora.matching.windows import FoldedAnswer

    I64 = NDArray[np.int64]
    F64 = NDArray[np.float64]
    U32 = NDArray[np.uint32]

THRESHOLD: Final = 100.0
"""Bits of shared information, less the price of the edits, from which on a stretch is a copy."""
LEAST_ALIKE: Final = 0.33
"""Share of its characters that a copy has in common with the source at least: less is a common topic."""
PRICES: Final = np.array(
    [
        THRESHOLD,
        2.0,  # a word replaced by another
        10.0,  # a run ends where it has fallen so far below its best
        6.0,  # the least run
        1.0,  # a link between two runs
        2.0,  # per doubling of the drift between them
        30.0,  # a link that goes back in the text
        1.7,  # times what a word says, for each of a row beyond the next
        6.0,  # equal words in a row that any two texts may share
        8.0,  # what a word may say beyond how rare it is in the stretch
        0.3,  # per word of the window between two runs
        9.0,  # a link between neighbours that changed places
        60.0,  # what runs near one diagonal say at least
        8.0,  # what the first and the last run must add
        3.0,  # what a word beside a replaced one must add
        0.5,  # part of the threshold from which on every second word is looked at alone
    ]
)
"""In bits but the last; the places are named in :mod:`corpora.kernels.running`."""

_TYPED_ANEW: Final = 200
"""Characters of a stretch between equal words that is compared letter by letter."""
_SAME_WORD: Final = 0.7
"""Share of the letters of the longer side from which on two stretches are the same words, spelled otherwise."""
_SWAPPED: Final = 8
"""Words by which neighbours that changed places may stand back in the source."""

Block = tuple[int, int, int]
"""First word in the answer, first word in the source, words: all equal."""


def align(
    answer: FoldedAnswer, window: int, bits: F64, sources: SourceReader, text: int, block: int
) -> Iterator[Passage]:
    """
    Yield the passages of a window copied from a stretch of a text, disjoint, best first.

    Args:
        answer: The text looked at.
        window: Number of the window.
        bits: float64, one per word of the window: what each says.
        sources: Reads the stretch.
        text: Number of the text.
        block: The first of the two blocks of it that may hold the source.
    """
    first, last = answer.word_range(window)
    rows, begins, _, thinned = judge(answer.words.hashes[first:last], bits, sources.words(text, block), PRICES)
    if not len(begins):
        return
    source = sources.read(text, block)
    for run in np.split(rows, begins[1:]):
        if len(run):
            placed: list[Block] = [(at + first, place, size) for at, place, size in run.tolist()]
            pieces = tuple(_pieces(answer, source, placed))
            same = sum(piece.same for piece in pieces)
            all_of_it = same + sum(piece.other for piece in pieces)
            if thinned:
                # What was filled in says nothing against a copy.
                all_of_it = min(all_of_it, _shorter(answer, source, placed))
            if same >= LEAST_ALIKE * all_of_it:
                yield Passage(window, source.text, pieces)


def _shorter(answer: FoldedAnswer, source: Source, run: list[Block]) -> int:
    """Return the characters of a run on the side that has fewer."""
    here = answer.words.end[run[-1][0] + run[-1][2] - 1] - answer.words.begin[run[0][0]]
    low, high = min(place for _, place, _ in run), max(place + size for _, place, size in run)
    return min(int(here), int(source.words.end[high - 1] - source.words.begin[low]))


def _pieces(answer: FoldedAnswer, source: Source, run: list[Block]) -> Iterator[Piece]:
    """Yield what corresponds: equal stretches character by character, and what lies between them as one piece."""
    answer_at = source_at = -1
    for group in _groups(run):
        first, last = group[0], group[-1]
        low, high = min(place for _, place, _ in group), max(place + size for _, place, size in group)
        begin, end = int(answer.words.begin[first[0]]), int(answer.words.end[last[0] + last[2] - 1])
        from_, to = int(source.words.begin[low]), int(source.words.end[high - 1])
        if answer_at >= 0:
            same, other = _alike(answer.folded.codes[answer_at:begin], source.codes[source_at : max(from_, source_at)])
            gap_start, gap_end = int(answer.folded.origin[answer_at - 1]) + 1, int(answer.folded.origin[begin])
            if gap_start < gap_end:
                source_start, source_end = int(source.origin[source_at - 1]) + 1, int(source.origin[from_])
                yield Piece(gap_start, gap_end, source_start, max(source_start, source_end), same, other)
        ours, theirs = answer.folded.origin[begin:end], source.origin[from_:to]
        if len(group) == 1:
            yield from _equal(ours, theirs)
        else:
            sizes = answer.words.end - answer.words.begin
            same = sum(int(sizes[at : at + size].sum()) for at, _, size in group)
            yield _outward(ours, theirs, same)
        answer_at, source_at = end, to


def _alike(ours: U32, theirs: U32) -> tuple[int, int]:
    """Return how many characters two different stretches share in order, and how many they do not; the longer says."""
    longer = max(len(ours), len(theirs))
    if not min(len(ours), len(theirs)) or longer > _TYPED_ANEW:
        return 0, longer
    # Letters left out, doubled or exchanged, other endings: the same words still.  Other words share letters by chance.
    same = LCSseq.similarity(_letters(ours), _letters(theirs), score_cutoff=math.ceil(_SAME_WORD * longer))
    return same, longer - same


def _letters(codes: U32) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _groups(run: list[Block]) -> Iterator[list[Block]]:
    """Put neighbours that changed places together; each group stands after the one before, or far back."""
    group = run[:1]
    high = group[0][1] + group[0][2]
    for block in run[1:]:
        if high - _SWAPPED <= block[1] < high:
            group.append(block)
            high = max(high, block[1] + block[2])
        else:
            yield group
            group, high = [block], block[1] + block[2]
    yield group


def _outward(ours: I64, theirs: I64, same: int) -> Piece:
    """Return one piece for two stretches with the same words in another order."""
    start, stop, from_, to = int(ours[0]), int(ours[-1]) + 1, int(theirs[0]), int(theirs[-1]) + 1
    if stop - start == to - from_:
        # Equal lengths would say that they correspond character by character.
        from_, to = (from_ - 1, to) if from_ else (from_, to + 1)
    return Piece(start, stop, from_, to, same, max(len(ours), len(theirs)) - same)


def _equal(ours: I64, theirs: I64) -> Iterator[Piece]:
    """Yield the pieces of two equal runs of folded characters, cut where the originals drift apart."""
    bounds = [0, *(np.flatnonzero(np.diff(ours - theirs)) + 1).tolist(), len(ours)]
    answer_end = source_end = 0
    for number, (begin, end) in enumerate(pairwise(bounds)):
        start, stop = int(ours[begin]), int(ours[end - 1]) + 1
        from_, to = int(theirs[begin]), int(theirs[end - 1]) + 1
        if number:
            # What was dropped between two characters, such as a second space, belongs to the copy.
            if start > answer_end:
                yield Piece(answer_end, start, min(source_end, from_), max(source_end, from_), 0, 0)
            # One original character may fold to several: the piece that had it first keeps it.
            start = max(start, answer_end)
        if start < stop:
            yield Piece(start, stop, from_, to, end - begin, 0)
        answer_end, source_end = max(stop, answer_end), to
