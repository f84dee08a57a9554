"""Sets of places in one text: disjoint spans in order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from corpora.span import Span


def united(spans: Iterable[Span], *, reach: int = 0) -> list[Span]:
    """Return the union of *spans* as disjoint spans in order; gaps of up to *reach* code points are closed."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end + reach:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def without(span: Span, taken: Sequence[Span]) -> list[Span]:
    """Return what is left of *span* outside *taken* (disjoint, in order)."""
    left: list[Span] = []
    start = span.start
    for number in range(bisect_right(taken, start, key=lambda one: one.end), len(taken)):
        one = taken[number]
        if one.start >= span.end:
            break
        if one.start > start:
            left.append(Span(start, one.start))
        start = one.end
    if start < span.end:
        left.append(Span(start, span.end))
    return left
