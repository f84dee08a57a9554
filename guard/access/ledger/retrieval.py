"""
Retrievals counted: per family and day, and different sensitive families per day.

A day is any 24 hours.  Counts are kept per hour, so an hour's retrievals leave the budget 24 to 25 hours later.  An
account's time never goes back: a retrieval is written under the latest hour that the account has seen.  After a clock
ran far ahead and was set right again, the accounts used meanwhile stay full until real time has caught up.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pyroaring import BitMap
from sqlalchemy import bindparam, delete, func, insert, select, update

from guard.access.ledger.base import RETRY_WINDOW
from guard.access.ledger.cells import packed, unpacked
from guard.access.ledger.keys import digest, family_key
from guard.access.ledger.schema import REQUEST, RETRIEVAL
from guard.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from guard.access.ledger.base import Account, Retrieval
    from guard.access.ledger.keys import AccountKeys
    from guard.access.ledger.store import Store, Work

HOUR: Final = 3600.0
WINDOW_HOURS: Final = 24
_PAIR: Final = struct.Struct("<II")
_NEVER: Final = -(2**31)
_MOST: Final = 2**32 - 1

_MINE: Final = (RETRIEVAL.c.tenant_key == bindparam("tenant"), RETRIEVAL.c.user_key == bindparam("user"))
_LATEST: Final = select(func.max(RETRIEVAL.c.last_hour), func.min(RETRIEVAL.c.last_hour)).where(*_MINE)
_DISTINCT: Final = select(func.count()).where(*_MINE, RETRIEVAL.c.sensitive_hour >= bindparam("oldest"))
_ROW: Final = select(RETRIEVAL.c.hours, RETRIEVAL.c.sensitive_hour).where(
    *_MINE, RETRIEVAL.c.family_key == bindparam("family")
)
_FORGET_OLD: Final = delete(RETRIEVAL).where(*_MINE, RETRIEVAL.c.last_hour < bindparam("oldest"))
_COUNT: Final = (
    update(RETRIEVAL)
    .where(*_MINE, RETRIEVAL.c.family_key == bindparam("family"))
    .values(hours=bindparam("counts"), last_hour=bindparam("hour"), sensitive_hour=bindparam("sensitive"))
)
_ANSWERED: Final = select(REQUEST.c.allowed, REQUEST.c.created).where(REQUEST.c.key == bindparam("request"))
_NEW_ANSWER: Final = insert(REQUEST)
_NEW: Final = insert(RETRIEVAL)
_FORGET_ANSWER: Final = delete(REQUEST).where(REQUEST.c.key == bindparam("request"))


@dataclass(frozen=True, slots=True)
class Order:
    """One call of retrieve, without its families."""

    account: Account
    keys: AccountKeys
    request_id: str
    payload: str
    distinct_cap: int | None
    now: float


def merged(retrievals: Iterable[Retrieval]) -> dict[str, Retrieval]:
    """Return one entry per family, the stricter limit of each."""
    result: dict[str, Retrieval] = {}
    for entry in retrievals:
        before = result.get(entry.family)
        if before is None:
            result[entry.family] = entry
            continue
        limits = [limit for limit in (before.per_day, entry.per_day) if limit is not None]
        result[entry.family] = replace(
            entry, per_day=min(limits, default=None), sensitive=before.sensitive or entry.sensitive
        )
    return result


def _counts(raw: bytes, *, oldest: int) -> dict[int, int]:
    if len(raw) % _PAIR.size:
        raise LedgerUnavailable("the ledger holds a damaged account: restore it from a copy")
    return {hour: count for hour, count in _PAIR.iter_unpack(raw) if hour >= oldest}


def _packed_counts(counts: Mapping[int, int]) -> bytes:
    return b"".join(_PAIR.pack(hour, min(count, _MOST)) for hour, count in sorted(counts.items()))


def retrieve(work: Work, store: Store, order: Order, wanted: Mapping[str, Retrieval]) -> frozenset[str]:
    """Count what is allowed and return it."""
    store.lock(work, [digest("retrieval", order.keys.tenant, order.keys.user)])
    families = sorted(wanted)
    request = digest(order.keys.tenant, order.keys.user, order.request_id, order.payload, *families)
    answered = work.row(_ANSWERED, request=request)
    if answered is not None:
        places, created = answered
        # Not younger than now either: a clock set back must not turn old answers into free ones.
        if created <= order.now < created + RETRY_WINDOW:
            return frozenset(families[place] for place in unpacked(places))
        work.run(_FORGET_ANSWER, request=request)

    allowed = _count(work, order, wanted)
    places = packed(BitMap(place for place, family in enumerate(families) if family in allowed))
    work.run(_NEW_ANSWER, key=request, allowed=places, created=order.now)
    return frozenset(allowed)


def _count(work: Work, order: Order, wanted: Mapping[str, Retrieval]) -> set[str]:
    mine = {"tenant": order.keys.tenant, "user": order.keys.user}
    latest, earliest = work.row(_LATEST, **mine)
    hour = int(order.now // HOUR) if latest is None else max(int(order.now // HOUR), latest)
    oldest = hour - WINDOW_HOURS
    # A day longer than they count: a refusal writes no hour, and a clock set back must not find them gone.
    if earliest is not None and earliest < oldest - WINDOW_HOURS:
        work.run(_FORGET_OLD, **mine, oldest=oldest - WINDOW_HOURS)
    (distinct,) = work.row(_DISTINCT, **mine, oldest=oldest)
    allowed: set[str] = set()
    for family, entry in wanted.items():
        key = family_key(family)
        row = work.row(_ROW, **mine, family=key)
        raw, sensitive = (b"", _NEVER) if row is None else row
        counts = _counts(raw, oldest=oldest)
        if entry.per_day is not None and sum(counts.values()) >= entry.per_day:
            continue
        if entry.sensitive:
            if sensitive < oldest:
                if order.distinct_cap is not None and distinct >= order.distinct_cap:
                    continue
                distinct += 1
            sensitive = hour
        allowed.add(family)
        counts[hour] = counts.get(hour, 0) + 1
        hours = _packed_counts(counts)
        if row is None:
            keys = {"tenant_key": order.keys.tenant, "user_key": order.keys.user, "family_key": key}
            work.run(_NEW, **keys, hours=hours, last_hour=hour, sensitive_hour=sensitive)
        else:
            work.run(_COUNT, **mine, family=key, counts=hours, hour=hour, sensitive=sensitive)
    return allowed
