"""
The guard's streams behind one answer, one per channel, driven from sync or from async code.

Judging an answer is written once, as a generator that asks for steps (:class:`Feed`, :class:`Finish`) and is told what
came of them; :class:`Channels` performs the steps, waiting or awaiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from corpora.document import DocumentRef
from guard.engine import Guard
from guard.principal import Principal
from guard.stream import GuardStream
from guard.verdict import Verdict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Feed:
    """Hand *text* of *channel* to the guard; answered by :class:`Fed`."""

    channel: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fed:
    """What may be shown now, and whether the answer ends here."""

    text: str = field(repr=False)
    stopped: bool


@dataclass(frozen=True, slots=True)
class Finish:
    """No more comes on *channel*; answered by its :class:`Verdict`."""

    channel: str


Steps = Generator[Feed | Finish, Any, T]
"""Asks for steps, is sent :class:`Fed` or :class:`Verdict`, returns ``T``."""


class Channels:
    """The open streams of one answer; leaving the block releases what was reserved and not shown."""

    def __init__(
        self,
        guard: Guard,
        principal: Principal,
        request_id: str,
        *,
        context: Sequence[DocumentRef] = (),
        choice: int = 0,
    ) -> None:
        self._guard = guard
        self._principal = principal
        self._request_id = request_id
        self._context = tuple(context)
        self._choice = choice
        self._streams: dict[str, GuardStream] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._open.__exit__, kind, error, trace)

    def run(self, steps: Steps[T]) -> T:
        """Perform *steps* and return their result."""
        done: Fed | Verdict | None = None
        while True:
            try:
                step = steps.send(done)
            except StopIteration as stop:
                result: T = stop.value
                return result
            stream = self._stream(step.channel)
            done = Fed(stream.feed(step.text), stream.stopped) if isinstance(step, Feed) else stream.finish()

    async def arun(self, steps: Steps[T]) -> T:
        """Perform *steps* without blocking the event loop and return their result."""
        done: Fed | Verdict | None = None
        while True:
            try:
                step = steps.send(done)
            except StopIteration as stop:
                result: T = stop.value
                return result
            stream = self._stream(step.channel)
            if isinstance(step, Feed):
                done = Fed(await stream.afeed(step.text), stream.stopped)
            else:
                done = await stream.afinish()

    def _stream(self, channel: str) -> GuardStream:
        if channel not in self._streams:
            self._streams[channel] = self._open.enter_context(
                self._guard.stream(
                    principal=self._principal,
                    context=self._context,
                    request_id=self._request_id,
                    choice=self._choice,
                    channel=channel,
                )
            )
        return self._streams[channel]
