"""Stretches of a text that are replaced by what they say, and the readings they make together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.text.disguises.view import View, pending

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    I64 = NDArray[np.int64]

GAP: Final = 48
"""Code points between two stretches that are read together, with what stands between them."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    A stretch that is replaced.

    Attributes:
        name: The disguise.
        begin: Where the stretch begins in the text.
        end: Where it ends.
        text: What it says.
        starts: int64, one per character of what it says: first code point it comes from.
        ends: int64: one past the last.
        grows: Whether more of the text may make it longer, at its end.
        changes: Whether more of the text may change it altogether.
        guessed: Whether the borders of its words were guessed.
    """

    name: str
    begin: int
    end: int
    text: str
    starts: I64
    ends: I64
    grows: bool = False
    changes: bool = False
    guessed: bool = False


def whole(name: str, begin: int, end: int, text: str, *, grows: bool = False) -> Part:
    """Return a part of which every character comes from the whole stretch."""
    size = len(text)
    return Part(name, begin, end, text, np.full(size, begin, np.int64), np.full(size, end, np.int64), grows)


def joined(parts: list[Part], text: str) -> Iterator[View]:
    """Yield one reading of *text* for all parts that stand near one another; parts are disjoint and in order."""
    group: list[Part] = []
    for part in parts:
        if group and part.begin - group[-1].end > GAP:
            yield _view(group, text)
            group = []
        group.append(part)
    if group:
        yield _view(group, text)


def disjoint(parts: Iterable[Part]) -> list[Part]:
    """Return parts in order, of overlapping ones the longer."""
    kept: list[Part] = []
    for part in sorted(parts, key=lambda part: (part.begin, -part.end)):
        # A few digits of one encoding happen to be text in another: the long stretch is the true one.
        while kept and part.begin < kept[-1].end and part.end - part.begin > 2 * (kept[-1].end - kept[-1].begin):
            kept.pop()
        if not kept or part.begin >= kept[-1].end:
            kept.append(part)
    return kept


def _view(group: list[Part], text: str) -> View:
    texts: list[str] = []
    starts: list[I64] = []
    ends: list[I64] = []
    at = group[0].begin
    for part in group:
        between = np.arange(at, part.begin, dtype=np.int64)
        texts += [text[at : part.begin], part.text]
        starts += [between, part.starts]
        ends += [between + 1, part.ends]
        at = part.end
    sizes: dict[str, int] = {}
    for part in group:
        sizes[part.name] = sizes.get(part.name, 0) + part.end - part.begin
    name = max(sizes, key=lambda name: sizes[name])
    grows = len(text) - at <= GAP or any(part.grows or part.changes for part in group)
    reading = "".join(texts)
    if not reading.strip():
        return pending(name, group[0].begin)
    return View(
        name,
        reading,
        np.concatenate(starts),
        np.concatenate(ends),
        group[0].begin if grows else None,
        windowed=not any(part.changes for part in group),
        guessed=any(part.guessed for part in group),
    )
