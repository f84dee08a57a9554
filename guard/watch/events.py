"""
What the guard tells its observers, and what they conclude.

Events live in memory only and may hold a question; signals are kept, exported and shown, so they hold names, numbers
and places, never a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpora.document import DocumentRef
from detectors.finding import Finding
from guard.principal import Principal
from guard.request import UNKNOWN_CALL, Call
from guard.rights import Right
from guard.verdict import Action, Dropped, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    A question came, and was admitted or not.

    Attributes:
        at: Seconds since the epoch.
        call: How it came, as far as a door knows.
        reason: ok, limit or contained.
    """

    at: float
    principal: Principal
    request_id: str
    question: str = field(repr=False)
    call: Call = UNKNOWN_CALL
    reason: Reason = Reason.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """Documents were filtered for a prompt; ``rights`` has an entry for every document, kept or dropped."""

    at: float
    principal: Principal
    request_id: str
    question: str | None = field(repr=False)
    kept: tuple[DocumentRef, ...]
    dropped: tuple[Dropped, ...]
    rights: Mapping[DocumentRef, Right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """
    An answer ended, or was given up by its caller.

    Attributes:
        action: The verdict's; None where the caller gave the stream up before its end.
        reason: The verdict's.
        findings: Places in the answer, those that no verdict tells included.
        rights: What the principal may do with each document named in *findings*, by (corpus, id).
        cells: Number of cells newly charged, per ledger account (family key).
        answered: Characters of the answer that were looked at.
        shown: Characters that left.
        record: False where nothing was charged (replay, playground); observers then keep nothing.
        sketch: Bits that are near for answers that share most words; None where nobody made them.
        answer: What the model said, as far as it was looked at; for memory only, like the question.
    """

    at: float
    principal: Principal
    request_id: str
    question: str | None = field(repr=False)
    context: tuple[DocumentRef, ...]
    action: Action | None
    reason: Reason
    findings: tuple[Finding, ...]
    rights: Mapping[tuple[str, str], Right]
    cells: Mapping[str, int]
    answered: int
    shown: int
    record: bool
    sketch: int | None = None
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """
    Something worth telling an operator.

    Attributes:
        kind: Dotted name, as ``canary.answer`` or ``behaviour.campaign``; the rules of incidents go by it.
        at: Seconds since the epoch.
        principal: Whose doing it is.
        request_id: The question it belongs to; None where it belongs to many.
        strength: From 0 (remarkable) to 1 (proof).
        reason: One plain sentence for a person: names and numbers, never a text.
        documents: The documents concerned.
        others: Further users of the same tenant who take part, as in a campaign.
        facts: Names and numbers behind the reason.
    """

    kind: str
    at: float
    principal: Principal
    request_id: str | None
    strength: float
    reason: str
    documents: tuple[DocumentRef, ...] = ()
    others: tuple[str, ...] = ()
    facts: Mapping[str, str | int | float] = field(default_factory=dict)
