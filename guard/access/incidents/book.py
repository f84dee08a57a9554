"""Incidents in the database: one for all processes that see the same, kept with a timeline, closed by people."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from guard.access.incidents.base import Incident, Moment, Severity
from guard.access.incidents.schema import INCIDENT, MOMENT
from guard.access.ledger.keys import digest

if TYPE_CHECKING:
    from guard.access.ledger.store import Store, Work

MOST_MOMENTS: Final = 200
"""Moments that a timeline lists; later ones are counted."""
FORGOTTEN: Final = 30 * 86_400.0
"""Seconds after which an incident that never reached its rule's count is forgotten."""

_OPEN: Final = select(INCIDENT).where(INCIDENT.c.open_key == bindparam("key"))
_ONE: Final = select(INCIDENT).where(INCIDENT.c.id == bindparam("wanted"))
_LISTED: Final = (
    select(INCIDENT).where(INCIDENT.c.state != "watched").order_by(INCIDENT.c.updated.desc()).limit(bindparam("most"))
)
_LISTED_OPEN: Final = (
    select(INCIDENT).where(INCIDENT.c.state == "open").order_by(INCIDENT.c.updated.desc()).limit(bindparam("most"))
)
_NEW: Final = insert(INCIDENT)
_GROW: Final = (
    update(INCIDENT)
    .where(INCIDENT.c.id == bindparam("own"))
    .values(
        count=bindparam("new_count"),
        severity=bindparam("new_severity"),
        updated=bindparam("new_updated"),
        state=bindparam("new_state"),
        opened=bindparam("new_opened"),
    )
)
_EXPOSED: Final = update(INCIDENT).where(INCIDENT.c.id == bindparam("own")).values(exposure=bindparam("told"))
_CLOSE: Final = (
    update(INCIDENT)
    .where(INCIDENT.c.id == bindparam("own"))
    .values(state="closed", open_key=None, closed_by=bindparam("who"), updated=bindparam("now"))
)
_HOLD: Final = update(INCIDENT).where(INCIDENT.c.id == bindparam("own")).values(held=bindparam("whether"))
_MOMENTS: Final = select(MOMENT.c.what).where(MOMENT.c.incident == bindparam("own")).order_by(MOMENT.c.n)
_LAST_MOMENT: Final = select(func.coalesce(func.max(MOMENT.c.n), 0)).where(MOMENT.c.incident == bindparam("own"))
_LATELY: Final = (
    select(func.count())
    .select_from(MOMENT)
    .where(MOMENT.c.incident == bindparam("own"), MOMENT.c.at > bindparam("since"))
)
_NEW_MOMENT: Final = insert(MOMENT)
_STALE: Final = (
    select(INCIDENT.c.id).where(INCIDENT.c.state == "watched", INCIDENT.c.updated < bindparam("before")).limit(100)
)
_FORGET: Final = delete(INCIDENT).where(INCIDENT.c.id == bindparam("own"))
_FORGET_MOMENTS: Final = delete(MOMENT).where(MOMENT.c.incident == bindparam("own"))


class Threshold(NamedTuple):
    """What makes an incident of moments: how bad, and how many within how many seconds."""

    severity: Severity
    least: int
    window: float


class Added(NamedTuple):
    """What became of a moment: its incident, and whether that has just been opened or become worse."""

    incident: Incident
    opened: bool
    worse: bool


