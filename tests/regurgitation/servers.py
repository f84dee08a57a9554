"""OpenAI-compatible servers on a real socket: one that hands out its context, and ones that are broken."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from tests.regurgitation.town import TEXTS


def completion(content, *, finish_reason="stop", **message):
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content, **message},
        "finish_reason": finish_reason,
    }
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": "town", "choices": [choice]}


def retrieved(prompt):
    """Return the document that shares most words with the question, as a retriever would."""
    asked = set(prompt.lower().replace(",", " ").replace(".", " ").split())
    return max(
        TEXTS.values(), key=lambda text: len(asked & set(text.lower().replace(",", " ").replace(".", " ").split()))
    )


def make_app():
    """
    Return an app whose base path chooses its behaviour: ``/leak/v1``, ``/polite/v1``, ``/down/v1`` and so on.

    ``app.state.seen`` collects ``(behaviour, headers, body)`` of every chat request.
    """
    app = FastAPI(openapi_url=None)
    app.state.seen = []
    app.state.flaky = 0

    @app.get("/{behaviour}/v1/models")
    async def models(behaviour: str):
        return (
            {"data": []}
            if behaviour == "nameless"
            else {"object": "list", "data": [{"id": "town-model", "object": "model"}]}
        )

    @app.post("/{behaviour}/v1/chat/completions")
    async def chat(behaviour: str, request: Request):
        body = await request.json()
        app.state.seen.append((behaviour, dict(request.headers), body))
        prompt = body["messages"][-1]["content"]
        return await _BEHAVIOURS[behaviour](app, prompt)

    return app


async def _leak(app, prompt):
    return completion(f"Certainly.\n\n{retrieved(prompt)}")


async def _polite(app, prompt):
    return completion("I can tell you about it in my own words, but I will not repeat documents.")


async def _filtered(app, prompt):
    return JSONResponse({"error": {"message": "no", "type": "invalid_request_error", "code": "content_filter"}}, 400)


async def _soft_filtered(app, prompt):
    return completion("", finish_reason="content_filter")


async def _tool(app, prompt):
    call = {"id": "t", "type": "function", "function": {"name": "save", "arguments": retrieved(prompt)}}
    return completion(None, finish_reason="tool_calls", tool_calls=[call])


async def _reasoning(app, prompt):
    return completion("No.", reasoning_content=retrieved(prompt))


async def _parts(app, prompt):
    return completion([{"type": "text", "text": retrieved(prompt)}])


async def _second_choice(app, prompt):
    answer = completion("No.")
    answer["choices"].append({**completion(retrieved(prompt))["choices"][0], "index": 1})
    return answer


async def _down(app, prompt):
    return PlainTextResponse(f"Internal error while answering: {prompt}", 500)


async def _denied(app, prompt):
    return JSONResponse({"error": {"message": "who are you", "code": "invalid_api_key"}}, 401)


async def _flaky(app, prompt):
    app.state.flaky += 1
    if app.state.flaky % 2:
        return PlainTextResponse("busy", 503, headers={"retry-after": "0.01"})
    return await _polite(app, prompt)


async def _garbage(app, prompt):
    return Response(b'{"choices": [', media_type="application/json")


async def _other(app, prompt):
    return {"answer": "not what you expect"}


async def _no_choice(app, prompt):
    return {"choices": []}


async def _huge(app, prompt):
    return completion("x" * 9_000_000)


async def _slow(app, prompt):
    await asyncio.sleep(3)
    return await _polite(app, prompt)


async def _empty(app, prompt):
    return completion("")


async def _moved(app, prompt):
    return Response(status_code=302, headers={"location": "http://127.0.0.1:1/elsewhere"})


_BEHAVIOURS = {
    name.removeprefix("_").replace("_", "-"): function
    for name, function in list(globals().items())
    if asyncio.iscoroutinefunction(function)
}


@contextlib.contextmanager
def running(app, *, lifespan="off"):
    """Serve *app* on a free port of the loopback; yields the address without a path."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        config = uvicorn.Config(app, log_level="critical", lifespan=lifespan, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
