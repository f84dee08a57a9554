"""Statistics in memory, the latest users first, and a store behind them."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from weakref import WeakSet

from guard.access.behaviour.population import Population
from guard.access.behaviour.profile import Profile
from guard.access.behaviour.store import BATCH, KEPT_SECONDS, Row, StatisticsUnavailable, Store
from guard.access.ledger.keys import KEY_SIZE, digest, tenant_key, user_key
from guard.principal import Principal

_LOG = logging.getLogger(__name__)

PAUSE: Final = 5.0
"""Seconds for which a store that does not answer is left alone."""
TIDY: Final = 3600.0
"""Seconds between looks for what is to be forgotten."""
EVERYBODY: Final = digest("population") * 2


_OPEN: Final[WeakSet[Book]] = WeakSet()


@atexit.register
def _clear_all() -> None:
    """The sketches' library complains of every sketch that is alive when the process ends."""
    for book in list(_OPEN):
        book.clear()


@dataclass(slots=True)
class Entry:
    """A user in memory: the version that was last read or written, and whether there is more to write."""

    profile: Profile
    version: int = 0
    dirty: bool = False


class Book:
    """
    Profiles and populations.  Its lock is to be held while they are read or changed.

    Args:
        store: What survives; None keeps nothing.
        most: Users in memory; the longest unseen make room once they are written.
        every: Seconds between batches.
        clock: Seconds since the epoch.
    """

    def __init__(
        self, store: Store | None, *, most: int = 20_000, every: float = 5.0, clock: Callable[[], float] = time.time
    ) -> None:
        self.lock = threading.RLock()
        self._store = store
        self._most = most
        self._every = every
        self._clock = clock
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()
        # What all know, and what this process counted since it was last written.
        self._known: dict[bytes, Population] = {}
        self._fresh: dict[bytes, Population] = {}
        self._silent_until = float("-inf")
        self._next_tidy = time.monotonic() + TIDY
        self._writer: threading.Thread | None = None
        self._closing = threading.Event()
        self._filling = False
        self._flushing = threading.Lock()
        _OPEN.add(self)

    def find(self, principal: Principal) -> Profile | None:
        """Return what is known of a user, if anything."""
        key = self._key(principal)
        entry = self._entries.get(key)
        if entry is None:
            row = self._read(key)
            if row is None:
                return None
            entry = self._put(key, row)
        return entry.profile if entry is not None else None

    def of(self, principal: Principal) -> Profile:
        """Return the profile of a user, to be changed: it will be written."""
        key = self._key(principal)
        entry = self._entries.get(key)
        if entry is None:
            row = self._read(key)
            entry = (None if row is None else self._put(key, row)) or self._new(key, principal)
        self._entries.move_to_end(key)
        entry.dirty = True
        self._write_soon()
        return entry.profile

    def population(self, tenant: str) -> Population:
        """Return what the users of *tenant* come to, to be asked."""
        return self._known_of(tenant_key(tenant) * 2)

    def everybody(self) -> Population:
        """Return what the users of all tenants come to, to be asked."""
        return self._known_of(EVERYBODY)

    def count(self, tenant: str) -> Iterator[Population]:
        """Yield the populations to which what happens in *tenant* is added: what is known, and what is to write."""
        for key in (tenant_key(tenant) * 2, EVERYBODY):
            yield self._known_of(key)
            if self._store is not None:
                yield self._fresh.setdefault(key, Population())

    def profiles(self) -> list[Profile]:
        """Return the profiles in memory, the longest unseen first; after a restart also those stored last."""
        if not self._filling:
            self._filling = True
            self._fill()
        return [entry.profile for entry in self._entries.values()]

    def flush(self) -> int:
        """Write what is new, and return how many rows; a store that does not answer is asked again later."""
        if self._store is None:
            return 0
        with self._flushing:
            written = 0
            try:
                while (count := self._flush_some()) > 0:
                    written += count
                written += self._flush_populations()
                if time.monotonic() >= self._next_tidy:
                    self._next_tidy = time.monotonic() + TIDY
                    self._store.forget(self._clock() - KEPT_SECONDS)
            except StatisticsUnavailable as error:
                _LOG.warning("%s; they go on in memory", error)
            return written

    def clear(self) -> None:
        """Forget everything in memory; what is not written is lost."""
        self._entries.clear()
        self._known.clear()
        self._fresh.clear()

    def close(self) -> None:
        """Write what is new, forget it, and let go of the store."""
        self._closing.set()
        if self._writer is not None:
            self._writer.join(timeout=10)
        self.flush()
        if self._store is not None:
            self._store.close()
        self.clear()

    def _new(self, key: bytes, principal: Principal) -> Entry:
        entry = Entry(Profile(tenant=principal.tenant, user=principal.user or ""))
        self._entries[key] = entry
        self._make_room(key)
        return entry

    def _put(self, key: bytes, row: Row) -> Entry | None:
        try:
            profile = Profile.unpack(row.state)
        except ValueError as error:
            _LOG.warning("%s; the user begins anew", error)
            return None
        entry = Entry(profile, row.version)
        self._entries[key] = entry
        self._make_room(key)
        return entry

    def _make_room(self, newest: bytes) -> None:
        """Forget those unseen longest that are written; those that are not only when there are far too many."""
        while len(self._entries) > self._most:
            written = (key for key, entry in self._entries.items() if self._store is None or not entry.dirty)
            key = next(written, newest)
            if key == newest:
                if len(self._entries) <= 2 * self._most:
                    return
                key = next(iter(self._entries))
            del self._entries[key]

    def _read(self, key: bytes) -> Row | None:
        if self._store is None or time.monotonic() < self._silent_until:
            return None
        try:
            return self._store.read([key]).get(key)
        except StatisticsUnavailable as error:
            self._silent_until = time.monotonic() + PAUSE
            _LOG.warning("%s; they go on in memory", error)
            return None

    def _fill(self) -> None:
        if self._store is None:
            return
        try:
            rows = self._store.latest(self._most // 2)
        except StatisticsUnavailable as error:
            _LOG.warning("%s; they go on in memory", error)
            return
        for key, row in reversed(rows.items()):
            # The key of a population is one digest twice.
            if key not in self._entries and key[:KEY_SIZE] != key[KEY_SIZE:]:
                entry = self._put(key, row)
                if entry is not None:
                    self._entries.move_to_end(key, last=False)

    def _flush_some(self) -> int:
        """Write one batch: merge what other processes wrote meanwhile, then write."""
        assert self._store is not None
        with self.lock:
            keys = [key for key, entry in self._entries.items() if entry.dirty][:BATCH]
        if not keys:
            return 0
        before = self._store.read(keys)
        rows: dict[bytes, Row] = {}
        with self.lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is None:
                    continue
                row = before.get(key)
                if row is not None and row.version != entry.version:
                    try:
                        entry.profile.merge(Profile.unpack(row.state))
                    except ValueError as error:
                        _LOG.warning("%s; it is written anew", error)
                entry.version = 1 + max(entry.version, row.version if row is not None else 0)
                entry.dirty = False
                rows[key] = Row(entry.profile.pack(), entry.version)
        try:
            self._store.write(rows, self._clock())
        except StatisticsUnavailable:
            with self.lock:
                for key in rows:
                    if key in self._entries:
                        self._entries[key].dirty = True
            raise
        return len(rows)

    def _flush_populations(self) -> int:
        assert self._store is not None
        with self.lock:
            fresh, self._fresh = self._fresh, {}
        if not fresh:
            return 0
        try:
            before = self._store.read(list(fresh))
            rows: dict[bytes, Row] = {}
            for key, population in fresh.items():
                row = before.get(key)
                joined = Population() if row is None else self._unpacked(row)
                joined.merge(population)
                version = 1 + (row.version if row is not None else 0)
                rows[key] = Row(joined.pack(), version)
                with self.lock:
                    self._known[key] = joined
            self._store.write(rows, self._clock())
        except StatisticsUnavailable:
            with self.lock:
                for key, population in fresh.items():
                    self._fresh.setdefault(key, Population()).merge(population)
            raise
        return len(rows)

    def _known_of(self, key: bytes) -> Population:
        if key not in self._known:
            row = self._read(key)
            self._known[key] = Population() if row is None else self._unpacked(row)
        return self._known[key]

    @staticmethod
    def _unpacked(row: Row) -> Population:
        try:
            return Population.unpack(row.state)
        except ValueError as error:
            _LOG.warning("%s; they begin anew", error)
            return Population()

    def _write_soon(self) -> None:
        if self._store is not None and self._writer is None and not self._closing.is_set():
            self._writer = threading.Thread(target=self._write, name="echoguard-behaviour", daemon=True)
            self._writer.start()

    def _write(self) -> None:
        while not self._closing.wait(self._every):
            self.flush()

    @staticmethod
    def _key(principal: Principal) -> bytes:
        return tenant_key(principal.tenant) + user_key(principal.tenant, principal.user or "")
