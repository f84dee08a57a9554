"""Several detectors' findings as one list: deduplicated, ordered, without personal data inside secrets."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from corpora.span import Span
from corpora.spans import united
from detectors.finding import Finding, Kind

_OPAQUE = frozenset({Kind.SECRET, Kind.CANARY})
_WITHOUT_SOURCES = frozenset({Kind.SECRET, Kind.CANARY, Kind.PII})


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """
    Return *findings* deduplicated and in order of place.

    Overlapping findings of one rule that name no documents become one.  Personal data that begins inside a secret or a
    canary loses that part, or goes altogether: the secret is masked anyway.  Findings that name documents are kept as
    they are.

    Guarantee: the result does not depend on the order of *findings*, ``merge(merge(x)) == merge(x)``, every character
    that a finding covered is still covered, and what covers a character depends only on the findings that begin at or
    before it, so findings that are final stay final (see :meth:`detectors.base.Detector.settled`).
    """
    groups: dict[tuple[Kind, str], list[Finding]] = defaultdict(list)
    kept: set[Finding] = set()
    for finding in findings:
        if finding.kind in _WITHOUT_SOURCES and not finding.documents:
            groups[finding.kind, finding.rule].append(finding)
        else:
            kept.add(finding)
    whole = [finding for group in groups.values() for finding in _unite(group)]
    opaque = united(finding.span for finding in (*whole, *kept) if finding.kind in _OPAQUE)
    for finding in whole:
        if finding.kind is not Kind.PII:
            kept.add(finding)
            continue
        start = _past(finding.span.start, opaque)
        if start < finding.span.end:
            kept.add(finding if start == finding.span.start else replace(finding, span=Span(start, finding.span.end)))
    return tuple(sorted(kept, key=_order))


def _order(finding: Finding) -> tuple[object, ...]:
    return (finding.span, finding.kind.value, finding.rule, -finding.confidence, finding.documents)


def _unite(group: list[Finding]) -> list[Finding]:
    result: list[Finding] = []
    for finding in sorted(group, key=_order):
        if result and finding.span.start < result[-1].span.end:
            last = result[-1]
            span = Span(last.span.start, max(last.span.end, finding.span.end))
            result[-1] = replace(last, span=span, confidence=max(last.confidence, finding.confidence))
        else:
            result.append(finding)
    return result


def _past(position: int, cover: list[Span]) -> int:
    """Return *position*, or the end of the span of *cover* that holds it."""
    index = bisect_right(cover, position, key=lambda span: span.start) - 1
    if index >= 0 and position < cover[index].end:
        return cover[index].end
    return position
