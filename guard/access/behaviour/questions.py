"""Signs in what is asked and how: wording, rhythm, variations, doors, conversations."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from guard.access.behaviour.profile import Question, remember
from guard.access.behaviour.score import Evidence
from guard.access.behaviour.wording import FEW_WORDS, Wording, distance

if TYPE_CHECKING:
    from guard.access.behaviour.population import Population
    from guard.access.behaviour.profile import Profile
    from guard.watch.events import Asked

NEAR: Final = 10
"""Bits in which tiny variations of one question differ at most; unrelated questions differ in about 32 of 64."""
ALIKE: Final = 16
"""Bits in which a question differs at most from the refused one that it tries again."""
SPAN: Final = 86_400.0
"""Seconds for which questions are compared."""
MANY_VARIATIONS: Final = 10
MANY_NUMBERS: Final = 6
MANY_DRAWS: Final = 4
MANY_ODD: Final = 5
ODD: Final = 0.3
"""A question of this much of a sentence or less is none."""
FLAT: Final = 0.6
"""Novelty from which documents come up as if drawn at random."""
RETRY_SECONDS: Final = 600.0
STEADY: Final = 0.15
"""Part of the mean by which the gaps between a machine's questions scatter at most."""
STEADY_GAPS: Final = 20
LONGEST_GAP: Final = 300.0
SESSION_SECONDS: Final = 600.0
MANY_SESSIONS: Final = 5
MANY_DOORS: Final = 8
MUCH: Final = 400_000
"""Characters a day, asked and answered, that are nothing special for anybody."""
TIMES: Final = 5
"""So many times what nine of ten users come to is much."""


def in_question(profile: Profile, event: Asked, seen: Wording) -> Iterator[Evidence]:
    """Yield what the wording of a question shows, and remember it."""
    call = event.call
    if seen.dump:
        gain = {1.0: 0.5, 0.5: 0.12}.get(seen.dump, 0.03)
        yield Evidence(
            "dump-request", gain, "the question asks to be shown the context itself", {"plainness": seen.dump}
        )
    if not call.mixed and seen.words:
        yield from _variations(profile, event, seen)
        yield from _no_sentences(profile, seen)
        soon = 0 <= event.at - profile.refused_at < RETRY_SECONDS
        if profile.refused and soon and distance(profile.refused, seen.sketch) <= ALIKE:
            yield Evidence("refusals", 0.12, "a question that was refused is asked again, nearly the same")
    if not call.mixed:
        profile.count_words(seen.bins)
    profile.recent.append(
        Question(
            at=max(event.at, profile.recent.last.at) if profile.recent else event.at,
            sketch=0 if call.mixed else seen.sketch,
            exact=seen.exact,
            skeleton=seen.skeleton,
            sampling=zlib.crc32(call.sampling.encode()),
            odd=seen.sentence <= ODD,
        )
    )


def in_rhythm(profile: Profile, event: Asked, population: Population) -> Iterator[Evidence]:
    """Yield what the rhythm, the doors and the conversations of the questions show; the question is remembered."""
    yield from _rhythm(profile)
    principal, call = event.principal, event.call
    if principal.session is not None:
        marks = remember(profile.sessions, zlib.crc32(principal.session.encode()), event.at)
        open_now = sum(abs(event.at - mark.value) < SESSION_SECONDS for mark in marks)
        if open_now >= MANY_SESSIONS:
            yield Evidence("sessions", 0.05, f"{open_now} conversations at once", {"sessions": open_now})
    if call.endpoint or call.model:
        doors = len(remember(profile.doors, zlib.crc32(f"{call.endpoint}\0{call.model}".encode()), event.at))
        if doors >= MANY_DOORS:
            yield Evidence("enumeration", 0.1, f"{doors} endpoints and models in a day", {"doors": doors})
    much = max(MUCH, TIMES * population.characters())
    if profile.characters > much:
        yield Evidence(
            "volume",
            0.05,
            f"{profile.characters} characters asked and answered today, several times what others come to",
            {"characters": profile.characters},
        )


def entropy(profile: Profile) -> float:
    """Return the entropy of the words in a user's questions, in bits; 6 where every bin is as full as the next."""
    total = sum(profile.bins)
    if not total:
        return 0.0
    shares = [count / total for count in profile.bins if count]
    return -sum(share * math.log2(share) for share in shares)


def _variations(profile: Profile, event: Asked, seen: Wording) -> Iterator[Evidence]:
    recent = [one for one in profile.recent if one.sketch and event.at - one.at < SPAN]
    near = {one.exact for one in recent if one.exact != seen.exact and distance(one.sketch, seen.sketch) <= NEAR}
    if len(near) >= MANY_VARIATIONS:
        yield Evidence(
            "variations",
            0.12,
            f"{len(near)} tiny variations of one question among the last {len(recent)}",
            {"variations": len(near), "entropy": round(entropy(profile), 2)},
        )
    numbers = {one.exact for one in recent if one.skeleton == seen.skeleton and one.exact != seen.exact}
    if len(numbers) >= MANY_NUMBERS:
        yield Evidence(
            "sweep", 0.12, f"the same question with {len(numbers) + 1} different numbers", {"numbers": len(numbers) + 1}
        )
    draws = {one.sampling for one in recent if one.exact == seen.exact}
    if len(draws | {zlib.crc32(event.call.sampling.encode())}) >= MANY_DRAWS:
        yield Evidence("sweep", 0.12, f"the same question with {len(draws)} settings of the sampling")


def _no_sentences(profile: Profile, seen: Wording) -> Iterator[Evidence]:
    if seen.sentence > ODD or seen.words < FEW_WORDS:
        return
    odd = 1 + sum(one.odd for one in list(profile.recent)[-9:])
    if odd >= MANY_ODD and profile.novelty >= FLAT:
        yield Evidence(
            "no-sentence",
            0.2,
            f"{odd} of the last 10 questions are no sentences, and documents come up as if at random",
            {"novelty": round(profile.novelty, 2), "entropy": round(entropy(profile), 2)},
        )


def _rhythm(profile: Profile) -> Iterator[Evidence]:
    times = [one.at for one in profile.recent][-(STEADY_GAPS + 1) :]
    if len(times) <= STEADY_GAPS:
        return
    gaps = [later - earlier for earlier, later in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    spread = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps))
    if 0 < mean <= LONGEST_GAP and spread <= STEADY * mean:
        yield Evidence(
            "machine", 0.04, f"questions come every {mean:.1f} s, as from a machine", {"seconds": round(mean, 1)}
        )
