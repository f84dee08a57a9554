"""A reading of a text, and the way back to the offsets of what was read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.span import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.match import Match

    I64 = NDArray[np.int64]

_NONE: Final = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class View:
    """
    One reading of a stretch of a text; empty where it is not yet clear whether there is one.

    Attributes:
        name: The disguise undone; of several, the outermost first, with ``+`` between.
        text: The reading.
        starts: int64, one per character of the reading: first code point of the text that was read it comes from.
        ends: int64: one past the last.
        held: Offset in the text that was read before which this reading is final but for the windows that may still
            grow; None where it is final altogether.
        windowed: Whether windows settle one after another from the beginning of the reading.
        guessed: Whether the borders of its words were guessed.
    """

    name: str
    text: str
    starts: I64
    ends: I64
    held: int | None
    windowed: bool
    guessed: bool = False


def pending(name: str, held: int) -> View:
    """Return an empty reading: from *held* on, what comes next may make one."""
    return View(name, "", _NONE, _NONE, held, windowed=False)


def inside(outer: View, inner: View) -> View:
    """Return a reading of the text of *outer* as a reading of the text that *outer* reads."""
    if len(inner.text):
        first, last = inner.starts, inner.ends - 1
        starts = np.minimum(outer.starts[first], outer.starts[last])
        ends = np.maximum(outer.ends[first], outer.ends[last])
    else:
        starts = ends = _NONE
    held = outer.held
    if held is not None and outer.windowed:
        # What stands in the reading of a growing text stays; only its end may change.
        held = None if inner.held is None else _before(outer, inner.held)
    return View(
        f"{outer.name}+{inner.name}",
        inner.text,
        starts,
        ends,
        held,
        windowed=outer.windowed and inner.windowed,
        guessed=outer.guessed or inner.guessed,
    )


def _before(outer: View, offset: int) -> int:
    if offset < len(outer.text):
        return int(outer.starts[offset])
    return int(outer.ends[-1]) if len(outer.text) else outer.held or 0


def original(match: Match, view: View) -> Match:
    """Return a match found in a reading with its places in the text that was read."""
    placed: list[tuple[Span, Span]] = []
    for ours, theirs in match.pieces:
        starts, ends = view.starts[ours.start : ours.end], view.ends[ours.start : ours.end]
        span = Span(int(starts.min()), int(ends.max()))
        source = theirs
        if len(span) == len(theirs) and not (np.diff(starts) == 1).all():
            # Equal lengths would say that it runs forwards, character by character.
            source = Span(theirs.start - 1, theirs.end) if theirs.start else Span(0, theirs.end + 1)
        placed.append((span, source))
    placed.sort(key=lambda piece: (piece[0].start, piece[0].end))
    # Decoded characters share symbols, and signs stand between them: every piece begins where the one before ends.
    pieces: list[tuple[Span, Span]] = []
    at = placed[0][0].start
    for span, source in placed:
        if span.end <= at:
            continue
        grown = span.start > at and len(source) == span.end - at
        pieces.append((Span(at, span.end), Span(source.start, source.end - 1) if grown else source))
        at = span.end
    name = view.name if match.view == "plain" else f"{view.name}+{match.view}"
    return replace(match, span=Span(pieces[0][0].start, at), pieces=tuple(pieces), view=name)
