"""The proxy's answer to one request: asks the upstream, guards what it says, and stops when the client goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Final

import httpx
from pydantic_core import from_json
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from guard.doors.http.edge import LOG
from guard.doors.http.problems import Problem, openai_error, problem_of, problem_response
from guard.doors.http.proxy.arguments import readable
from guard.doors.http.proxy.channels import Answer
from guard.doors.http.proxy.fields import BadAnswer
from guard.doors.http.proxy.rewriting import ChunkRewriter, rewrite_completion
from guard.doors.http.proxy.sse import DONE, END_FRAME, BadStream, EventReader, frame
from guard.doors.http.proxy.upstream import (
    MAX_ANSWER_BODY,
    MAX_ERROR_BODY,
    Endpoint,
    error_object,
    read_bounded,
    spelled_out,
)
from guard.verdict import Action

if TYPE_CHECKING:
    from guard.doors.http.proxy.request import ChatRequest

CHAT: Final = "/chat/completions"
SEND_SECONDS: Final = 120.0
"""Longest time, in seconds, that a client may leave a piece unread."""

READ_OUT_SECONDS: Final = 1.0

_PASSED_HEADERS: Final = ("retry-after", "retry-after-ms")
_ERRORS: Final = range(400, 600)


class _ClientStuckError(Exception):
    """The client does not read; the connection is given up."""


class ChatAnswer(Response):
    """
    The ASGI answer to one admitted chat request.

    Everything happens while it is being sent, so that a client that goes away ends all of it: the request to the
    upstream is cancelled and the guard's reservations are given back.

    Args:
        chat: What was asked.
        endpoint: Where to ask.
        answer: Guards what comes back; this class opens and closes it.
    """

    def __init__(self, *, chat: ChatRequest, endpoint: Endpoint, answer: Answer) -> None:
        super().__init__()
        self._chat = chat
        self._endpoint = endpoint
        self._answer = answer
        self._started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; return early when the client goes away."""
        work = asyncio.ensure_future(self._work(scope, receive, send))
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            for task in (work, gone):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(work, gone, return_exceptions=True)

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with self._answer:
                body = await self._answer.without_canaries(self._chat.body)
                async with self._endpoint.post(CHAT, body, self._answer.request_id) as upstream:
                    await self._pass_on(upstream, scope, receive, send)
        except _ClientStuckError:
            LOG.warning("a client left its answer unread for %d s", SEND_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an error and never the text
            problem = self._problem(error)
            if self._started:
                with suppress(Exception):
                    await self._send(send, frame(openai_error(problem)), more=False)
            else:
                await problem_response(problem, scope["path"])(scope, receive, send)

    async def _pass_on(self, upstream: httpx.Response, scope: Scope, receive: Receive, send: Send) -> None:
        if upstream.status_code != httpx.codes.OK:
            await (await self._refusal(upstream))(scope, receive, send)
        elif self._chat.stream:
            await self._stream(upstream, send)
        else:
            await (await self._whole(upstream))(scope, receive, send)

    def _problem(self, error: Exception) -> Problem:
        if isinstance(error, BadAnswer):
            return self._endpoint.failure("malformed", 502, f"the upstream's answer is malformed: {error}")
        if isinstance(error, BadStream):
            return self._endpoint.failure("malformed", 502, f"the upstream's stream is malformed: {error}")
        problem = problem_of(error)
        if problem.code == "internal":
            LOG.error("unexpected %s in %s", type(error).__name__, CHAT)
        return problem

    async def _whole(self, upstream: httpx.Response) -> Response:
        try:
            async with asyncio.timeout(self._endpoint.timeout):
                body = await read_bounded(upstream, MAX_ANSWER_BODY)
        except TimeoutError:
            raise self._endpoint.failure("timeout", 504, "the upstream did not answer in time") from None
        if body is None:
            raise BadAnswer("it is too large")
        out, action = await rewrite_completion(
            _parsed(body), self._answer, wanted=self._chat.wanted, known_tools=self._chat.tools
        )
        return JSONResponse(out, headers={"x-echoguard-action": action.word})

    async def _refusal(self, upstream: httpx.Response) -> Response:
        """Return the upstream's error as it is, unless it says what may not be shown (some quote the model's text)."""
        status = upstream.status_code
        if status not in _ERRORS or status == httpx.codes.UNAUTHORIZED:
            # 401 is about the key in our settings, and its message may show part of that key.
            raise self._endpoint.failure("status", 502, f"the upstream answered with status {status}")
        body = error_object(await read_bounded(upstream, MAX_ERROR_BODY))
        if body is None or not await self._harmless(body):
            body = openai_error(Problem(status, "upstream-error", f"the upstream answered with status {status}"))
        headers = {name: value for name in _PASSED_HEADERS if (value := upstream.headers.get(name, "")).isdecimal()}
        return JSONResponse(body, status, headers=headers)

    async def _harmless(self, body: dict[str, Any]) -> bool:
        verdict = await self._answer.judge(readable(spelled_out(body)), choice=0, name="error")
        return verdict is None or verdict.action is Action.ALLOW

    async def _stream(self, upstream: httpx.Response, send: Send) -> None:
        if "text/event-stream" not in upstream.headers.get("content-type", ""):
            raise BadAnswer("it is no event stream")
        rewriter = ChunkRewriter(self._answer, wanted=self._chat.wanted, known_tools=self._chat.tools)
        async with aclosing(_events(upstream)) as events:
            async for data in events:
                if data == DONE:
                    break
                chunk = _parsed(data)
                if isinstance(chunk, dict) and chunk.get("error"):
                    await self._pass_error(chunk, send)
                    return
                await self._emit(send, await rewriter.take(chunk))
                if rewriter.over:
                    break
            else:
                if not rewriter.complete:
                    raise self._endpoint.failure("broken", 502, "the upstream ended in the middle of its answer")
            await self._emit(send, await rewriter.end())
            await self._send(send, END_FRAME, more=False)
            if not rewriter.over:
                await _read_out(events)

    async def _pass_error(self, chunk: dict[str, Any], send: Send) -> None:
        body = {"error": chunk["error"]}
        if not await self._harmless(body):
            body = openai_error(Problem(502, "upstream-error", "the upstream reported an error"))
        await self._send(send, frame(body), more=False)

    async def _emit(self, send: Send, chunks: list[dict[str, Any]]) -> None:
        if chunks:
            await self._send(send, b"".join(map(frame, chunks)), more=True)

    async def _send(self, send: Send, data: bytes, *, more: bool) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                if not self._started:
                    self._started = True
                    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": data, "more_body": more})
        except TimeoutError:
            raise _ClientStuckError from None


async def _events(upstream: httpx.Response) -> AsyncGenerator[str]:
    reader = EventReader()
    async for chunk in upstream.aiter_bytes():
        for data in reader.feed(chunk):
            yield data


async def _read_out(events: AsyncGenerator[str]) -> None:
    """Read what follows the end of a stream, mostly nothing, so that the connection can be used again."""
    with suppress(TimeoutError, httpx.HTTPError, BadStream):
        async with asyncio.timeout(READ_OUT_SECONDS):
            async for _ in events:
                pass


def _parsed(data: str | bytes) -> Any:
    try:
        return from_json(data, allow_inf_nan=False)
    except ValueError:
        raise BadAnswer("it is not valid JSON") from None


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
