"""One guarded answer: a guard stream per choice and channel, all under one request."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from guard.doors.http.closed import failing_closed
from guard.doors.http.proxy.messages import bare_messages
from guard.errors import GuardError

if TYPE_CHECKING:
    from corpora.document import DocumentRef
    from guard.doors.http.metrics import Metrics
    from guard.engine import Guard
    from guard.principal import Principal
    from guard.stream import GuardStream
    from guard.verdict import Verdict

T = TypeVar("T")


async def whole(work: Coroutine[Any, Any, T]) -> T:
    """
    Await *work* to its end even when the caller is cancelled meanwhile, and then be cancelled.

    A guard stream must not be closed while a worker thread is inside it.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(Exception):
            await asyncio.wait([task])
        raise


class Answer:
    """
    Everything one upstream answer may say, kept under one request id.

    Leaving the ``async with`` block gives back whatever is only reserved.

    Args:
        guard: Judges every piece.
        principal: Who will see it.
        request_id: Ties all choices and channels together.
        metrics: Where verdicts are counted.
        endpoint: Under which name.
        prompt: What the model was told; documents whose text stands in it are the context of the answer.
    """

    def __init__(
        self,
        *,
        guard: Guard,
        principal: Principal,
        request_id: str,
        metrics: Metrics,
        endpoint: str,
        prompt: str = "",
    ) -> None:
        self._guard = guard
        self._principal = principal
        self.request_id = request_id
        self.metrics = metrics
        self._endpoint = endpoint
        self._prompt = prompt
        self._context: tuple[DocumentRef, ...] = ()
        self._open: list[GuardStream] = []

    @property
    def notice(self) -> str:
        """What the policy says in the place of what is withheld."""
        return self._guard.policy.notice

    async def without_canaries(self, body: dict[str, Any]) -> dict[str, Any]:
        """
        Return a request body without planted markers and decoys in its messages.

        Raises:
            GuardError: It could not be looked at; nothing may be asked.
        """
        with failing_closed(self.metrics):
            work = asyncio.to_thread(
                bare_messages, body, self._guard, self._principal, request_id=self.request_id, context=self._context
            )
            return await whole(work)

    def channel(self, choice: int, name: str) -> Channel:
        """Open one channel of one choice: content, refusal, reasoning, ``tool:N`` or error."""
        with failing_closed(self.metrics):
            stream = self._guard.stream(
                principal=self._principal,
                context=self._context,
                request_id=self.request_id,
                choice=choice,
                channel=name,
            )
        self._open.append(stream)
        return Channel(self, stream)

    def judged(self, stream: GuardStream, verdict: Verdict) -> None:
        """Note that *stream* has its verdict."""
        self.metrics.verdict(self._endpoint, verdict)
        self._open.remove(stream)

    async def judge(self, text: str, *, choice: int, name: str) -> Verdict | None:
        """Judge a whole *text* at once; None when there is no text."""
        if not text:
            return None
        return await self.channel(choice, name).whole(text)

    async def __aenter__(self) -> Self:
        self.metrics.open_streams.inc()
        if self._prompt:
            self._context = await whole(asyncio.to_thread(self._guard.recognise, self._prompt))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.metrics.open_streams.dec()
        if self._open:
            await whole(asyncio.to_thread(self._close_all))

    def _close_all(self) -> None:
        while self._open:
            with suppress(GuardError):
                self._open.pop().close()


class Channel:
    """One kind of text of one choice, guarded while it comes in."""

    def __init__(self, answer: Answer, stream: GuardStream) -> None:
        self._answer = answer
        self._stream = stream

    @property
    def stopped(self) -> bool:
        """Whether the guard blocked this text."""
        return self._stream.stopped

    async def feed(self, piece: str) -> str:
        """
        Take *piece* and return what may be shown now.

        Raises:
            GuardError: It could not be checked; nothing more may be shown.
        """
        with failing_closed(self._answer.metrics):
            return await whole(self._stream.afeed(piece))

    async def finish(self) -> Verdict:
        """
        End the text; the verdict's ``tail`` is still to be shown.

        Raises:
            GuardError: It could not be checked; nothing more may be shown.
        """
        return await self._end(self._stream.afinish())

    async def whole(self, text: str) -> Verdict:
        """
        Judge all of the text at once, in one look.

        Raises:
            GuardError: It could not be checked; nothing may be shown.
        """
        return await self._end(asyncio.to_thread(self._stream.whole, text))

    async def _end(self, work: Coroutine[Any, Any, Verdict]) -> Verdict:
        with failing_closed(self._answer.metrics):
            verdict = await whole(work)
        self._answer.judged(self._stream, verdict)
        return verdict
