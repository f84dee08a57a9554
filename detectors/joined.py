"""Passages that begin in what was shown before and go on in this answer: text that is split over turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from corpora.span import Span
from detectors.base import Detector
from detectors.finding import Finding, Source

HEAD: Final = 700
"""Characters of an answer that are joined to what was shown before; what one window of the matching sees, about."""
SHORT_HEAD: Final = 200
"""As many on both sides where only short repeats are looked for: those that reach further in are found without."""
_BORDER: Final = "\n"


class JoinedDetector:
    """
    Looks at an answer together with the text shown before it, and returns what neither holds alone.

    Serves one answer: it remembers what it found in the answer's head once that is whole.

    Args:
        inner: Looks at the joined text.
        before: The end of what was shown before.
        reach: Characters that are looked at on both sides of the border.
    """

    def __init__(self, inner: Detector, before: str, *, reach: int = HEAD) -> None:
        self._inner = inner
        self._before = before[-reach:] + _BORDER
        self._reach = reach
        self._known: tuple[str, list[Finding]] | None = None

    @property
    def name(self) -> str:
        """That of the detector that looks."""
        return self._inner.name

    def detect(self, answer: str) -> Sequence[Finding]:
        """
        Return the part in *answer* of every finding that begins before it.

        What the earlier part discloses of the documents is added to the first character of the later one: together they
        are a passage, and the earlier part alone was too little to be charged.
        """
        head = answer[: self._reach]
        if self._known is None or self._known[0] != head:
            found = self._inner.detect(self._before + head)
            border = len(self._before)
            crossing = (one for one in found if one.span.start < border < one.span.end)
            self._known = (head, [part for one in crossing if (part := _behind(one, border)) is not None])
        return self._known[1]

    def settled(self, answer: str) -> int:
        """See :meth:`detectors.base.Detector.settled`; nothing that follows a whole head changes anything."""
        if len(answer) >= self._reach:
            return len(answer)
        return max(0, self._inner.settled(self._before + answer) - len(self._before))


def _behind(finding: Finding, border: int) -> Finding | None:
    """Return what of *finding* lies at or behind *border*, placed from there; None where that is nothing."""
    sources = tuple(part for one in finding.documents if (part := _source_behind(one, border)) is not None)
    if not sources:
        return None
    start = min(one.pieces[0][0].start for one in sources)
    return replace(finding, span=Span(start, finding.span.end - border), documents=sources)


def _source_behind(source: Source, border: int) -> Source | None:
    before: list[Span] = []
    behind: list[tuple[Span, Span]] = []
    for ours, theirs in source.pieces:
        if ours.start >= border:
            behind.append((Span(ours.start - border, ours.end - border), theirs))
        elif ours.end <= border:
            before.append(theirs)
        elif len(ours) == len(theirs):
            inside = border - ours.start
            before.append(Span(theirs.start, theirs.start + inside))
            behind.append((Span(0, ours.end - border), Span(theirs.start + inside, theirs.end)))
        # What differs on both sides and lies across the border is what was said in between.
    if not behind:
        return None
    at = behind[0][0].start
    # One character beside several: such a pair counts as a whole, wherever it is shown.
    charged = [(Span(at, at + 1), theirs) for theirs in before if len(theirs) > 1]
    return replace(source, start=behind[0][1].start, pieces=(*charged, *behind))
