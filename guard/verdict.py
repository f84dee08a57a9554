"""What the guard answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from corpora.document import DocumentRef
from detectors.finding import Finding, Source


class Action(IntEnum):
    """What happens to an answer; the strictest wins, so a decision is a ``max``."""

    ALLOW = 0
    REDACT = 1
    BLOCK = 2

    @property
    def word(self) -> str:
        """The action as it is written in JSON and in policy files."""
        return self.name.lower()


class Reason(StrEnum):
    """Why the action is what it is."""

    OK = "ok"
    FINDING = "finding"
    BUDGET = "budget"
    ENTITLEMENT = "entitlement"
    LIMIT = "limit"
    CONTAINED = "contained"
    UNAVAILABLE = "unavailable"


def _source(source: Source) -> dict[str, Any]:
    return {
        "corpus": source.corpus,
        "id": source.id,
        "start": source.start,
        "end": source.end,
        "similarity": round(source.similarity, 4),
        "estimated": source.estimated,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    The judgement on one answer.

    Attributes:
        action: allow, redact or block.
        reason: Why; of several, that of the strictest action.
        text: Everything that may be shown: the answer, redacted where needed; on a block what may be shown before the
            forbidden passage, then the policy's notice.
        findings: Places in the original answer; never text.
        request_id: Ties the calls of one question together.
        policy: Digest of the policy in force.
        partial: Whether part of the corpora could not be read.
        tail: In a stream, what is still to be emitted of :attr:`text`; else equal to it.
    """

    action: Action
    reason: Reason
    text: str = field(repr=False)
    findings: tuple[Finding, ...]
    request_id: str
    policy: str
    partial: bool = False
    tail: str = field(default="", repr=False)

    def to_dict(self, *, sources: bool) -> dict[str, Any]:
        """
        Return the verdict as JSON-ready values.

        Args:
            sources: Whether the caller may learn which documents were matched.  Without it a finding tells kind and
                place only, and text of a document the reader may not see looks like any other finding: no oracle.
        """
        reason = self.reason
        if not sources and reason in {Reason.ENTITLEMENT, Reason.BUDGET}:
            reason = Reason.FINDING
        return {
            "action": self.action.word,
            "reason": reason.value,
            "text": self.text,
            "findings": [
                {
                    "kind": finding.kind.value,
                    "rule": finding.rule if sources else None,
                    "start": finding.span.start,
                    "end": finding.span.end,
                    "confidence": round(finding.confidence, 4) if sources else None,
                    "documents": [_source(source) for source in finding.documents] if sources else [],
                }
                for finding in self.findings
            ],
            "request_id": self.request_id,
            "policy": self.policy,
            "partial": self.partial,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """
    How one window of the asker stands.

    Attributes:
        name: Which one, as ``user-minute``.
        limit: Questions it holds.
        seconds: Its length.
        left: Questions that still fit.
        wait: Seconds until the next question fits; 0 where it fits now.
    """

    name: str
    limit: int
    seconds: int
    left: int
    wait: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """
    Whether a question may be asked now.

    Attributes:
        allowed: False when throttled or contained.
        reason: ok, limit or contained.
        retry_after: Seconds until it is worth trying again; 0 when allowed.
        quotas: How the asker's own windows stand; empty when contained.
        violated: Names of the quotas that refused the question.
    """

    allowed: bool
    reason: Reason
    request_id: str
    retry_after: float = 0.0
    quotas: tuple[Quota, ...] = ()
    violated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """
    A document that may not go into the prompt, and why.

    The reason is entitlement (also for unknown documents), budget, limit, contained, or unavailable where the ledger
    could not be asked.
    """

    ref: DocumentRef
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Which documents may go into the prompt, in the order asked, and which may not."""

    kept: tuple[DocumentRef, ...]
    dropped: tuple[Dropped, ...]
    request_id: str
