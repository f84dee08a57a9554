"""Which stretches of an answer come from which documents, with freely readable text taken out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpora.span import Span
from corpora.spans import without
from detectors.finding import REPEAT_RULE, Finding, Kind, Source
from guard.policy import CELL
from guard.rights import UNKNOWN, Right

VERBATIM_KINDS = frozenset({Kind.VERBATIM, Kind.TRAINING})

LETTER = re.compile(r"[^\W_]")
"""What matching does not pass over."""


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of the answer that one document holds."""

    start: int
    end: int
    right: Right
    source: Source
    kind: Kind
    short: bool = False
    """Whether it is charged only: too short to be called a copy of the document, which is known to be near."""

    def cells(self, start: int, end: int) -> frozenset[int]:
        """Return the cells of the document that showing ``answer[start:end]`` discloses."""
        found: set[int] = set()
        for first, last in self._places(start, end):
            found.update(range(first // CELL, (last - 1) // CELL + 1))
        return frozenset(found)

    def outside(self, start: int, end: int) -> bool:
        """Say whether ``answer[start:end]`` shows anything of the document that is not in its window."""
        window = self.right.window
        return window is not None and any(
            first < window.start or last > window.end for first, last in self._places(start, end)
        )

    def _places(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Go through the stretches of the document that ``answer[start:end]`` repeats."""
        pieces = self.source.pieces
        for number in range(bisect_right(pieces, start, key=_answer_end), len(pieces)):
            answer, document = pieces[number]
            if answer.start >= end:
                break
            if not len(document):
                continue
            if len(answer) == len(document):
                first = document.start + max(start, answer.start) - answer.start
                last = document.start + min(end, answer.end) - answer.start
            else:
                # The two sides do not correspond character by character: the whole piece counts.
                first, last = document.start, document.end
            yield first, last


def _answer_end(piece: tuple[Span, Span]) -> int:
    return piece[0].end


def held_ranges(
    answer: str,
    findings: Iterable[Finding],
    rights: Mapping[tuple[str, str], Right],
    free: Sequence[Span],
) -> list[Held]:
    """
    Return the stretches of *answer* that documents hold, without what everybody may read.

    Of short repeats only the documents that the principal may read count: they have an account, and five words of
    another document say nothing.

    Args:
        answer: The original answer.
        findings: All findings; those without documents are passed over.
        rights: The principal's rights, by corpus and document id; a document that is missing may not be read.
        free: Stretches that stand word for word in a document the principal may read without limit; disjoint, in order.
    """
    ranges: list[Held] = []
    for finding in findings:
        if finding.kind not in VERBATIM_KINDS:
            continue
        holders = [
            (right, source)
            for source in finding.documents
            if not (right := rights.get((source.corpus, source.id), UNKNOWN)).free
        ]
        short = finding.rule == REPEAT_RULE
        if short:
            holders = [(right, source) for right, source in holders if right.readable and not right.training]
        if not holders:
            continue
        for rest in without(finding.span, free):
            begin = rest.start
            if begin > finding.span.start:
                # What is left after a free stretch begins with the punctuation that matching passes over.
                letter = LETTER.search(answer, begin, rest.end)
                if letter is None:
                    continue
                begin = letter.start()
            ranges.extend(Held(begin, rest.end, right, source, finding.kind, short) for right, source in holders)
    return ranges
