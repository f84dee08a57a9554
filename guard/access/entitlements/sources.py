"""
The source of rights: the documents' own readers, a function, or a server such as OpenFGA.

Whatever the source, training text and prompts are nobody's, deny rules win, public documents are open and somebody
without an identity reads nothing else.  Of the rest the source decides; where it cannot be asked, nobody may read it.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

from corpora.document import DocumentInfo, DocumentRef
from guard.access.entitlements.readers import granted, open_to_all, settled

if TYPE_CHECKING:
    from guard.principal import Principal

_LOG: Final = logging.getLogger(__name__)

PAUSE: Final = 1.0
"""Seconds for which a source that failed is not asked again: each try may cost a timeout."""
MOST_REMEMBERED: Final = 50_000
"""Decisions kept, the latest; about 20 MB."""
LONGEST_MEMORY: Final = 300.0
"""Seconds that a decision may be kept at most: so long a withdrawn right may go on."""


class Source(Protocol):
    """Says who may read what.  Called from several threads at once, only for identified principals."""

    def __call__(self, principal: Principal, documents: Sequence[DocumentInfo], /) -> Collection[DocumentRef]:
        """
        Return those of *documents* that *principal* may read.

        Whatever it raises means that it could not be asked: then none of them may be read.
        """
        ...


class Entitlements:
    """
    Decides who may read what, with a source of rights and a short memory.  Thread-safe.

    Args:
        source: None for the documents' own readers, which are always at hand and never remembered.
        seconds: How long a decision is remembered, 0 to :data:`LONGEST_MEMORY`.
        clock: Seconds, never going backwards.

    Raises:
        ValueError: *seconds* is out of bounds.
    """

    def __init__(
        self, source: Source | None = None, *, seconds: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if not 0.0 <= seconds <= LONGEST_MEMORY:
            raise ValueError(f"decisions are remembered for 0 to {LONGEST_MEMORY:g} seconds")
        self._source = source
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[tuple[Principal, DocumentRef], tuple[bool, float]] = OrderedDict()
        self._not_before = float("-inf")

    @property
    def by_readers(self) -> bool:
        """Whether the documents' own readers are all there is to know."""
        return self._source is None

    def readable(self, infos: Iterable[DocumentInfo], principal: Principal) -> frozenset[DocumentRef]:
        """Return those of the documents that *principal* may read; the source is asked at most once."""
        allowed: set[DocumentRef] = set()
        open_questions: dict[DocumentRef, DocumentInfo] = {}
        for info in infos:
            decided = settled(info, principal)
            if decided is None and self._source is None:
                decided = granted(info, principal)
            if decided is None:
                decided = self._remembered(principal, info.ref)
            if decided is None:
                open_questions[info.ref] = info
            elif decided:
                allowed.add(info.ref)
        if open_questions:
            allowed |= self._asked(principal, open_questions)
        return frozenset(allowed)

    def may_read(self, info: DocumentInfo, principal: Principal) -> bool:
        """Say whether *principal* may read the document."""
        return info.ref in self.readable((info,), principal)

    def free_to_read(self, info: DocumentInfo, principal: Principal) -> bool:
        """Say whether *principal* may read the document and no budget bounds it."""
        return open_to_all(info) and self.may_read(info, principal)

    def _remembered(self, principal: Principal, ref: DocumentRef) -> bool | None:
        with self._lock:
            allowed, until = self._known.get((principal, ref), (False, float("-inf")))
        return allowed if self._clock() < until else None

    def _asked(self, principal: Principal, documents: dict[DocumentRef, DocumentInfo]) -> set[DocumentRef]:
        if self._source is None or self._clock() < self._not_before:
            return set()
        try:
            allowed = set(self._source(principal, list(documents.values()))) & documents.keys()
        except Exception as error:  # noqa: BLE001 - whatever failed, nobody has said that they may read it
            self._not_before = self._clock() + PAUSE
            # The type alone: a message may name people and documents.
            _LOG.error(
                "the source of entitlements could not be asked (%s): documents that are not public are denied",
                type(error).__name__,
            )
            return set()
        until = self._clock() + self._seconds
        with self._lock:
            for ref in documents:
                self._known[principal, ref] = (ref in allowed, until)
                self._known.move_to_end((principal, ref))
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return allowed


BY_READERS: Final = Entitlements()
"""The documents' own readers decide."""
