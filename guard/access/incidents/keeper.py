"""The sink: signals become incidents, the acting user is slowed down, and whoever should know is told."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from guard.access.incidents.base import Containment, Fact, Incident, Moment, Target
from guard.access.incidents.book import Added, Threshold
from guard.access.incidents.rules import Rule, rule_of
from guard.errors import AuditUnavailable, LedgerUnavailable

if TYPE_CHECKING:
    from guard.access.audit import Audit
    from guard.access.incidents.book import Book
    from guard.access.incidents.containment import Containments
    from guard.access.incidents.evidence import Evidence
    from guard.access.ledger.base import Ledger
    from guard.watch.events import Signal

TOGETHER_SECONDS: Final = 1.0
"""Signals of one kind about one user within this time are one entry of the timeline, with their number."""
MOST_REMEMBERED: Final = 4_096
"""Users and kinds for which that is remembered."""
MOST_WAITING: Final = 1_000
"""Signals kept in memory while the database cannot take them."""
MOST_EXPOSED: Final = 100
"""Documents that the exposure of an incident lists."""
CELL: Final = 32

_LOG = logging.getLogger(__name__)


class Teller(Protocol):
    """Tells whoever should know; returns at once."""

    def tell(self, kind: str, incident: Incident, containment: Containment | None = None) -> None:
        """Tell of what happened to *incident*."""
        ...


class _Burst(NamedTuple):
    until: float
    more: int


class IncidentKeeper:
    """
    Keeps signals as incidents.  Thread-safe.

    Args:
        book: Where incidents are kept.
        containments: Slow the acting user down.
        ledger: Asked for what somebody has been shown when an incident opens.
        rules: By kind of signal.
        audit: Written to when something is opened or done; None where nothing is written down.
        teller: Told likewise; None where nobody is.
        evidence: Keeps texts, sealed; None where none are kept.
        ticks: Seconds that never go backwards.
    """

    name = "incidents"

    def __init__(
        self,
        book: Book,
        containments: Containments,
        ledger: Ledger,
        *,
        rules: Mapping[str, Rule],
        audit: Audit | None = None,
        teller: Teller | None = None,
        evidence: Evidence | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._book = book
        self._containments = containments
        self._ledger = ledger
        self._rules = rules
        self._audit = audit
        self._teller = teller
        self._evidence = evidence
        self._ticks = ticks
        self._turn = threading.Lock()
        self._bursts: OrderedDict[tuple[str, str, str | None], _Burst] = OrderedDict()
        self._waiting: deque[tuple[Signal, int]] = deque(maxlen=MOST_WAITING)

    def take(self, signal: Signal) -> None:
        """
        Keep one signal.

        Raises:
            LedgerUnavailable: The database cannot take it; it is tried again with the next one.
        """
        rule = rule_of(signal.kind, self._rules)
        if signal.strength < rule.least:
            return
        times = self._counted(signal)
        if not times:
            return
        self._waiting.append((signal, times))
        while True:
            try:
                earliest = self._waiting.popleft()
            except IndexError:
                return
            try:
                self._keep(*earliest)
            except LedgerUnavailable:
                self._waiting.appendleft(earliest)
                raise

    def _counted(self, signal: Signal) -> int:
        """Return for how many of its kind *signal* stands; 0 where a later one will stand for it."""
        key = (signal.kind, signal.principal.tenant, signal.principal.user)
        now = self._ticks()
        with self._turn:
            burst = self._bursts.get(key)
            if burst is None:
                return 1
            if now < burst.until:
                self._bursts[key] = burst._replace(more=burst.more + 1)
                return 0
            del self._bursts[key]
        return 1 + burst.more

    def _begin_burst(self, signal: Signal) -> None:
        """Take what follows within a second together: the incident is open, and nothing more comes of each of them."""
        key = (signal.kind, signal.principal.tenant, signal.principal.user)
        with self._turn:
            self._bursts[key] = _Burst(self._ticks() + TOGETHER_SECONDS, 0)
            self._bursts.move_to_end(key)
            if len(self._bursts) > MOST_REMEMBERED:
                self._bursts.popitem(last=False)

    def _keep(self, signal: Signal, times: int) -> None:
        rule = rule_of(signal.kind, self._rules)
        who = signal.principal
        moment = Moment(
            at=signal.at,
            kind=signal.kind,
            reason=signal.reason,
            request_id=signal.request_id,
            strength=signal.strength,
            documents=signal.documents,
            others=signal.others,
            facts=signal.facts if times == 1 else {**signal.facts, "signals": times},
        )
        threshold = Threshold(rule.severity, rule.count, rule.window)
        added = self._book.add(rule.group, who.tenant, who.user, moment, threshold, times=times)
        if added.opened:
            exposure = self._exposure(who.tenant, who.user)
            self._book.expose(added.incident.id, exposure)
        if added.opened or added.worse:
            self._changed(added, signal)
        if added.incident.state != "open":
            return
        if self._evidence is not None and self._evidence.keep(added.incident.id, signal.request_id):
            self._write("evidence.kept", signal, {"incident": added.incident.id})
        if rule.slows and who.user is not None:
            self._slow_down(signal, rule, added.incident)
        self._begin_burst(signal)

    def _changed(self, added: Added, signal: Signal) -> None:
        incident = added.incident
        self._write(
            "incident.opened" if added.opened else "incident.worse",
            signal,
            {"incident": incident.id, "group": incident.group, "severity": incident.severity.word, "kind": signal.kind},
        )
        if self._teller is not None:
            self._teller.tell("incident.opened" if added.opened else "incident.worse", incident)

    def _slow_down(self, signal: Signal, rule: Rule, incident: Incident) -> None:
        who = signal.principal
        target = Target(kind="user", tenant=who.tenant, name=who.user or "")
        done = self._containments.contain(
            "throttle",
            target,
            by=f"rule:{signal.kind}",
            reason=signal.reason,
            seconds=rule.seconds,
            cost=rule.cost,
            budget=rule.budget,
            incident=incident.id,
        )
        if done.new:
            held = done.containment
            facts: dict[str, Fact] = {"containment": held.id, "incident": incident.id, "cost": held.cost}
            self._write("containment.throttle", signal, facts)
            if self._teller is not None:
                self._teller.tell("containment.throttle", incident, held)

    def _write(self, kind: str, signal: Signal, facts: Mapping[str, Fact]) -> None:
        if self._audit is None:
            return
        try:
            self._audit.append(kind, signal.principal, facts, request_id=signal.request_id)
        except AuditUnavailable as error:
            _LOG.error("%s", error)

    def _exposure(self, tenant: str, user: str | None) -> dict[str, Any]:
        return exposure_of(self._ledger, tenant, user)


def exposure_of(ledger: Ledger, tenant: str, user: str | None) -> dict[str, Any]:
    """
    Return what the ledger says that somebody has been shown.

    Returns:
        ``characters`` in all, number of ``documents``, and of the most shown ones ``listed``: corpus, family and
        characters.  Of somebody anonymous there is no account.

    Raises:
        LedgerUnavailable: The ledger cannot be read.
    """
    if user is None:
        return {"characters": 0, "documents": 0, "listed": []}
    seen = sorted(ledger.exposure(tenant, user), key=lambda one: -len(one.cells))
    return {
        "characters": CELL * sum(len(one.cells) for one in seen),
        "documents": len(seen),
        "listed": [[*one.family.split("\x1f", 1), CELL * len(one.cells)] for one in seen[:MOST_EXPOSED]],
    }
