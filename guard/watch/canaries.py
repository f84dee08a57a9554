"""Tells of planted markers and decoys: in answers, in questions, among what was retrieved."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator
from threading import Lock
from typing import Final

from corpora.document import DocumentRef
from detectors.base import Detector
from detectors.finding import REPEAT_RULE, Finding, Kind
from guard.principal import Principal
from guard.watch.events import Asked, Judged, Retrieved, Signal

ANSWER: Final = "canary.answer"
QUESTION: Final = "canary.question"
DECOY: Final = "canary.decoy"
REMEMBERED: Final = 4_096
"""Questions with markers that are remembered until their answers end."""
_COPIES: Final = frozenset({Kind.VERBATIM, Kind.TRAINING})


class CanaryObserver:
    """
    Turns touched canaries into signals; remembers the last questions that held markers.

    A marker in an answer proves that text reached the model past the guard's retriever, unless it stood in the question
    of the same request.  A marker in a question proves less: anybody can paste one that was seen elsewhere.  A decoy
    that was retrieved may be chance, a decoy in an answer is none.

    Args:
        detector: Finds markers.
        decoys: Knows decoys.
    """

    name = "canaries"

    def __init__(self, detector: Detector, decoys: Container[DocumentRef]) -> None:
        self._detector = detector
        self._decoys = decoys
        self._pasted: OrderedDict[tuple[Principal, str], None] = OrderedDict()
        self._lock = Lock()

    def asked(self, event: Asked) -> Iterable[Signal]:
        """Look for markers in the question."""
        found = self._detector.detect(event.question) if event.question else ()
        if found:
            with self._lock:
                self._pasted[event.principal, event.request_id] = None
                while len(self._pasted) > REMEMBERED:
                    self._pasted.popitem(last=False)
            yield _signal(
                event,
                QUESTION,
                0.6,
                f"{_markers(len(found))} in a question; anybody who saw one can paste it",
                _documents(found),
                markers=len(found),
            )

    def retrieved(self, event: Retrieved) -> Iterable[Signal]:
        """Look for decoys among what was dropped."""
        decoys = tuple(one.ref for one in event.dropped if one.ref in self._decoys)
        if decoys:
            yield _signal(
                event, DECOY, 0.3, f"{_count(len(decoys), 'decoy')} retrieved and dropped", decoys, decoys=len(decoys)
            )

    def judged(self, event: Judged) -> Iterable[Signal]:
        """Look for markers and for text of decoys in the answer; not in one that was only tried out."""
        if event.record:
            yield from self._answered(event)

    def _answered(self, event: Judged) -> Iterator[Signal]:
        found = [one for one in event.findings if one.kind is Kind.CANARY]
        copied = [one for one in event.findings if one.kind in _COPIES]
        if found and not copied and self._was_pasted(event):
            reason = f"{_markers(len(found))} of the question repeated in the answer"
            yield _signal(event, QUESTION, 0.6, reason, _documents(found), markers=len(found))
        elif found:
            proof = len(found) > 1 or bool(copied)
            yield _signal(
                event,
                ANSWER,
                1.0 if proof else 0.7,
                f"{_markers(len(found))} in an answer{' with copied text' if copied else ''}: "
                "marked text reached the model past the guarded retriever",
                _documents(found),
                markers=len(found),
            )
        decoys = tuple(
            ref for ref in _documents(one for one in copied if one.rule != REPEAT_RULE) if ref in self._decoys
        )
        if decoys:
            reason = f"text of {_count(len(decoys), 'decoy')} in an answer: nobody has a reason to be shown it"
            yield _signal(event, DECOY, 1.0, reason, decoys, decoys=len(decoys))

    def _was_pasted(self, event: Judged) -> bool:
        """Say whether the question of this request held markers."""
        with self._lock:
            known = (event.principal, event.request_id) in self._pasted
        return known or bool(event.question and self._detector.detect(event.question))


def _signal(
    event: Asked | Retrieved | Judged,
    kind: str,
    strength: float,
    reason: str,
    documents: tuple[DocumentRef, ...],
    **facts: int,
) -> Signal:
    return Signal(
        kind=kind,
        at=event.at,
        principal=event.principal,
        request_id=event.request_id,
        strength=strength,
        reason=reason,
        documents=documents,
        facts=facts,
    )


def _documents(findings: Iterable[Finding]) -> tuple[DocumentRef, ...]:
    named = (DocumentRef(source.corpus, source.id) for finding in findings for source in finding.documents)
    return tuple(dict.fromkeys(named))


def _markers(number: int) -> str:
    return _count(number, "planted marker")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
