"""Watches what users do, says in words what is remarkable, and slows down those who keep at it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from guard.access.behaviour.campaigns import Campaign, Campaigns, Universe
from guard.access.behaviour.pasting import Pasting, Waiting
from guard.access.behaviour.questions import in_question, in_rhythm
from guard.access.behaviour.reading import in_answer, in_retrieval, key_of
from guard.access.behaviour.score import FREE, Evidence, Scale
from guard.access.behaviour.wording import wording
from guard.principal import Principal
from guard.verdict import Reason
from guard.watch.events import Asked, Judged, Retrieved, Signal

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from guard.access.behaviour.book import Book
    from guard.access.behaviour.profile import Profile
    from guard.watch.watching import Hold

OURS: Final = "behaviour."
"""Kinds of the signals that come from here begin so."""
WEIGHTS: Final = (
    # Anybody can paste a marker that was seen elsewhere.
    ("canary.question", 0.2),
    ("canary", 0.9),
    ("verdict.dump", 0.4),
    ("verdict.entitlement", 0.2),
    ("", 0.03),
)
"""How much a signal of others says, by the beginning of its kind; the first that fits."""
LEAST_PASTED: Final = 60
"""Characters of a document in a question that may be chance."""
PASTED: Final = 600.0
"""Characters of a document in a question that say all there is to say."""


class Behaviour:
    """
    Observer, gate and sink in one: learns from events, slows down, and takes in signals of others.

    Soft throughout: it never refuses anything, and where its store does not answer it goes on from memory.  People
    without identity are not told apart and not followed; they see public documents only.

    Args:
        book: The statistics.
        scale: Weighs evidence.
        corpora: Open corpora by name, in which text of questions is looked for.
        emit: Given the signals that come to light beside the work.
        clock: Seconds since the epoch, as in the events.
    """

    name = "behaviour"

    def __init__(
        self,
        book: Book,
        scale: Scale,
        *,
        corpora: Mapping[str, Corpus],
        emit: Callable[[Signal], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.book = book
        self.emit = emit
        self._scale = scale
        self._clock = clock
        self.pasting = Pasting(corpora, self._pasted)
        self.campaigns = Campaigns(book, Universe(tuple(corpora.values())), self._campaign, clock=clock)

    def hold(self, principal: Principal) -> Hold:
        """Return how much slower *principal* is now."""
        if principal.user is None:
            return FREE
        with self.book.lock:
            profile = self.book.find(principal)
            return FREE if profile is None else self._scale.hold(profile, self._clock())

    def asked(self, event: Asked) -> Iterable[Signal]:
        """Learn from a question."""
        if event.principal.user is None:
            return ()
        seen = wording(event.question, mixed=event.call.mixed)
        with self.book.lock:
            profile = self._profile(event.principal, event.at)
            profile.questions += 1
            profile.characters += len(event.question)
            if event.call.address is not None:
                profile.address = zlib.crc32(event.call.address.encode())
            found = [*in_question(profile, event, seen)]
            found += in_rhythm(profile, event, self.book.population(event.principal.tenant))
            if event.reason is not Reason.OK:
                profile.refused, profile.refused_at = seen.sketch, event.at
            signals = self._weigh(profile, event.principal, event.request_id, event.at, found)
        if not event.call.mixed:
            self.pasting.look(Waiting(event.at, event.principal, event.request_id, event.question))
        return signals

    def retrieved(self, event: Retrieved) -> Iterable[Signal]:
        """Learn from a retrieval."""
        if event.principal.user is None:
            return ()
        with self.book.lock:
            profile = self._profile(event.principal, event.at)
            populations = list(self.book.count(event.principal.tenant))
            for ref in event.kept:
                for population in populations:
                    population.count_document(key_of(event.rights[ref].family))
            found = list(in_retrieval(profile, event, populations[0]))
            signals = self._weigh(profile, event.principal, event.request_id, event.at, found)
        self.campaigns.heard(event.principal.tenant)
        return signals

    def judged(self, event: Judged) -> Iterable[Signal]:
        """Learn from an answer; one that was a rehearsal teaches nothing."""
        if event.principal.user is None or not event.record:
            return ()
        with self.book.lock:
            profile = self._profile(event.principal, event.at)
            profile.characters += event.answered
            found = list(in_answer(profile, event))
            return self._weigh(profile, event.principal, event.request_id, event.at, found)

    def take(self, signal: Signal) -> None:
        """Take in what somebody else noticed, as heavily as its kind weighs."""
        if signal.kind.startswith(OURS) or signal.principal.user is None:
            return
        weight = next((weight for kind, weight in WEIGHTS if signal.kind.startswith(kind)))
        evidence = Evidence(
            "canary" if signal.kind.startswith("canary") else "other",
            weight * max(0.0, min(1.0, signal.strength)),
            signal.reason,
        )
        self._tell(signal.principal, signal.request_id, signal.at, evidence)

    def suspicion(self, principal: Principal) -> tuple[float, list[tuple[str, float]]]:
        """Return how suspicious a user is now, from 0 to 1, and which indicators stand how high."""
        with self.book.lock:
            profile = self.book.find(principal)
            if profile is None:
                return 0.0, []
            now = self._clock()
            return self._scale.suspicion(profile, now), self._scale.reasons(profile, now)

    def close(self) -> None:
        """Stop looking and write what is new."""
        self.pasting.close()
        self.campaigns.close()
        self.book.close()

    def _profile(self, principal: Principal, at: float) -> Profile:
        """Return the profile of a user on the day of *at*; a day that is over goes into the population."""
        profile = self.book.of(principal)
        questions, characters = profile.questions, profile.characters
        documents, novelty = profile.sensitive.today, profile.novelty
        if profile.turn(at):
            for population in self.book.count(principal.tenant):
                population.count_user(f"{principal.tenant}\0{principal.user}")
                if questions:
                    population.end_day(documents=documents, characters=characters, novelty=novelty)
        return profile

    def _weigh(
        self, profile: Profile, principal: Principal, request_id: str | None, at: float, found: Iterable[Evidence]
    ) -> list[Signal]:
        """Weigh evidence, and return what is to be told of it."""
        signals = [
            self._signal(profile, principal, request_id, at, evidence)
            for evidence in found
            if self._scale.weigh(profile, evidence, at)
        ]
        if self._scale.settle(profile, at):
            reasons = ", ".join(name for name, _ in self._scale.reasons(profile, at))
            signals.append(
                Signal(
                    kind=f"{OURS}slowed",
                    at=at,
                    principal=principal,
                    request_id=request_id,
                    strength=self._scale.suspicion(profile, at),
                    reason=f"slowed down for: {reasons}",
                    facts=dict(self._scale.reasons(profile, at)),
                )
            )
        return signals

    def _signal(
        self, profile: Profile, principal: Principal, request_id: str | None, at: float, evidence: Evidence
    ) -> Signal:
        return Signal(
            kind=OURS + evidence.indicator,
            at=at,
            principal=principal,
            request_id=request_id,
            strength=profile.levels[evidence.indicator].value,
            reason=evidence.reason,
            facts={**evidence.facts, "suspicion": round(self._scale.suspicion(profile, at), 3)},
        )

    def _tell(self, principal: Principal, request_id: str | None, at: float, evidence: Evidence) -> None:
        """Weigh what came to light beside the work, and hand on what is to be told."""
        with self.book.lock:
            profile = self.book.of(principal)
            signals = self._weigh(profile, principal, request_id, at, [evidence])
        if self.emit is not None:
            for signal in signals:
                self.emit(signal)

    def _pasted(self, waiting: Waiting, copied: int) -> None:
        if copied >= LEAST_PASTED:
            evidence = Evidence(
                "corpus-text",
                min(0.5, copied / PASTED),
                f"{copied} characters of the question stand in a document",
                {"characters": copied},
            )
            self._tell(waiting.principal, waiting.request_id, waiting.at, evidence)

    def _campaign(self, campaign: Campaign) -> None:
        """Tell of a campaign once, and slow down everybody in it a little."""
        evidence = Evidence("campaign", campaign.gain, campaign.reason, campaign.facts)
        first, *others = campaign.users
        tell = False
        with self.book.lock:
            for user in campaign.users:
                principal = Principal(user=user, tenant=campaign.tenant)
                profile = self.book.of(principal)
                tell |= self._scale.weigh(profile, evidence, campaign.at)
                self._scale.settle(profile, campaign.at)
        if tell and self.emit is not None:
            self.emit(
                Signal(
                    kind=f"{OURS}campaign",
                    at=campaign.at,
                    principal=Principal(user=first, tenant=campaign.tenant),
                    request_id=None,
                    strength=campaign.gain,
                    reason=campaign.reason,
                    others=tuple(others),
                    facts=campaign.facts,
                )
            )
