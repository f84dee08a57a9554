"""
Accounts that share the work: together they touch more and more, and hardly ever the same.

Users who go their own ways meet on common documents at least as often as chance would have it, for some documents are
asked for by everybody.  Accounts that divide a corpus between them meet less often.  So the pairs that share a document
are counted, over all users who keep finding new documents, and compared with what independent draws would give.  Teams
that work on disjoint subjects look the same for as long as everything is new to them: a reason to look, not to punish.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from corpora.labels import CONFIDENTIAL, RESTRICTED
from guard.access.behaviour.touched import WINDOWS

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from guard.access.behaviour.book import Book
    from guard.access.behaviour.profile import Profile

_LOG = logging.getLogger(__name__)

EVERY: Final = 60.0
"""Seconds between looks at a tenant in which something happens."""
FEWEST_USERS: Final = 3
FEWEST_DOCUMENTS: Final = 5
"""Documents of a user that is counted in."""
CURIOUS: Final = 0.35
"""Novelty of a user that is counted in: somebody who returns to the same documents shares out nothing."""
SURPRISE: Final = 5.0
"""Standard deviations below chance."""
RATIO: Final = 0.5
"""Part of what chance would give that is shared at most."""
CHOSEN_SURPRISE: Final = 7.0
CHOSEN_RATIO: Final = 0.2
"""The same for a group that is what is left when those who share much have been taken out: some such group there is in
every crowd."""
HUB_LEAST: Final = 8.0
HUB_TIMES: Final = 4.0
"""A document is left out that was touched by more users than these, and so many times the mean."""
PEELED: Final = 0.2
"""Part of a group that is taken out at once."""
GAIN: Final = 0.4
MOST_NAMED: Final = 200
_WHOLE: Final = 2.0**63
"""Theta of a sketch that keeps every hash."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """
    Users who seem to share out the documents.

    Attributes:
        users: Names, those who touched most first.
        gain: How much it says about each of them, from 0 to 1.
    """

    tenant: str
    at: float
    users: tuple[str, ...]
    gain: float
    reason: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


class Member(NamedTuple):
    """A user's documents in one window: hashes below *theta*, of a range of 2**63."""

    user: str
    hashes: Sequence[int]
    theta: int

    @property
    def documents(self) -> float:
        """About how many there are."""
        return len(self.hashes) * _WHOLE / self.theta


class Shared(NamedTuple):
    """How a group's documents lie: all of them, pairs of users that share one, and such pairs by chance."""

    union: float
    pairs: float
    by_chance: float

    def below_chance(self, *, chosen: bool = False) -> bool:
        """Say whether so little is shared that it can hardly be chance, even where the group was *chosen* for it."""
        ratio, surprise = (CHOSEN_RATIO, CHOSEN_SURPRISE) if chosen else (RATIO, SURPRISE)
        return self.pairs <= min(ratio * self.by_chance, self.by_chance - surprise * math.sqrt(max(self.by_chance, 1)))


def shared(members: Sequence[Member], universe: float) -> Shared:
    """
    Compare how often *members* share a document with how often independent draws from *universe* documents would.

    The sum over pairs of users is taken document by document: one that *c* users touched makes ``c (c - 1) / 2`` pairs.
    Hashes are compared below the smallest theta, which samples documents alike for everybody.  Documents that far more
    users touched than draws would bring there, such as one that every retrieval turns up, are left out on both sides.
    """
    theta = min((member.theta for member in members), default=1)
    held = Counter(one for member in members for one in member.hashes if one < theta)
    scale = _WHOLE / theta
    union = len(held) * scale
    most = HUB_LEAST + HUB_TIMES * held.total() * scale / max(universe, 1.0)
    hubs = {one for one, count in held.items() if count > most}
    sizes = [sum(one < theta and one not in hubs for one in member.hashes) * scale for member in members]
    total = sum(sizes)
    others = max(universe, union, 1.0) - len(hubs) * scale
    return Shared(
        union=union,
        pairs=sum(count * (count - 1) / 2 for one, count in held.items() if one not in hubs) * scale,
        by_chance=(total * total - sum(size * size for size in sizes)) / (2 * max(others, 1.0)),
    )


def apart(members: Sequence[Member], universe: float) -> tuple[list[Member], Shared | None]:
    """
    Return those of *members* who share less than chance would have it, and how their documents lie.

    First all of them; then, as honest users who meet on common documents hide the others, what is left when those who
    share most have been taken out, a few at a time.
    """
    group, chosen = list(members), False
    while len(group) >= FEWEST_USERS:
        lies = shared(group, universe)
        if lies.below_chance(chosen=chosen):
            return group, lies
        held = Counter(one for member in group for one in member.hashes)
        total = sum(member.documents for member in group)

        def excess(member: Member, held: Counter[int] = held, total: float = total) -> float:
            by_chance = len(member.hashes) * (total - member.documents) / max(universe, 1.0)
            return (sum(held[one] - 1 for one in member.hashes)) / max(by_chance, 1e-9)

        ranked = sorted(group, key=excess)
        if excess(ranked[-1]) <= 1:
            break
        group, chosen = ranked[: -max(1, int(PEELED * len(ranked)))], True
    return [], None


