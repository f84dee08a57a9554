"""From what happens to rows: decisions as ids, places and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from guard.access.audit.rows import RowTooLong
from guard.errors import AuditUnavailable
from guard.rights import UNKNOWN, Right
from guard.verdict import Action, Reason
from guard.watch import Asked, Hold, Judged, Retrieved
from guard.watch.watching import FREE

if TYPE_CHECKING:
    from corpora.document import DocumentRef
    from detectors.finding import Finding, Source
    from guard.access.audit.rows import Fact
    from guard.access.audit.writing import Audit
    from guard.principal import Principal
    from guard.settings import Settings

MOST_FINDINGS: Final = 40
"""Findings of one verdict that are written out; the row says how many there were."""
MOST_SOURCES: Final = 2
"""Sources of one finding that are written out."""
MOST_DOCUMENTS: Final = 60
"""Documents of one retrieval that are written out."""

_PUBLIC_ONLY: Final = Hold(public_only=True)


class AuditRecorder:
    """
    Writes a row for every decision.  Where none can be written, work that touches more than public text stops.

    It is a gate as well: while nothing can be written, nobody gets more than public text.
    """

    name = "audit"

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def hold(self, principal: Principal) -> Hold:
        """Return what holds everybody while no row can be written: all but public text."""
        del principal
        return FREE if self._audit.well else _PUBLIC_ONLY

    def record(self, event: Asked | Retrieved | Judged) -> None:
        """
        Write the row of *event*, if it is a decision.

        Raises:
            AuditUnavailable: It could not be written and more than public text is at stake.
        """
        match event:
            case Asked():
                kind, facts, sensitive = self._asked(event)
            case Retrieved():
                kind, facts, sensitive = self._retrieved(event)
            case Judged():
                kind, facts, sensitive = self._judged(event)
        if not facts:
            return
        try:
            try:
                self._audit.append(kind, event.principal, facts, request_id=event.request_id)
            except RowTooLong:
                short: dict[str, Fact] = {"reason": facts.get("reason"), "shortened": True}
                self._audit.append(kind, event.principal, short, request_id=event.request_id)
        except AuditUnavailable:
            if sensitive:
                raise

    def _asked(self, event: Asked) -> tuple[str, dict[str, Fact], bool]:
        if event.reason is Reason.OK:
            return "admission", {}, False
        facts: dict[str, Fact] = {"reason": event.reason.value, "question": self._audit.keyed(event.question)}
        if event.call.address is not None:
            facts["address"] = self._audit.keyed(event.call.address)
        # Refused with or without the row.
        return "admission.refused", facts, False

    def _retrieved(self, event: Retrieved) -> tuple[str, dict[str, Fact], bool]:
        kept = [ref for ref in event.kept if not event.rights.get(ref, UNKNOWN).free]
        if not kept and not event.dropped:
            return "retrieval", {}, False
        dropped: list[Fact] = [
            [*self._document(one.ref, event.rights.get(one.ref, UNKNOWN)), one.reason.value]
            for one in event.dropped[:MOST_DOCUMENTS]
        ]
        facts: dict[str, Fact] = {
            "kept": [self._document(ref, event.rights.get(ref, UNKNOWN)) for ref in kept[:MOST_DOCUMENTS]],
            "dropped": dropped,
            "kept_count": len(kept),
            "dropped_count": len(event.dropped),
        }
        if event.question is not None:
            facts["question"] = self._audit.keyed(event.question)
        return "retrieval", facts, bool(kept)

    def _judged(self, event: Judged) -> tuple[str, dict[str, Fact], bool]:
        # What anybody may read is no finding to anybody.
        findings = [finding for finding in event.findings if not _free(finding.documents, event.rights)]
        if event.action in {Action.ALLOW, None} and not findings and not event.cells:
            return "verdict", {}, False
        facts: dict[str, Fact] = {
            "action": "given up" if event.action is None else event.action.word,
            "reason": event.reason.value,
            "findings": [self._finding(finding) for finding in findings[:MOST_FINDINGS]],
            "finding_count": len(findings),
            "answered": event.answered,
            "shown": event.shown,
        }
        if event.cells:
            facts["cells"] = {
                self._audit.named(family.replace("\x1f", "/")): count
                for family, count in list(event.cells.items())[:MOST_FINDINGS]
            }
        if not event.record:
            facts["record"] = False
        if event.question is not None:
            facts["question"] = self._audit.keyed(event.question)
        return "verdict", facts, bool(event.cells or findings)

    def _finding(self, finding: Finding) -> dict[str, Fact]:
        written: dict[str, Fact] = {
            "kind": finding.kind.value,
            "rule": finding.rule,
            "start": finding.span.start,
            "end": finding.span.end,
        }
        if finding.documents:
            written["documents"] = [
                [one.corpus, self._audit.named(one.id), one.start, one.end] for one in finding.documents[:MOST_SOURCES]
            ]
        return written

    def _document(self, ref: DocumentRef, right: Right) -> list[Fact]:
        if right == UNKNOWN:
            # Whoever asks makes up the names of documents that nobody knows: they may be any text.
            return ["unknown", f"hash:{self._audit.keyed(f'{ref.corpus}/{ref.id}')}"]
        return [ref.corpus, self._audit.named(ref.id)]


def configuration_facts(settings: Settings) -> dict[str, Fact]:
    """Return what a row says of the settings in force: names and digests."""
    return {
        "version": version("echoguard"),
        "policy": settings.policy.digest,
        "corpora": [corpus.name for corpus in settings.corpora][:MOST_DOCUMENTS],
        "keys": len(settings.keys),
        "users": len(settings.users),
    }


def _free(documents: Iterable[Source], rights: Mapping[tuple[str, str], Right]) -> bool:
    return any(rights.get((one.corpus, one.id), UNKNOWN).free for one in documents)
