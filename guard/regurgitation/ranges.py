"""Sets of places in a text: sorted, disjoint spans that do not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from corpora import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

Ranges: TypeAlias = tuple[Span, ...]


def joined(spans: Iterable[Span], *, reach: int = 0) -> Ranges:
    """Return the union of *spans*; gaps of up to *reach* code points are closed.  Empty spans vanish."""
    result: list[Span] = []
    for span in sorted(span for span in spans if len(span)):
        if result and span.start <= result[-1].end + reach:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return tuple(result)


def union(parts: Ranges, more: Iterable[Span]) -> Ranges:
    """Return the places in *parts* or in *more*."""
    return joined((*parts, *more))


def without(span: Span, parts: Ranges) -> list[Span]:
    """Return what is left of *span* outside *parts*, in order."""
    left: list[Span] = []
    start = span.start
    for part in parts:
        if part.end <= start or part.start >= span.end:
            continue
        if part.start > start:
            left.append(Span(start, part.start))
        start = max(start, part.end)
    if start < span.end:
        left.append(Span(start, span.end))
    return left


def covers(parts: Ranges, offset: int) -> bool:
    """Say whether *offset* lies in *parts*."""
    return any(part.start <= offset < part.end for part in parts)


def size(parts: Ranges) -> int:
    """Return the number of code points in *parts*."""
    return sum(len(part) for part in parts)
