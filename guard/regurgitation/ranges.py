"""Sets of places in a text: sorted, disjoint spans that do not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from corpora import Span
from corpora.spans import united, without

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Ranges", "covers", "joined", "size", "union", "without"]

Ranges: TypeAlias = tuple[Span, ...]


def joined(spans: Iterable[Span], *, reach: int = 0) -> Ranges:
    """Return the union of *spans*; gaps of up to *reach* code points are closed.  Empty spans vanish."""
    return tuple(united((span for span in spans if len(span)), reach=reach))


def union(parts: Ranges, more: Iterable[Span]) -> Ranges:
    """Return the places in *parts* or in *more*."""
    return joined((*parts, *more))


def covers(parts: Ranges, offset: int) -> bool:
    """Say whether *offset* lies in *parts*."""
    return any(part.start <= offset < part.end for part in parts)


def size(parts: Ranges) -> int:
    """Return the number of code points in *parts*."""
    return sum(len(part) for part in parts)
