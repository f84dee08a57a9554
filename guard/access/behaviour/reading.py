"""Signs in what comes up and what is answered: breadth, spent budgets, copies, continuations, refusals."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corpora.labels import CONFIDENTIAL, RESTRICTED
from detectors.finding import REPEAT_RULE, Finding, Kind
from guard.access.behaviour.profile import Answer, Place, count_often
from guard.access.behaviour.score import Evidence
from guard.access.behaviour.wording import distance
from guard.access.ledger.keys import digest
from guard.verdict import Action, Reason

if TYPE_CHECKING:
    from guard.access.behaviour.population import Population
    from guard.access.behaviour.profile import Profile
    from guard.watch.events import Judged, Retrieved

SENSITIVE: Final = frozenset({CONFIDENTIAL, RESTRICTED})
MEMORY: Final = 0.05
"""Weight of the newest document or answer in the moving averages."""
BROAD: Final = 80
"""Sensitive documents a day that are nothing special for anybody."""
TIMES: Final = 3
"""So many times what nine of ten users come to is much."""
FAR: Final = 300
"""Sensitive documents a day that are a lot for anybody."""
MANY_TIMES: Final = 6
OFTEN: Final = 12
"""Touches of one sensitive document a day."""
DUMPED: Final = 800
"""Copied characters in one answer from which it may be a dump."""
DUMPED_EACH: Final = 150
DUMPED_FROM: Final = 3
WHOLE: Final = 0.8
"""Copied part of an answer that is a dump if it is long."""
SOON_AFTER: Final = 400
"""Characters after or before a place already copied from where a copy continues it."""
MANY_CONTINUED: Final = 2
MOSTLY: Final = 0.9
COPIES: Final = 30
"""Answers looked at before their copied share means anything; two sentences of a source are a good answer."""
LIKE: Final = 6
"""Bits in which two answers that are nearly the same differ."""
MANY_LIKE: Final = 8
LONG: Final = 200
"""Characters of an answer that is more than a refusal."""
PASSAGE: Final = 512
FAR_IN: Final = 2_000_000_000


def in_retrieval(profile: Profile, event: Retrieved, population: Population) -> Iterator[Evidence]:
    """Yield what the documents that came up show, and count them."""
    refused = [one for one in event.dropped if one.reason in {Reason.LIMIT, Reason.BUDGET}]
    slots = [*event.kept, *(one.ref for one in refused)]
    for ref in slots:
        right = event.rights[ref]
        if right.free:
            continue
        key = key_of(right.family)
        new = profile.touch(key)
        profile.novelty += MEMORY * (new - profile.novelty)
        if right.label in SENSITIVE:
            profile.sensitive.add(key)
            times = count_often(profile.repeats, key & 0xFFFF_FFFF)
            if times >= OFTEN:
                yield Evidence("repeats", 0.06, f"one sensitive document came up {times} times today", {"times": times})
    touched = profile.sensitive.today
    broad = max(BROAD, TIMES * population.documents())
    if slots and touched > broad:
        yield Evidence(
            "breadth",
            0.04,
            f"{touched:.0f} sensitive documents today, where nine of ten users come to {population.documents():.0f}",
            {"documents": round(touched), "novelty": round(profile.novelty, 2)},
        )
    far = max(FAR, MANY_TIMES * population.documents())
    if slots and touched > far:
        yield Evidence(
            "crawl",
            0.1,
            f"{touched:.0f} sensitive documents today, many times what nine of ten users come to",
            {"documents": round(touched), "novelty": round(profile.novelty, 2)},
        )
    if refused:
        yield Evidence(
            "knocking",
            min(0.04, 0.01 * len(refused)),
            f"{len(refused)} documents of one question were beyond the budget",
            {"documents": len(refused)},
        )


def in_answer(profile: Profile, event: Judged) -> Iterator[Evidence]:
    """Yield what an answer gave away, and remember where it came from."""
    copies = [one for one in event.findings if one.kind is Kind.VERBATIM and one.rule != REPEAT_RULE]
    copied = _covered(copies)
    share = copied / event.answered if event.answered else 0.0
    profile.verbatim += MEMORY * (share - profile.verbatim)
    yield from _dumped(copies, copied, share)
    yield from _continued(profile, copies)
    if profile.verbatim >= MOSTLY and profile.questions >= COPIES and copied >= DUMPED:
        yield Evidence(
            "verbatim", 0.05, f"answers are copies for {profile.verbatim:.0%}", {"share": round(profile.verbatim, 2)}
        )
    yield from _alike(profile, event)
    if event.action is Action.BLOCK or event.reason is Reason.ENTITLEMENT:
        profile.refused = profile.recent.last.sketch if profile.recent else 0
        profile.refused_at = event.at


def key_of(family: str) -> int:
    """Return the number under which a document is counted; near-duplicates share it."""
    return int.from_bytes(digest("touched", family)[:7], "little")


def _covered(findings: list[Finding]) -> int:
    total = end = 0
    for one in sorted(findings, key=lambda finding: finding.span.start):
        total += max(0, one.span.end - max(end, one.span.start))
        end = max(end, one.span.end)
    return total


def _dumped(copies: list[Finding], copied: int, share: float) -> Iterator[Evidence]:
    """Yield whether one answer carries out several documents, or is a long copy and little else."""
    longest: dict[tuple[str, str], int] = {}
    for one in copies:
        # The document it stands in most plainly; holders of the same passage are not several documents.
        source = one.documents[0] if one.documents else None
        if source is not None:
            name = (source.corpus, source.id)
            longest[name] = longest.get(name, 0) + one.span.end - one.span.start
    documents = sum(length >= DUMPED_EACH for length in longest.values())
    if copied >= DUMPED and (documents >= DUMPED_FROM or (share >= WHOLE and copied >= 2 * DUMPED)):
        yield Evidence(
            "harvest",
            min(0.4, 0.3 * copied / DUMPED),
            f"one answer copies {copied} characters from {documents} documents",
            {"characters": copied, "documents": documents, "share": round(share, 2)},
        )


def _continued(profile: Profile, copies: list[Finding]) -> Iterator[Evidence]:
    """Yield whether copies go on where earlier ones of the same document ended."""
    places = [
        Place(zlib.crc32(f"{source.corpus}\0{source.id}".encode()), min(source.start, FAR_IN), min(source.end, FAR_IN))
        for one in copies
        for source in one.documents[:1]
        if one.span.end - one.span.start >= DUMPED_EACH
    ]
    earlier = list(profile.places)
    continued = sum(any(_goes_on(before, place) for before in earlier) for place in places)
    for place in places:
        profile.passages.update(f"{place.document}:{place.start // PASSAGE}")
        profile.places.append(place)
    if continued >= MANY_CONTINUED:
        yield Evidence(
            "continuation",
            0.04,
            f"{continued} copies go on where earlier ones ended, "
            f"about {profile.passages.get_estimate():.0f} passages by now",
            {"continued": continued},
        )


def _goes_on(before: Place, now: Place) -> bool:
    if before.document != now.document:
        return False
    forward = 0 <= now.start - before.end <= SOON_AFTER
    backward = 0 <= before.start - now.end <= SOON_AFTER
    return forward or backward


def _alike(profile: Profile, event: Judged) -> Iterator[Evidence]:
    if event.sketch is None or event.answered < LONG or not profile.recent:
        return
    exact = profile.recent.last.exact
    alike = {one.exact for one in profile.answers if one.exact != exact and distance(one.sketch, event.sketch) <= LIKE}
    if len(alike) >= MANY_LIKE:
        yield Evidence("answers", 0.05, f"{len(alike)} questions got nearly the same answer", {"answers": len(alike)})
    profile.answers.append(Answer(event.sketch, exact))
