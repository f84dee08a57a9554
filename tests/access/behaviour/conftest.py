"""A tenant in memory, without corpora: events go straight to the observer."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from corpora.document import DocumentRef
from corpora.span import Span
from detectors.finding import Finding, Kind, Source
from guard.access.behaviour.book import Book
from guard.access.behaviour.campaigns import Campaigns
from guard.access.behaviour.observer import Behaviour
from guard.access.behaviour.score import Scale
from guard.principal import Principal
from guard.request import Call
from guard.rights import Right
from guard.verdict import Action, Dropped, Reason
from guard.watch.events import Asked, Judged, Retrieved

START = 1_800_000_000.0 // 86_400 * 86_400 + 8 * 3600.0
WORDS = [
    a + b + c
    for a in ("ba", "ke", "li", "mo", "ru", "sta")
    for b in ("n", "rd", "ss", "lt")
    for c in ("a", "er", "is", "o")
]
SHAPES = (
    "What does the {0} rule say about {1} and {2}?",
    "Who signs for a {0} when the {1} is away on {2}?",
    "How long may I keep the {0} of a {1} before it goes to {2}?",
    "Is there a {0} allowance for {1}, and does it cover {2}?",
    "My {0} was refused because of {1}; what can I do about the {2}?",
    "When is the next {0} due, and where do I find the {1} form for {2}?",
    "Can you explain the difference between {0} and {1} in the {2} guide?",
    "Which {0} applies to a {1} that was ordered before the {2}?",
)


def right(label="confidential", name="d", **more):
    return Right(family=f"files\x1f{name}", label=label, length=2000, readable=True, **more)


@dataclass
class Desk:
    """Sends what users do to one observer, at a clock that tests move."""

    behaviour: Behaviour
    now: list[float]
    signals: list = field(default_factory=list)
    count: int = 0

    def ask(self, user, question, *, reason=Reason.OK, call=None, tenant="acme", session=None):
        self.count += 1
        event = Asked(
            at=self.now[0],
            principal=Principal(user=user, tenant=tenant, session=session),
            request_id=f"r{self.count}",
            question=question,
            call=call or Call(),
            reason=reason,
        )
        return self._told(self.behaviour.asked(event))

    def retrieve(self, user, documents, *, dropped=(), label="confidential", tenant="acme"):
        refs = [DocumentRef("files", str(one)) for one in documents]
        gone = [DocumentRef("files", str(one)) for one in dropped]
        event = Retrieved(
            at=self.now[0],
            principal=Principal(user=user, tenant=tenant),
            request_id=f"r{self.count}",
            question=None,
            kept=tuple(refs),
            dropped=tuple(Dropped(ref=one, reason=Reason.LIMIT) for one in gone),
            rights={one: right(label, one.id) for one in (*refs, *gone)},
        )
        return self._told(self.behaviour.retrieved(event))

    def answer(self, user, pieces, *, answered=600, action=Action.ALLOW, reason=Reason.OK, sketch=None, tenant="acme"):
        """*pieces*: (document, start there, length) copied into the answer, one after the other."""
        findings, at = [], 0
        for document, start, length in pieces:
            source = Source(
                corpus="files", id=str(document), start=start, end=start + length, similarity=1.0, pieces=()
            )
            findings.append(
                Finding(
                    kind=Kind.VERBATIM, rule="verbatim", span=Span(at, at + length), confidence=1.0, documents=(source,)
                )
            )
            at += length
        event = Judged(
            at=self.now[0],
            principal=Principal(user=user, tenant=tenant),
            request_id=f"r{self.count}",
            question=None,
            context=(),
            action=action,
            reason=reason,
            findings=tuple(findings),
            rights={},
            cells={},
            answered=max(at, answered),
            shown=at,
            record=True,
            sketch=sketch,
        )
        return self._told(self.behaviour.judged(event))

    def hold(self, user, tenant="acme"):
        return self.behaviour.hold(Principal(user=user, tenant=tenant))

    def kinds(self, user=None):
        return [one.kind for one in self.signals if user is None or one.principal.user == user]

    def suspicion(self, user):
        return self.behaviour.suspicion(Principal(user=user, tenant="acme"))[0]

    def _told(self, signals):
        told = list(signals)
        self.signals += told
        return told


def open_desk(**options):
    now = [START]
    behaviour = Behaviour(
        Book(None, clock=lambda: now[0]),
        Scale(slow=0.6, release=0.35, half_life=21_600.0),
        corpora=options.pop("corpora", {}),
        clock=lambda: now[0],
    )
    documents = options.pop("documents", 1000)
    behaviour.campaigns = Campaigns(behaviour.book, lambda _: documents, behaviour._campaign, clock=lambda: now[0])
    desk = Desk(behaviour, now)
    behaviour.emit = desk.signals.append
    return desk


@pytest.fixture
def desk():
    desk = open_desk()
    yield desk
    desk.behaviour.close()


def question(rng: random.Random) -> str:
    return rng.choice(SHAPES).format(*rng.sample(WORDS, 3))


def zipf(rng: random.Random, documents: int, k: int) -> list[int]:
    """Draw k different documents, the n-th with a chance of about 1/n."""
    drawn: dict[int, None] = {}
    while len(drawn) < k:
        drawn[min(documents - 1, int(documents ** rng.random()))] = None
    return list(drawn)
