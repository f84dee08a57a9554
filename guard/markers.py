"""What happens to planted markers in an answer: one may be shown to have been there, two prove a bypass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from detectors.finding import Finding, Kind
from guard.coverage import VERBATIM_KINDS
from guard.rights import UNKNOWN, Right
from guard.verdict import Action

NEAR: Final = 200
"""Characters between a marker and copied text that belong together."""
TEXT_RULE: Final = "canary-text"
"""Rule of copied text right behind a marker."""


def judged_markers(
    findings: Iterable[Finding], rights: Mapping[tuple[str, str], Right], rule: Action
) -> list[tuple[Finding, Action]]:
    """
    Say what happens to every marker among *findings*, and to copied text behind one.  Pure.

    Where the rule is to block, a lone marker of documents that the principal may read is redacted: anybody may have
    pasted it.  A second marker blocks, copied text around one does, and a marker of any other document.  What is said
    of a place depends on what begins at or before it, so a growing answer is judged alike.

    Args:
        findings: All findings in the answer.
        rights: The principal's rights on the documents found, by corpus and id.
        rule: What the policy says of canaries.
    """
    everything = list(findings)
    markers = sorted((one for one in everything if one.kind is Kind.CANARY), key=lambda one: one.span)
    if rule is not Action.BLOCK or not markers:
        return [(one, rule) for one in markers]
    first, *others = markers
    start, end = first.span.start, first.span.end
    copied = [one for one in everything if one.kind in VERBATIM_KINDS]
    before = any(one.span.start < start and one.span.end > start - NEAR for one in copied)
    behind = [one for one in copied if start <= one.span.start <= end + NEAR]
    lone = _readable(first, rights) and not before
    return [
        (first, Action.REDACT if lone else Action.BLOCK),
        *((one, Action.BLOCK) for one in others),
        *((Finding(kind=Kind.CANARY, rule=TEXT_RULE, span=one.span), Action.BLOCK) for one in behind),
    ]


def _readable(finding: Finding, rights: Mapping[tuple[str, str], Right]) -> bool:
    """Say whether the principal may read every document that the marker may be of; none is known: no."""
    found = [rights.get((source.corpus, source.id), UNKNOWN) for source in finding.documents]
    return bool(found) and all(right.readable and not right.training for right in found)
