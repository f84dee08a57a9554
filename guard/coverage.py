"""Which stretches of an answer come from which documents, with freely readable text taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpora.span import Span
from detectors.finding import Finding, Kind, Source
from guard.policy import CELL
from guard.rights import UNKNOWN, Right

VERBATIM_KINDS = frozenset({Kind.VERBATIM, Kind.TRAINING})


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of the answer that one document holds."""

    start: int
    end: int
    right: Right
    source: Source
    kind: Kind

    def cells(self, start: int, end: int) -> frozenset[int]:
        """Return the cells of the document that showing ``answer[start:end]`` discloses."""
        found: set[int] = set()
        for answer, document in self.source.pieces:
            if answer.start >= end or answer.end <= start or not len(document):
                continue
            if len(answer) == len(document):
                first = document.start + max(start, answer.start) - answer.start
                last = document.start + min(end, answer.end) - answer.start
            else:
                # The two sides do not correspond character by character: the whole piece counts.
                first, last = document.start, document.end
            found.update(range(first // CELL, (last - 1) // CELL + 1))
        return frozenset(found)


def subtract(start: int, end: int, taken: Sequence[Span]) -> list[tuple[int, int]]:
    """Return what is left of ``[start, end)`` without *taken* (disjoint, in order)."""
    left: list[tuple[int, int]] = []
    at = start
    for span in taken:
        if span.end <= at:
            continue
        if span.start >= end:
            break
        if span.start > at:
            left.append((at, span.start))
        at = span.end
    if at < end:
        left.append((at, end))
    return left


def united(spans: Iterable[Span]) -> list[Span]:
    """Return the union of *spans* as disjoint spans in order."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def held_ranges(
    answer: str,
    findings: Iterable[Finding],
    rights: Mapping[tuple[str, str], Right],
    free: Sequence[Span],
) -> list[Held]:
    """
    Return the stretches of *answer* that documents hold, without what everybody may read.

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
        for source in finding.documents:
            right = rights.get((source.corpus, source.id), UNKNOWN)
            if right.free:
                continue
            for start, end in subtract(finding.span.start, finding.span.end, free):
                begin = start
                # What is left between two free stretches begins with the punctuation that matching passes over.
                while free and begin < end and not answer[begin].isalnum():
                    begin += 1
                if begin < end:
                    ranges.append(Held(begin, end, right, source, finding.kind))
    return ranges
