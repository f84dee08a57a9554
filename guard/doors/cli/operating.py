"""What every command of an operator needs: incidents, containment, the audit, and who is at the keyboard."""

from __future__ import annotations

import getpass
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from guard.doors.cli.configuration import close_all, load_settings, open_corpora
from guard.doors.cli.failures import CommandError

if TYPE_CHECKING:
    from pathlib import Path

    from guard.access.audit import Audit
    from guard.access.audit.rows import Fact
    from guard.access.incidents import Containment, Desk, Incident, Notifier
    from guard.access.ledger.base import Reset
    from guard.settings import Settings

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
FOREVER: Final = "ever"


@dataclass(frozen=True, slots=True)
class Operator:
    """
    Somebody who works on incidents.

    Attributes:
        name: Who it is.
        settings: The whole installation.
        desk: Incidents and containment.
        audit: Where it is written down; None where nothing is.
        notifier: Tells webhooks.
    """

    name: str
    settings: Settings
    desk: Desk
    audit: Audit | None
    notifier: Notifier

    def record(self, kind: str, facts: Mapping[str, Fact]) -> None:
        """
        Write down what is about to be done; what cannot be written down is not done.

        Raises:
            AuditUnavailable: It cannot be written.
        """
        if self.audit is not None:
            self.audit.append(kind, None, {"by": self.name, **facts})

    def keyed(self, reason: str) -> str:
        """Return what the audit says of a *reason*, which may hold anything: a keyed hash."""
        return "" if self.audit is None else self.audit.keyed(reason)

    def note(self, incident: str | None, kind: str, reason: str, containment: Containment | None = None) -> None:
        """Add what was done to the timeline of an incident, and tell of it."""
        if incident is None:
            return
        from guard.access.incidents import Moment

        self.desk.book.note(incident, Moment(at=time.time(), kind=kind, reason=f"{self.name}: {reason}"))
        known = self.desk.book.get(incident)
        if known is not None:
            self.notifier.tell(kind, known, containment)

    def incident(self, incident: str) -> Incident:
        """
        Return an incident.

        Raises:
            CommandError: There is none of that id.
        """
        found = self.desk.book.get(incident)
        if found is None:
            raise CommandError(f"there is no incident {incident!r}; `echoguard incidents list --closed` names all")
        return found


@contextmanager
def operating(config: Path | None, by: str | None = None) -> Iterator[Operator]:
    """
    Open what an operator works with.

    Raises:
        GuardError: Something of it cannot be opened.
    """
    from guard.access.audit import open_audit
    from guard.access.incidents import Notifier, labels_of, open_desk

    settings = load_settings(config)
    with ExitStack() as opened:
        desk = opened.enter_context(open_desk(settings.ledger))
        audit = opened.enter_context(open_audit(settings)) if settings.audit.enabled else None

        def labels(incident: str) -> frozenset[str]:
            corpora = open_corpora(corpus.path for corpus in settings.corpora)
            try:
                return labels_of(desk.book.moments(incident), corpora)
            finally:
                close_all(corpora.values())

        setting = settings.incidents
        notifier = Notifier(desk.outbox, setting.webhooks, contacts=setting.contacts, labels=labels)
        yield Operator(by or getpass.getuser(), settings, desk, audit, notifier)


@contextmanager
def audited_resets(settings: Settings) -> Iterator[Callable[[Reset], None] | None]:
    """Yield what writes resets of the ledger down before they count; None where nothing is written down."""
    from guard.access.audit import open_audit

    if not settings.audit.enabled:
        yield None
        return
    with open_audit(settings) as audit:

        def write(done: Reset) -> None:
            told = {"tenant": done.tenant, "user": done.user, "document": (done.family or "").replace("\x1f", "/")}
            facts: dict[str, Fact] = {name: audit.named(value) for name, value in told.items() if value}
            reason = audit.keyed(done.reason)
            audit.append("ledger.reset", None, {**facts, "by": done.by, "accounts": done.accounts, "reason": reason})

        yield write


def seconds_of(duration: str) -> float | None:
    """
    Return the seconds that ``30m``, ``2h``, ``7d`` and the like stand for; None for ``ever``.

    Raises:
        CommandError: It stands for none.
    """
    if duration == FOREVER:
        return None
    found = re.fullmatch(r"(\d{1,6})([smhdw])", duration)
    if found is None or int(found[1]) == 0:
        raise CommandError(f"{duration!r} is no duration: write for example 30m, 2h, 7d or {FOREVER}")
    return float(found[1]) * _UNITS[found[2]]
