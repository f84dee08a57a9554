"""Turns verdicts into signals: what an answer tried to carry out, whether or not it was let through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from corpora.document import DocumentRef
from detectors.finding import REPEAT_RULE, Finding, Kind
from guard.rights import UNKNOWN, Right
from guard.verdict import Reason
from guard.watch.events import Asked, Judged, Retrieved, Signal

if TYPE_CHECKING:
    from guard.policy import Policy

DUMP: Final = 2.0
"""A dump is an answer that holds this many times what its documents' labels let one answer quote."""
SMALLEST_QUOTE: Final = 100
"""Characters that a label lets one answer quote, at least, for that sum."""
MOST_DOCUMENTS: Final = 50
"""Documents that one signal names."""


class VerdictObserver:
    """
    Concludes from verdicts; keeps nothing.

    Args:
        policy: Says how much one answer may quote.
    """

    name = "verdicts"

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def asked(self, event: Asked) -> Iterable[Signal]:
        """Conclude nothing."""
        del event
        return ()

    def retrieved(self, event: Retrieved) -> Iterable[Signal]:
        """Tell of documents that were wanted again after all that may be shown of them was shown."""
        spent = [one.ref for one in event.dropped if one.reason is Reason.BUDGET]
        if spent:
            yield _signal(
                event, "verdict.budget", 0.4, f"{_count(len(spent), 'document')} wanted whose budget is spent", spent
            )

    def judged(self, event: Judged) -> Iterable[Signal]:
        """Tell of what an answer held; not of one that was only tried out."""
        if event.record:
            yield from self._judged(event)

    def _judged(self, event: Judged) -> Iterator[Signal]:
        secrets = [one for one in event.findings if one.kind is Kind.SECRET]
        if secrets:
            rules = sorted({one.rule for one in secrets})[:5]
            yield _signal(
                event,
                "verdict.secret",
                max(one.confidence for one in secrets),
                f"{_count(len(secrets), 'secret')} in an answer ({', '.join(rules)})",
                _documents(secrets),
            )
        training = [one for one in event.findings if one.kind is Kind.TRAINING and one.rule != REPEAT_RULE]
        if training:
            characters = _length(training)
            yield _signal(
                event,
                "verdict.training",
                min(1.0, characters / 500),
                f"an answer recites {characters} characters of training text",
                _documents(training),
                characters=characters,
            )
        yield from self._copied(event)
        if event.reason is Reason.BUDGET:
            yield _signal(
                event, "verdict.budget", 0.4, "an answer wanted more than is left of its documents' budgets", ()
            )

    def _copied(self, event: Judged) -> Iterator[Signal]:
        """Tell of copied text: of what the reader may not read, and of far more than a quote of the rest."""
        copied = [one for one in event.findings if one.kind is Kind.VERBATIM and one.rule != REPEAT_RULE]
        alien: list[Finding] = []
        quotes = 0.0
        quoted: list[Finding] = []
        for finding in copied:
            rights = [event.rights.get((one.corpus, one.id), UNKNOWN) for one in finding.documents]
            if not rights or any(right.free for right in rights):
                continue
            if not any(right.readable for right in rights):
                alien.append(finding)
            else:
                quoted.append(finding)
                quotes += len(finding.span) / min(self._quote(right) for right in rights if right.readable)
        if alien:
            characters = _length(alien)
            yield _signal(
                event,
                "verdict.entitlement",
                min(1.0, characters / 500),
                f"an answer held {characters} characters of documents that its reader may not read",
                _documents(alien),
                characters=characters,
            )
        if quotes >= DUMP:
            characters = _length(quoted)
            yield _signal(
                event,
                "verdict.dump",
                min(1.0, quotes / (4 * DUMP)),
                f"one answer held {characters} characters of protected documents, {quotes:.1f} times an allowed quote",
                _documents(quoted),
                characters=characters,
                quotes=round(quotes, 2),
            )

    def _quote(self, right: Right) -> float:
        answer = self._policy.limits(right.label).answer
        return float("inf") if answer is None else max(answer, SMALLEST_QUOTE)


def _signal(
    event: Retrieved | Judged,
    kind: str,
    strength: float,
    reason: str,
    documents: Iterable[DocumentRef],
    **facts: float,
) -> Signal:
    return Signal(
        kind=kind,
        at=event.at,
        principal=event.principal,
        request_id=event.request_id,
        strength=strength,
        reason=reason,
        documents=tuple(documents)[:MOST_DOCUMENTS],
        facts=facts,
    )


def _documents(findings: Iterable[Finding]) -> tuple[DocumentRef, ...]:
    named = (DocumentRef(source.corpus, source.id) for finding in findings for source in finding.documents)
    return tuple(dict.fromkeys(named))


def _length(findings: Iterable[Finding]) -> int:
    return sum(len(finding.span) for finding in findings)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
