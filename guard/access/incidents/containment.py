"""
Containment: kept in the database, known to every process within a second, asked before anything happens.

Where the database cannot be asked, what was known last still holds, and nobody gets more than public text.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update

from corpora.document import DocumentRef
from guard.access.incidents.base import Action, Containment, Target
from guard.access.incidents.schema import CONTAINMENT
from guard.errors import GuardUnavailable
from guard.watch.watching import FREE, Hold

if TYPE_CHECKING:
    from guard.access.ledger.store import Store
    from guard.principal import Principal

FRESH_SECONDS: Final = 1.0
"""How long what was read is taken for true."""
STALE_SECONDS: Final = 5.0
"""After so long without an answer of the database nobody gets more than public text."""

_STATE: Final = (
    CONTAINMENT.c.released.is_(None),
    or_(CONTAINMENT.c.expires.is_(None), CONTAINMENT.c.expires > bindparam("now")),
)
_ACTIVE: Final = select(CONTAINMENT).where(*_STATE)
_ALL: Final = select(CONTAINMENT).order_by(CONTAINMENT.c.created.desc()).limit(bindparam("most"))
_OF_INCIDENT: Final = (
    select(CONTAINMENT).where(CONTAINMENT.c.incident == bindparam("own")).order_by(CONTAINMENT.c.created)
)
_NEW: Final = insert(CONTAINMENT)
_SAME: Final = (
    select(CONTAINMENT)
    .where(CONTAINMENT.c.target_key == bindparam("key"), CONTAINMENT.c.action == bindparam("what"), *_STATE)
    .order_by(CONTAINMENT.c.created.desc())
)
_EXTEND: Final = (
    update(CONTAINMENT)
    .where(CONTAINMENT.c.id == bindparam("own"))
    .values(expires=bindparam("until"), cost=bindparam("new_cost"), budget=bindparam("new_budget"))
)
_ONE: Final = select(CONTAINMENT).where(CONTAINMENT.c.id == bindparam("own"))
_RELEASE: Final = (
    update(CONTAINMENT)
    .where(CONTAINMENT.c.id == bindparam("own"), CONTAINMENT.c.released.is_(None))
    .values(released=bindparam("now"))
)


@dataclass(slots=True)
class _Known:
    """What holds, arranged by whom it holds."""

    users: dict[tuple[str, str], tuple[Containment, ...]] = field(default_factory=dict)
    tenants: dict[str, tuple[Containment, ...]] = field(default_factory=dict)
    documents: frozenset[DocumentRef] = frozenset()
    keys: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        return not (self.users or self.tenants or self.documents)


class Done(NamedTuple):
    """A containment, and whether it is a new one rather than one that now lasts longer or is stricter."""

    containment: Containment
    new: bool


class Containments:
    """
    The gate.  Thread-safe if its store is.

    Args:
        store: With the incidents' tables.
        clock: Seconds since the epoch; one that goes backwards makes containment last longer, never shorter.
        ticks: Seconds that never go backwards.
    """

    def __init__(
        self, store: Store, *, clock: Callable[[], float] = time.time, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._ticks = ticks
        self._known = _Known()
        self._read_at = float("-inf")
        self._tried_at = float("-inf")
        self._turn = threading.Lock()
        self.refresh()

    def hold(self, principal: Principal) -> Hold:
        """Return what holds *principal* now."""
        known = self._current()
        held = FREE
        if not known.empty:
            held = _joined(principal, known, self._clock())
        if self._ticks() - self._read_at > STALE_SECONDS:
            return replace(held, public_only=True)
        return held

    def revoked(self, key: str) -> bool:
        """Say whether the API key with this id is refused."""
        return key in self._current().keys

    def _current(self) -> _Known:
        now = self._ticks()
        if now - self._tried_at > FRESH_SECONDS and self._turn.acquire(blocking=False):
            # One thread asks; the others go on with what is known, for a moment.
            try:
                self._tried_at = now
                self._read()
            except GuardUnavailable:
                pass  # the age of what is known tells
            finally:
                self._tried_at = self._ticks()
                self._turn.release()
        return self._known

    def refresh(self) -> None:
        """
        Ask the database now.

        Raises:
            LedgerUnavailable: It cannot be asked.
        """
        with self._turn:
            self._read()
            self._tried_at = self._ticks()

    def _read(self) -> None:
        began = self._ticks()
        with self._store.transaction(durable=False, write=False) as work:
            rows = work.rows(_ACTIVE, now=self._clock())
        self._known = _known(_containment(row) for row in rows)
        self._read_at = began

    def contain(
        self,
        action: Action,
        target: Target,
        *,
        by: str,
        reason: str,
        seconds: float | None,
        cost: int = 1,
        budget: float = 1.0,
        incident: str | None = None,
    ) -> Done:
        """
        Contain *target*, for *seconds* or until released.

        A throttle of somebody who is throttled already becomes the longer and stricter of the two.

        Raises:
            LedgerUnavailable: It cannot be kept.
        """
        now = self._clock()
        wanted = Containment(
            id=f"c-{secrets.token_hex(5)}",
            action=action,
            target=target,
            cost=cost,
            budget=budget,
            created=now,
            expires=None if seconds is None else now + seconds,
            by=by,
            reason=reason,
            incident=incident,
        )
        with self._store.transaction() as work:
            self._store.lock(work, [target.key])
            same = work.row(_SAME, key=target.key, what=action, now=now)
            new = same is None or action != "throttle"
            if not new:
                before = _containment(same)
                ends = None if before.expires is None or wanted.expires is None else max(before.expires, wanted.expires)
                wanted = replace(before, expires=ends, cost=max(before.cost, cost), budget=min(before.budget, budget))
                work.run(_EXTEND, own=wanted.id, until=ends, new_cost=wanted.cost, new_budget=wanted.budget)
            else:
                work.run(
                    _NEW,
                    id=wanted.id,
                    action=action,
                    target=target.kind,
                    target_key=target.key,
                    tenant=target.tenant,
                    corpus=target.corpus,
                    name=target.name,
                    cost=cost,
                    budget=budget,
                    created=now,
                    expires=wanted.expires,
                    by_whom=by,
                    reason=reason,
                    incident=incident,
                    released=None,
                )
        self.refresh()
        return Done(wanted, new)

    def release(self, containment: str) -> Containment | None:
        """End a containment and return it as it was; None where there is none of that id that still holds."""
        now = self._clock()
        with self._store.transaction() as work:
            row = work.row(_ONE, own=containment)
            if row is None or not _containment(row).active(now):
                return None
            work.run(_RELEASE, own=containment, now=now)
        self.refresh()
        return _containment(row)

    def active(self) -> list[Containment]:
        """Return all that holds now, the latest first."""
        with self._store.transaction(durable=False, write=False) as work:
            rows = work.rows(_ACTIVE, now=self._clock())
        return sorted((_containment(row) for row in rows), key=lambda one: -one.created)

    def all(self, *, most: int = 1_000) -> list[Containment]:
        """Return the latest containments, released and expired ones included."""
        with self._store.transaction(durable=False, write=False) as work:
            return [_containment(row) for row in work.rows(_ALL, most=most)]

    def of(self, incident: str) -> list[Containment]:
        """Return the containments of one incident, the earliest first."""
        with self._store.transaction(durable=False, write=False) as work:
            return [_containment(row) for row in work.rows(_OF_INCIDENT, own=incident)]


def _joined(principal: Principal, known: _Known, now: float) -> Hold:
    """Return the strictest of what holds *principal*."""
    found = known.tenants.get(principal.tenant, ())
    if principal.user is not None:
        found += known.users.get((principal.tenant, principal.user), ())
    found = tuple(one for one in found if one.active(now))
    if not found and not known.documents:
        return FREE
    ends = [one.expires for one in found if one.action == "quarantine"]
    return Hold(
        quarantined=bool(ends),
        retry_after=max((end or 0.0) - now for end in ends) if ends and None not in ends else 0.0,
        cost=max((one.cost for one in found), default=1),
        budget=min((one.budget for one in found), default=1.0),
        documents=known.documents,
    )


def _known(containments: Iterable[Containment]) -> _Known:
    known = _Known()
    documents: set[DocumentRef] = set()
    keys: set[str] = set()
    for one in containments:
        target = one.target
        match target.kind:
            case "document":
                documents.add(DocumentRef(target.corpus, target.name))
            case "key":
                keys.add(target.name)
            case "user":
                place = (target.tenant, target.name)
                known.users[place] = (*known.users.get(place, ()), one)
            case "tenant":
                known.tenants[target.tenant] = (*known.tenants.get(target.tenant, ()), one)
    known.documents, known.keys = frozenset(documents), frozenset(keys)
    return known


def _containment(row: Any) -> Containment:
    told = dict(zip(CONTAINMENT.c.keys(), row, strict=True))
    return Containment(
        id=told["id"],
        action=told["action"],
        target=Target(kind=told["target"], tenant=told["tenant"], corpus=told["corpus"], name=told["name"]),
        cost=told["cost"],
        budget=told["budget"],
        created=told["created"],
        expires=told["expires"],
        by=told["by_whom"],
        reason=told["reason"],
        incident=told["incident"],
        released=told["released"],
    )
