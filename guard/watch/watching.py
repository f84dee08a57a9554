"""Tells observers what happened and hands on what they conclude; asks the gate before anything happens."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpora.document import DocumentRef
from guard.principal import Principal
from guard.watch.events import Asked, Judged, Retrieved, Signal

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """
    What containment does to somebody now.

    Attributes:
        quarantined: Nothing may be asked, retrieved or shown.
        retry_after: Seconds until that ends, where it ends by itself.
        cost: As how many questions one question counts; above 1 slows down.
        budget: Part of every daily budget that is left, from 0 to 1.
        documents: Documents nobody may have now.
        public_only: It cannot be said what else holds, so whatever touches more than public text is refused as
            unavailable.
    """

    quarantined: bool = False
    retry_after: float = 0.0
    cost: int = 1
    budget: float = 1.0
    documents: frozenset[DocumentRef] = frozenset()
    public_only: bool = False


FREE = Hold()


class Gate(Protocol):
    """Knows who is held.  A gate that cannot say raises, and nothing goes on for the principal."""

    def hold(self, principal: Principal) -> Hold:
        """Return what holds *principal* now."""
        ...


class KeyGate(Protocol):
    """Knows which API keys are refused."""

    def revoked(self, key: str) -> bool:
        """Say whether the key with this id is refused now."""
        ...


class Observer(Protocol):
    """
    Learns from what happens and returns signals.

    Soft by nature: one that fails is logged by type and left out; it never decides alone.
    """

    name: str

    def asked(self, event: Asked) -> Iterable[Signal]:
        """Learn from a question."""
        ...

    def retrieved(self, event: Retrieved) -> Iterable[Signal]:
        """Learn from a retrieval."""
        ...

    def judged(self, event: Judged) -> Iterable[Signal]:
        """Learn from an answer."""
        ...


class Recorder(Protocol):
    """
    Writes down what was decided.

    Not soft: where it cannot, it raises :class:`guard.errors.GuardUnavailable`, and what was decided does not happen.
    """

    def record(self, event: Asked | Retrieved | Judged) -> None:
        """Write *event* down before it takes effect."""
        ...


class Sink(Protocol):
    """Keeps signals: incidents, audit."""

    name: str

    def take(self, signal: Signal) -> None:
        """Keep one signal."""
        ...


class Watch:
    """
    All observers, gates and sinks of one guard.  Thread-safe if they are.

    Args:
        gates: Asked before anything happens; the strictest of each field holds.
        observers: Told in order.
        recorders: Told before all observers.
        keys: Asked about API keys.
        sinks: Given every signal of every observer.
    """

    def __init__(
        self,
        *,
        gates: Sequence[Gate] = (),
        observers: Sequence[Observer] = (),
        sinks: Sequence[Sink] = (),
        recorders: Sequence[Recorder] = (),
        keys: Sequence[KeyGate] = (),
    ) -> None:
        self._keys = tuple(keys)
        self._gates = tuple(gates)
        self._recorders = tuple(recorders)
        self._observers = tuple(observers)
        self._sinks = tuple(sinks)

    def heard_by(self, *sinks: Sink) -> Watch:
        """Return the same with more sinks."""
        return Watch(
            gates=self._gates,
            observers=self._observers,
            sinks=(*self._sinks, *sinks),
            recorders=self._recorders,
            keys=self._keys,
        )

    def hold(self, principal: Principal) -> Hold:
        """
        Return what holds *principal* now.

        Raises:
            GuardUnavailable: A gate could not say.
        """
        if not self._gates:
            return FREE
        holds = [gate.hold(principal) for gate in self._gates]
        if all(one is FREE for one in holds):
            return FREE
        return Hold(
            quarantined=any(one.quarantined for one in holds),
            retry_after=max(one.retry_after for one in holds),
            cost=max(one.cost for one in holds),
            budget=min(one.budget for one in holds),
            documents=frozenset[DocumentRef]().union(*(one.documents for one in holds)),
            public_only=any(one.public_only for one in holds),
        )

    def revoked(self, key: str) -> bool:
        """Say whether the API key with this id is refused now."""
        return any(gate.revoked(key) for gate in self._keys)

    def tell(self, event: Asked | Retrieved | Judged) -> None:
        """
        Write *event* down, tell every observer of it, and every sink of what they conclude.

        Raises:
            GuardUnavailable: It could not be written down; what was decided must not happen.
        """
        for recorder in self._recorders:
            recorder.record(event)
        for observer in self._observers:
            try:
                match event:
                    case Asked():
                        signals = tuple(observer.asked(event))
                    case Retrieved():
                        signals = tuple(observer.retrieved(event))
                    case Judged():
                        signals = tuple(observer.judged(event))
            except Exception as error:  # noqa: BLE001 - a soft signal is lost, and that is said; nothing else may be
                _LOG.warning("observer %s failed: %s", observer.name, type(error).__name__)
                continue
            for signal in signals:
                self.signal(signal)

    def signal(self, signal: Signal) -> None:
        """Hand *signal* to every sink."""
        for sink in self._sinks:
            try:
                sink.take(signal)
            except Exception as error:  # noqa: BLE001 - one broken sink must not hide the signal from the others
                _LOG.error("sink %s lost a signal %s: %s", sink.name, signal.kind, type(error).__name__)