class Book:
    """
    All incidents of one installation.  Thread-safe if its store is.

    What it promises, on every database (``tests/contract/test_incidents.py`` checks it): there is at most one incident
    of a group, tenant and user that is not closed, whoever adds to it at once; what was added is durable.
    """

    def __init__(self, store: Store, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def add(
        self, group: str, tenant: str, user: str | None, moment: Moment, rule: Threshold, *, times: int = 1
    ) -> Added:
        """
        Add *moment*, which stands for *times* of its kind, to its incident, which is made if there is none.

        Raises:
            LedgerUnavailable: It cannot be kept.
        """
        key = digest("incident", group, tenant, "" if user is None else f"user:{user}")
        now = self._clock()
        with self._store.transaction() as work:
            self._store.lock(work, [key])
            row = work.row(_OPEN, key=key)
            if row is None:
                self._forget_some(work, now)
                row = self._new(work, key, group, tenant, user, rule, now)
            before = _incident(row)
            # Counted by when it was added, and never before the last: a clock that goes back makes nothing too old.
            now = max(now, before.updated)
            listed = self._list(work, before.id, moment, now)
            lately = work.row(_LATELY, own=before.id, since=now - rule.window)[0] if listed else rule.least
            opens = before.state == "watched" and lately + times - 1 >= rule.least
            severity = max(before.severity, rule.severity)
            after = Incident(
                id=before.id,
                group=group,
                tenant=tenant,
                user=user,
                severity=severity,
                state="open" if opens else before.state,
                opened=now if opens else before.opened,
                updated=now,
                count=before.count + times,
                exposure=before.exposure,
                held=before.held,
            )
            work.run(
                _GROW,
                own=after.id,
                new_count=after.count,
                new_severity=int(severity),
                new_updated=after.updated,
                new_state=after.state,
                new_opened=after.opened,
            )
        return Added(after, opens, before.state == "open" and severity > before.severity)

    @staticmethod
    def _new(work: Work, key: bytes, group: str, tenant: str, user: str | None, rule: Threshold, now: float) -> Any:
        work.run(
            _NEW,
            id=f"i-{secrets.token_hex(5)}",
            open_key=key,
            kind=group,
            tenant=tenant,
            user_name=user,
            severity=int(rule.severity),
            state="watched",
            opened=now,
            updated=now,
            count=0,
            exposure="{}",
            held=False,
            closed_by=None,
        )
        return work.row(_OPEN, key=key)

    @staticmethod
    def _list(work: Work, incident: str, moment: Moment, now: float) -> bool:
        last = work.row(_LAST_MOMENT, own=incident)[0]
        if last >= MOST_MOMENTS:
            return False
        what = json.dumps(moment.to_dict(), separators=(",", ":"))
        work.run(_NEW_MOMENT, incident=incident, n=last + 1, at=now, what=what)
        return True

    @staticmethod
    def _forget_some(work: Work, now: float) -> None:
        for (stale,) in work.rows(_STALE, before=now - FORGOTTEN):
            work.run(_FORGET_MOMENTS, own=stale)
            work.run(_FORGET, own=stale)

    def expose(self, incident: str, exposure: Mapping[str, Any]) -> None:
        """Keep what the ledger said when an incident was opened."""
        with self._store.transaction() as work:
            work.run(_EXPOSED, own=incident, told=json.dumps(exposure, separators=(",", ":")))

    def note(self, incident: str, moment: Moment) -> None:
        """Add what an operator did to the timeline, however long that is."""
        with self._store.transaction() as work:
            self._store.lock(work, [digest("incident", incident)])
            last = work.row(_LAST_MOMENT, own=incident)[0]
            what = json.dumps(moment.to_dict(), separators=(",", ":"))
            work.run(_NEW_MOMENT, incident=incident, n=max(last, MOST_MOMENTS) + 1, at=moment.at, what=what)

    def close(self, incident: str, *, by: str) -> None:
        """Close an incident; the next signal of its kind opens another one."""
        with self._store.transaction() as work:
            work.run(_CLOSE, own=incident, who=by, now=self._clock())

    def hold(self, incident: str, *, held: bool) -> None:
        """Keep an incident and its evidence whatever their age, or let them age again."""
        with self._store.transaction() as work:
            work.run(_HOLD, own=incident, whether=held)

    def get(self, incident: str) -> Incident | None:
        """Return one incident, or None where there is none of that id."""
        with self._store.transaction(durable=False, write=False) as work:
            row = work.row(_ONE, wanted=incident)
        return None if row is None else _incident(row)

    def listed(self, *, closed: bool = False, most: int = 1_000) -> list[Incident]:
        """Return the incidents that are open, or all that ever were, the latest first."""
        with self._store.transaction(durable=False, write=False) as work:
            rows = work.rows(_LISTED if closed else _LISTED_OPEN, most=most)
        return [_incident(row) for row in rows]

    def moments(self, incident: str) -> list[Moment]:
        """Return the timeline, the earliest first."""
        with self._store.transaction(durable=False, write=False) as work:
            rows = work.rows(_MOMENTS, own=incident)
        return [Moment.from_dict(json.loads(what)) for (what,) in rows]


def _incident(row: Sequence[Any]) -> Incident:
    told = dict(zip(INCIDENT.c.keys(), row, strict=True))
    return Incident(
        id=told["id"],
        group=told["kind"],
        tenant=told["tenant"],
        user=told["user_name"],
        severity=Severity(told["severity"]),
        state=told["state"],
        opened=told["opened"],
        updated=told["updated"],
        count=told["count"],
        exposure=json.loads(told["exposure"]),
        held=bool(told["held"]),
        closed_by=told["closed_by"],
    )
