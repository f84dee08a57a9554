"""What is still to be told to webhooks: in the database, so that neither a restart nor another process loses it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from guard.access.incidents.schema import OUTBOX
from guard.access.ledger.keys import digest

if TYPE_CHECKING:
    from guard.access.ledger.store import Store

MOST_WAITING: Final = 10_000
"""Messages that wait for one webhook; further ones are dropped, and that is said."""
LEASE_SECONDS: Final = 120.0
"""For how long a process that took a message has it to itself."""
KEPT_SECONDS: Final = 7 * 86_400.0
"""How long sent and failed messages are kept."""

_WAITING: Final = (OUTBOX.c.webhook == bindparam("hook"), OUTBOX.c.state == "waiting")
_NUMBER: Final = select(func.count()).select_from(OUTBOX).where(*_WAITING)
_NEXT: Final = (
    select(OUTBOX.c.id, OUTBOX.c.body, OUTBOX.c.tries, OUTBOX.c.created)
    .where(*_WAITING, OUTBOX.c.due <= bindparam("now"))
    .order_by(OUTBOX.c.due)
    .limit(1)
)
_NEW: Final = insert(OUTBOX)
_TAKE: Final = (
    update(OUTBOX).where(OUTBOX.c.id == bindparam("own")).values(due=bindparam("later"), tries=OUTBOX.c.tries + 1)
)
_END: Final = (
    update(OUTBOX).where(OUTBOX.c.id == bindparam("own")).values(state=bindparam("new_state"), due=bindparam("later"))
)
_STATES: Final = select(OUTBOX.c.webhook, OUTBOX.c.state, func.count()).group_by(OUTBOX.c.webhook, OUTBOX.c.state)
_OLD: Final = delete(OUTBOX).where(OUTBOX.c.state != "waiting", OUTBOX.c.due < bindparam("before"))


class Message(NamedTuple):
    """
    One message that was taken.

    Attributes:
        id: The same for every try, so that a receiver can tell a repeat.
        body: JSON.
        tries: This one included.
        created: Seconds since the epoch.
    """

    id: str
    body: str
    tries: int
    created: float


class Outbox:
    """Messages to webhooks.  Thread-safe if its store is."""

    def __init__(self, store: Store, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def put(self, webhook: str, body: Mapping[str, Any]) -> bool:
        """
        Keep a message for *webhook* until it is sent; False where too many wait already.

        Raises:
            LedgerUnavailable: It cannot be kept.
        """
        now = self._clock()
        with self._store.transaction() as work:
            work.run(_OLD, before=now - KEPT_SECONDS)
            if work.row(_NUMBER, hook=webhook)[0] >= MOST_WAITING:
                return False
            work.run(
                _NEW,
                id=f"msg_{secrets.token_hex(12)}",
                webhook=webhook,
                body=json.dumps(body, separators=(",", ":")),
                created=now,
                due=now,
                tries=0,
                state="waiting",
            )
        return True

    def take(self, webhook: str) -> Message | None:
        """Take the message that has been due longest; nobody else gets it for :data:`LEASE_SECONDS`."""
        now = self._clock()
        with self._store.transaction(durable=False, write=False) as work:
            if work.row(_NEXT, hook=webhook, now=now) is None:
                return None
        with self._store.transaction() as work:
            self._store.lock(work, [digest("outbox", webhook)])
            row = work.row(_NEXT, hook=webhook, now=now)
            if row is None:
                return None
            work.run(_TAKE, own=row[0], later=now + LEASE_SECONDS)
        return Message(row[0], row[1], row[2] + 1, row[3])

    def sent(self, message: Message) -> None:
        """Remember that a message has arrived."""
        self._end(message, "sent", self._clock())

    def failed(self, message: Message, *, again_in: float | None) -> None:
        """Remember that a message has not arrived, to be tried again in so many seconds, or never."""
        now = self._clock()
        self._end(message, "failed" if again_in is None else "waiting", now + (again_in or 0.0))

    def _end(self, message: Message, state: str, later: float) -> None:
        with self._store.transaction() as work:
            work.run(_END, own=message.id, new_state=state, later=later)

    def states(self) -> dict[str, dict[str, int]]:
        """Return how many messages wait, were sent and have failed, by webhook."""
        with self._store.transaction(durable=False, write=False) as work:
            rows = work.rows(_STATES)
        found: dict[str, dict[str, int]] = {}
        for webhook, state, number in rows:
            found.setdefault(webhook, {})[state] = number
        return found