class Campaigns:
    """
    Looks for campaigns in tenants in which something happens, from a thread of its own.

    Args:
        book: The statistics; of users in memory.
        universe: Returns how many sensitive documents a tenant has.
        found: Given what was found, from the thread.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        book: Book,
        universe: Callable[[str], int],
        found: Callable[[Campaign], None],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._book = book
        self._universe = universe
        self._found = found
        self._clock = clock
        self._heard: set[str] = set()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def heard(self, tenant: str) -> None:
        """Look at *tenant* soon."""
        self._heard.add(tenant)
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._work, name="echoguard-campaigns", daemon=True)
            self._thread.start()

    def look(self, tenant: str) -> Campaign | None:
        """Look at *tenant* now, and tell and return what was found in the shortest window that shows it."""
        universe = self._universe(tenant)
        for window, days in enumerate(WINDOWS):
            for where, members in self._groups(tenant, window):
                group, lies = apart(members, universe)
                if lies is not None:
                    campaign = self._campaign(tenant, where, group, lies, days)
                    self._found(campaign)
                    return campaign
        return None

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _groups(self, tenant: str, window: int) -> Iterator[tuple[str, list[Member]]]:
        """Yield the curious users of *tenant*, then those of each network address."""
        by_address: dict[int, list[Member]] = defaultdict(list)
        everybody: list[Member] = []
        now = self._clock()
        with self._book.lock:
            for profile in self._book.profiles():
                if profile.tenant == tenant and profile.novelty >= CURIOUS:
                    member = _member(profile, window, now)
                    if len(member.hashes) >= FEWEST_DOCUMENTS:
                        everybody.append(member)
                        by_address[profile.address].append(member)
        yield "", everybody
        if len(by_address) > 1:
            for address, members in by_address.items():
                if address:
                    yield " from one network address", members

    def _campaign(self, tenant: str, where: str, members: list[Member], lies: Shared, days: int) -> Campaign:
        users = [member.user for member in sorted(members, key=lambda one: -one.documents)]
        return Campaign(
            tenant=tenant,
            at=self._clock(),
            users=tuple(users[:MOST_NAMED]),
            gain=GAIN,
            reason=(
                f"{len(users)} users{where} touched {lies.union:.0f} sensitive documents in {days} days and share "
                f"{lies.pairs:.0f} times, where chance would give {lies.by_chance:.0f}"
            ),
            facts={
                "users": len(users),
                "documents": round(lies.union),
                "shared": round(lies.pairs),
                "by_chance": round(lies.by_chance),
                "days": days,
            },
        )

    def _work(self) -> None:
        while not self._closing.wait(EVERY):
            heard, self._heard = self._heard, set()
            for tenant in heard:
                try:
                    self.look(tenant)
                except Exception as error:  # noqa: BLE001 - a soft signal is lost, and that is said
                    _LOG.warning("campaigns could not be looked for: %s", type(error).__name__)


class Universe:
    """
    Counts the sensitive documents of tenants, again when a corpus has changed.

    Args:
        corpora: Open corpora.
    """

    def __init__(self, corpora: Sequence[Corpus]) -> None:
        self._corpora = [corpus for corpus in corpora if corpus.kind == "retrieval"]
        self._versions: tuple[str, ...] = ()
        self._counts: Counter[str] = Counter()

    def __call__(self, tenant: str) -> int:
        """Return how many sensitive documents *tenant* has."""
        versions = tuple(corpus.version for corpus in self._corpora)
        if versions != self._versions:
            self._counts = Counter(
                info.tenant
                for corpus in self._corpora
                for info in corpus.documents()
                if info.label in {CONFIDENTIAL, RESTRICTED}
            )
            self._versions = versions
        return self._counts[tenant]


def _member(profile: Profile, window: int, now: float) -> Member:
    # The sketch as of now, without ending the day of somebody who is not here.
    profile.sensitive.turn(min(now, profile.latest))
    sketch: Any = profile.sensitive.within(window) if _fresh(profile, window, now) else None
    return Member(
        profile.user, () if sketch is None else list(sketch), int(_WHOLE) if sketch is None else sketch.theta64
    )


def _fresh(profile: Profile, window: int, now: float) -> bool:
    return now - profile.latest < WINDOWS[window] * 86_400
