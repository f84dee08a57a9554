"""From a text to its matches."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.match import Match
from corpora.matching.align import align
from corpora.matching.candidates import candidates
from corpora.matching.estimate import estimate
from corpora.matching.join import covers
from corpora.matching.recut import STRETCHES, recut
from corpora.matching.source import SourceReader
from corpora.matching.windows import FoldedAnswer
from corpora.span import Span
from corpora.text.disguises import original, unfinished, views

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpora.index.reader import IndexReader
    from corpora.matching.passage import Passage, Piece
    from corpora.matching.recut import Place
    from corpora.text.disguises import View

MOST_COPIES: Final = 64
"""Documents named of those that have the same text; beyond, some of every combination of rights."""

PATIENCE: Final = 8
"""
Candidates of one window in a row that are no copies, after which it has none: they come best supported first, and the
source of a copy was never seen behind the fifth.
"""


@dataclass(slots=True)
class Known:
    """
    What is known of a text that grows.

    Attributes:
        windows: Windows that are full, and looked through.
        passages: What was found in them.
    """

    windows: int = 0
    passages: list[Passage] = field(default_factory=list)


class Matcher:
    """Finds what a text has copied from one index; keeps no state between calls but a cache."""

    def __init__(self, index: IndexReader) -> None:
        self._index = index
        self._sources = None if index.texts is None else SourceReader(index.texts, index.documents)

    def matches(self, text: str) -> list[Match]:
        """Return every match, in the order of the text."""
        answer = FoldedAnswer(text, self._index.weights)
        return self._with_views(views(text, self._index.weights.of), self._found(self.passages(answer)))

    def look(self, text: str, known: Known) -> tuple[list[Match], int]:
        """
        Return what :meth:`matches` and :meth:`settled` return for a text that grows.

        Args:
            text: The text so far.
            known: What was found in the text as it was before, empty at first; brought up to date.
        """
        answer = FoldedAnswer(text, self._index.weights)
        passages = known.passages + list(self.passages(answer, known.windows))
        # All windows but the last one are full and will stay as they are.
        windows = max(answer.windows - 1, 0)
        known.passages = [passage for passage in passages if passage.window < windows]
        known.windows = windows
        readings = views(text, self._index.weights.of)
        # Nearly always the text ends where nothing is left half written, and both ask for the same readings.
        held = readings if unfinished(text) == len(text) else None
        return self._with_views(readings, self._found(passages)), self._settled(text, answer, held)

    def _with_views(self, readings: Iterable[View], found: list[Match]) -> list[Match]:
        """Return *found* and what the other *readings* of the text hold."""
        plain = {(match.document_id, match.pieces) for match in found}
        for view in readings:
            if view.text:
                inner = FoldedAnswer(view.text, self._index.weights)
                if view.guessed:
                    view = recut(view, inner.folded, self._index, self._places(inner))  # noqa: PLW2901
                    inner = FoldedAnswer(view.text, self._index.weights)
                found += [original(match, view) for match in self._found(self.passages(inner))]
        # What is plain to see is no disguise; only what adds nothing at all may go, or settled places would change.
        found = [m for m in found if m.view == "plain" or (m.document_id, m.pieces) not in plain]
        found.sort(key=lambda match: (match.span, -match.similarity, match.document_id, match.view))
        return found

    def settled(self, text: str) -> int:
        """Return the offset up to which the matches of this unfinished text are final."""
        return self._settled(text, FoldedAnswer(text, self._index.weights))

    def _settled(self, text: str, answer: FoldedAnswer, readings: Iterable[View] | None = None) -> int:
        settled = answer.settled()
        if not settled:
            return 0
        if readings is None:
            readings = views(text[: unfinished(text)], self._index.weights.of)
        for view in readings:
            if view.held is None:
                continue
            inner = FoldedAnswer(view.text, self._index.weights).settled() if view.windowed else 0
            settled = min(settled, int(view.starts[inner]) if inner else view.held)
        return settled

    def _places(self, answer: FoldedAnswer) -> Iterator[Place]:
        """Yield where the letters of each window may come from, best supported first."""
        for _, every in groupby(candidates(self._index, answer), key=lambda candidate: candidate.window):
            for candidate in islice(every, STRETCHES):
                first, last = answer.word_range(candidate.window)
                begin, end = answer.words.begin[first], answer.words.end[last - 1]
                yield int(begin), int(end), candidate.text, candidate.block

    def passages(self, answer: FoldedAnswer, since: int = 0) -> Iterator[Passage]:
        """Yield the passages of every window from *since* on, in the order of windows."""
        number, bits, missed = -1, np.zeros(0), 0
        for window, text, block in candidates(self._index, answer, since):
            if window != number:
                number, bits, missed = window, answer.window_bits(window), 0
            if missed == PATIENCE:
                continue
            if self._sources is None:
                found = list(estimate(self._index, answer, window, bits, text))
            else:
                found = list(align(answer, window, bits, self._sources, text, block))
            missed = 0 if found else missed + 1
            yield from found

    def _found(self, passages: Iterable[Passage]) -> list[Match]:
        return [
            match
            for number, cover in covers(passages).items()
            for run in cover.runs()
            for match in self._matches(number, run)
        ]

    def _matches(self, text: int, run: list[Piece]) -> Iterator[Match]:
        pieces = tuple((Span(piece.start, piece.end), Span(piece.source_start, piece.source_end)) for piece in run)
        source = Span(min(piece.source_start for piece in run), max(piece.source_end for piece in run))
        span = Span(run[0].start, run[-1].end)
        same, other = sum(piece.same for piece in run), sum(piece.other for piece in run)
        similarity = same / max(same + other, 1)
        documents = self._index.documents
        for number in self._named(text):
            yield Match(
                span=span,
                document_id=documents.at(number).id,
                corpus=self._index.manifest.name,
                source=source,
                similarity=similarity,
                pieces=pieces,
            )

    def _named(self, text: int) -> list[int]:
        """Return the documents to name for a text: all, or the first and some of every combination of rights."""
        numbers = self._index.documents.with_text(text)
        if len(numbers) <= MOST_COPIES:
            return numbers
        seen = set()
        named = []
        for place, number in enumerate(numbers):
            info = self._index.documents.at(number)
            rights = (info.label, info.readers, info.tenant)
            if place < MOST_COPIES or rights not in seen:
                named.append(number)
            seen.add(rights)
        return named
