"""Which stretches of an answer anybody may read, because a public document says the same."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from corpora.span import Span
from corpora.spans import united, without
from detectors.finding import Finding
from guard.coverage import LETTER
from guard.tiles import tile_ends


def read_freely(answer: str, findings: Sequence[Finding], text_of: Callable[[str, str], str | None]) -> list[Span]:
    """
    Return the stretches of *answer* that stand word for word in a freely readable document, disjoint and in order.

    Only whole words of which every character is equal count: a public form must not free the values filled into a
    confidential one, nor the digits that such a value shares with the form's example.

    Args:
        answer: The original answer.
        findings: All findings in it.
        text_of: The text of a freely readable document, by corpus name and id; None for any other.
    """
    free: list[Span] = []
    new: list[Span] = []
    for finding in findings:
        for source in finding.documents:
            text = text_of(source.corpus, source.id)
            if text is None:
                continue
            new += [
                span
                for here, there in source.pieces
                # What one document frees need not be freed by its copies.
                if len(here) == len(there) and without(here, free)
                for span in _equal(answer, here, text, there)
            ]
            # Not after every document: uniting many small stretches again and again takes quadratic time.
            if len(new) > len(free):
                free, new = united([*free, *new]), []
    free = united([*free, *new])
    if not free:
        return []
    cuts = [0, *tile_ends(answer, [Span(0, len(answer))]), len(answer)]
    return [span for one in free if (span := _whole_words(answer, one, cuts)) is not None]


def _equal(answer: str, here: Span, text: str, there: Span) -> Iterator[Span]:
    """Yield the stretches of two equally long pieces that are equal but for case and punctuation."""
    ours, theirs = here.of(answer), there.of(text)
    if ours == theirs or (ours.isascii() and theirs.isascii() and ours.lower() == theirs.lower()):
        yield here
        return
    start = None
    for at, (mine, other) in enumerate(zip(ours, theirs, strict=True), here.start):
        # Matching passes over punctuation, so it does not end a stretch.
        if mine == other or mine.casefold() == other.casefold() or not (mine.isalnum() or other.isalnum()):
            if start is None:
                start = at
        elif start is not None:
            yield Span(start, at)
            start = None
    if start is not None:
        yield Span(start, here.end)


def _whole_words(answer: str, span: Span, cuts: Sequence[int]) -> Span | None:
    """Return *span* without the words at its edges that are not wholly in it; None where nothing is left."""
    start, end = span.start, span.end
    first = bisect_right(cuts, start) - 1
    if LETTER.search(answer, cuts[first], start):
        start = cuts[first + 1]
    last = bisect_left(cuts, end)
    if LETTER.search(answer, end, cuts[last]):
        end = cuts[last - 1]
    return Span(start, end) if start < end else None
