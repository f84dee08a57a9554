"""
Calling a chat model below its callback layer, so that what it says is heard by the guard alone.

LangChain hands every token of a model to the callback handlers of the run: those are what ``astream_events``, the
``messages`` mode of agents and every tracer listen to.  The models here are therefore called through the methods that
a provider implements (``_generate``, ``_stream``), which know no handlers; the guarded model around them tells the
handlers what the guard let through.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import RunnableBinding
from langchain_core.runnables.config import var_child_runnable_config
from langchain_core.tracers.context import tracing_v2_callback_var
from langsmith.run_helpers import tracing_context

from guard.doors.langchain.parts import as_chunk
from guard.errors import ConfigError


def split(model: object) -> tuple[BaseChatModel, dict[str, Any]]:
    """
    Return the chat model inside *model*, and the arguments bound to it (tools, response format).

    Raises:
        ConfigError: It is neither a chat model nor one with arguments bound to it.
    """
    arguments: dict[str, Any] = {}
    while isinstance(model, RunnableBinding):
        arguments = {**model.kwargs, **arguments}
        model = model.bound
    if not isinstance(model, BaseChatModel):
        raise ConfigError(
            f"GuardedChatModel wraps a chat model, not {type(model).__name__}; guard each model of a list of fallbacks"
        )
    return model, arguments


@contextmanager
def unheard() -> Iterator[None]:
    """Let nothing called inside find the handlers or the tracer of the run around it."""
    config = var_child_runnable_config.set(None)
    tracer = tracing_v2_callback_var.set(None)
    try:
        with tracing_context(enabled=False):
            yield
    finally:
        tracing_v2_callback_var.reset(tracer)
        var_child_runnable_config.reset(config)


def generate(
    model: BaseChatModel, messages: list[BaseMessage], stop: list[str] | None, arguments: Mapping[str, Any]
) -> ChatResult:
    """Return what *model* answers, from its own cache where it has one."""
    with unheard():
        return model._generate_with_cache(messages, stop=stop, run_manager=None, **arguments)  # noqa: SLF001 - see above


async def agenerate(
    model: BaseChatModel, messages: list[BaseMessage], stop: list[str] | None, arguments: Mapping[str, Any]
) -> ChatResult:
    """Return what *model* answers, from its own cache where it has one."""
    with unheard():
        return await model._agenerate_with_cache(messages, stop=stop, run_manager=None, **arguments)  # noqa: SLF001


def stream(
    model: BaseChatModel, messages: list[BaseMessage], stop: list[str] | None, arguments: Mapping[str, Any]
) -> Generator[ChatGenerationChunk, None, None]:
    """Yield what *model* answers as it comes; whole where it cannot stream."""
    if not _streams(model, arguments, async_api=False):
        yield _one_chunk(generate(model, messages, stop, arguments))
        return
    if model.rate_limiter is not None:
        model.rate_limiter.acquire(blocking=True)
    with unheard():
        pieces = iter(model._stream(messages, stop=stop, **arguments))  # noqa: SLF001
    try:
        while True:
            # Around each step, not around the loop: what is set while this generator sleeps would reach the caller.
            with unheard():
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            with unheard():
                close()


async def astream(
    model: BaseChatModel, messages: list[BaseMessage], stop: list[str] | None, arguments: Mapping[str, Any]
) -> AsyncGenerator[ChatGenerationChunk, None]:
    """Yield what *model* answers as it comes; whole where it cannot stream."""
    if not _streams(model, arguments, async_api=True):
        yield _one_chunk(await agenerate(model, messages, stop, arguments))
        return
    if model.rate_limiter is not None:
        await model.rate_limiter.aacquire(blocking=True)
    with unheard():
        pieces = aiter(model._astream(messages, stop=stop, **arguments))  # noqa: SLF001
    try:
        while True:
            with unheard():
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield piece
    finally:
        close = getattr(pieces, "aclose", None)
        if close is not None:
            with unheard():
                await close()


def _streams(model: BaseChatModel, arguments: Mapping[str, Any], *, async_api: bool) -> bool:
    return model._should_stream(async_api=async_api, **{**arguments, "stream": True})  # noqa: SLF001


def _one_chunk(result: ChatResult) -> ChatGenerationChunk:
    generation = result.generations[0]
    message = generation.message
    if not isinstance(message, AIMessage):
        raise TypeError(f"a chat model answers with an AIMessage, not {type(message).__name__}")
    return ChatGenerationChunk(message=as_chunk(message), generation_info=generation.generation_info)
