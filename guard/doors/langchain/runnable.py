"""The last step of a chain: what it lets through is judged text."""

# ruff: noqa: A002 - the base class names the parameter

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeAlias

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.runnables import Runnable, RunnableConfig

from guard.doors.langchain.answer import AnswerJudge
from guard.doors.langchain.channels import Channels
from guard.doors.langchain.identity import stated
from guard.doors.langchain.parts import as_chunk
from guard.doors.langchain.run import current_run, new_request_id
from guard.engine import Guard
from guard.principal import ANONYMOUS, Principal

Answer: TypeAlias = str | AIMessage


class GuardedAnswer(Runnable[Answer, Answer]):
    """
    Judges an answer, given as a string or as a message; whole, or as it is streamed.

    It stands behind the model, so the run's callback handlers (``astream_events``, tracers) have already heard the
    model: where those reach the person who asks, wrap the model in :class:`GuardedChatModel` instead.  It tells
    handlers nothing itself.
    """

    def __init__(
        self, guard: Guard, principal: Principal = ANONYMOUS, *, trust_config: bool = False, sources: bool = False
    ) -> None:
        if not isinstance(principal, Principal):
            raise TypeError(f"principal must be a Principal, not {type(principal).__name__}")
        self._guard = guard
        self._principal = principal
        self._trust_config = trust_config
        self._sources = sources

    def for_principal(self, principal: Principal) -> GuardedAnswer:
        """Return the same step for somebody else."""
        return GuardedAnswer(self._guard, principal, trust_config=self._trust_config, sources=self._sources)

    def invoke(self, input: Answer, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: ARG002
        """Return the answer as it may be shown, as a string or a message like what came in."""
        judge, channels = self._judging(config)
        with channels:
            message = channels.run(judge.whole(_message(input)))
        return _like(input, message)

    async def ainvoke(self, input: Answer, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: ARG002
        """Return the answer as it may be shown, as a string or a message like what came in."""
        judge, channels = self._judging(config)
        async with channels:
            message = await channels.arun(judge.whole(_message(input)))
        return _like(input, message)

    def transform(
        self,
        input: Iterator[Answer],
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> Iterator[Answer]:
        """Yield what may be shown of a streamed answer; stops reading it at a block."""
        judge, channels = self._judging(config)
        text = True
        with channels:
            for piece in input:
                text = isinstance(piece, str)
                yield from _outs(channels.run(judge.chunk(as_chunk(_message(piece)))), text=text)
                if judge.stopped is not None:
                    break
            yield from _outs(channels.run(judge.end()), text=text)

    async def atransform(
        self,
        input: AsyncIterator[Answer],
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> AsyncIterator[Answer]:
        """Yield what may be shown of a streamed answer; stops reading it at a block."""
        judge, channels = self._judging(config)
        text = True
        async with channels:
            async for piece in input:
                text = isinstance(piece, str)
                for out in _outs(await channels.arun(judge.chunk(as_chunk(_message(piece)))), text=text):
                    yield out
                if judge.stopped is not None:
                    break
            for out in _outs(await channels.arun(judge.end()), text=text):
                yield out

    def _judging(self, config: RunnableConfig | None) -> tuple[AnswerJudge, Channels]:
        said = stated(config, trust_config=self._trust_config)
        run = current_run()
        name = said.request_id or (run.request_id if run is not None else new_request_id())
        judge = AnswerJudge(notice=self._guard.policy.notice, request_id=name, sources=self._sources)
        context = () if run is None else tuple(run.documents)
        return judge, Channels(self._guard, said.principal or self._principal, name, context=context)


def guard_answer(
    guard: Guard, principal: Principal = ANONYMOUS, *, trust_config: bool = False, sources: bool = False
) -> GuardedAnswer:
    """
    Return the last step of a chain; put it behind the model or the output parser.

    Args:
        guard: The open guard.
        principal: Who will see the answer; anonymous when left out.
        trust_config: Take a :class:`Principal` object from the run's configuration; see :mod:`identity`.
        sources: Name the matched documents in a message's metadata.
    """
    return GuardedAnswer(guard, principal, trust_config=trust_config, sources=sources)


def _message(value: object) -> AIMessage:
    if isinstance(value, str):
        return AIMessage(content=value)
    if isinstance(value, AIMessage):
        return value
    raise TypeError(f"guard_answer takes a string or an AIMessage, not {type(value).__name__}")


def _like(given: Answer, message: AIMessage) -> Answer:
    return str(message.text) if isinstance(given, str) else message


def _outs(chunks: list[AIMessageChunk], *, text: bool) -> Iterator[Answer]:
    for chunk in chunks:
        if not text:
            yield chunk
        elif chunk.text:
            yield str(chunk.text)
