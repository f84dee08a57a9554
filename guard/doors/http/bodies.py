"""Request bodies: first the key is looked at, then bytes are bounded while they come in, then JSON is read strictly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from guard.doors.http.keys import CHECK, Caller, Keyring, unknown_key
from guard.doors.http.problems import Problem

BODY_SECONDS: Final = 30.0
"""Longest time, in seconds, that a client may take to send a body."""


class StrictRequest(Request):
    """A request whose body is bounded in bytes and time and whose JSON is read strictly."""

    max_body: int

    async def body(self) -> bytes:
        """
        Return the whole body.

        Raises:
            Problem: 415 it is not JSON by its type, 413 it is larger than ``max_body`` bytes, 408 it came too slowly,
                400 the client went away.
        """
        if not hasattr(self, "_body"):
            self._body = await self._bounded()
        return self._body

    async def json(self) -> Any:
        """
        Return the body as JSON values: no NaN, no lone surrogates, no invalid UTF-8, nested at most 200 deep.

        Raises:
            Problem: 400, it is not that.
        """
        body = await self.body()
        try:
            return from_json(body, allow_inf_nan=False)
        except ValueError:
            raise Problem(400, "malformed-json", "the body is not valid JSON in UTF-8") from None

    async def _bounded(self) -> bytes:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if kind != "application/json":
            # Also keeps web pages out: a browser sends this type elsewhere only after asking, and we never agree.
            raise Problem(415, "content-type", "send JSON with Content-Type: application/json")
        declared = self.headers.get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > self.max_body:
            raise self._too_large()
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(BODY_SECONDS), aclosing(self.stream()) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > self.max_body:
                        raise self._too_large()
                    parts.append(chunk)
        except TimeoutError:
            raise Problem(
                408, "slow-body", f"the body took longer than {BODY_SECONDS:.0f} s", headers={"connection": "close"}
            ) from None
        except ClientDisconnect:
            raise Problem(400, "gone", "the client went away before its body was complete") from None
        body = b"".join(parts)
        if not body:
            raise Problem(400, "malformed-json", "the body is empty; send a JSON object")
        return body

    def _too_large(self) -> Problem:
        return Problem(
            413,
            "too-large",
            f"the body is over {self.max_body} bytes; send less or raise server.max_body",
            headers={"connection": "close"},
        )


def keyed_route(keyring: Keyring, max_body: int, revoked: Callable[[str], bool]) -> type[APIRoute]:
    """Return the class of routes that want a key with the scope ``check``, not *revoked*, before they read anything."""

    class KeyedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def keyed(request: Request) -> Response:
                caller = keyring.caller(request.headers)
                caller.need(CHECK)
                if caller.key is not None and await asyncio.to_thread(revoked, caller.key.id):
                    raise unknown_key("this key was revoked")
                strict = StrictRequest(request.scope, request.receive)
                strict.max_body = max_body
                strict.state.caller = caller
                try:
                    return await handle(strict)
                except RequestValidationError as error:
                    raise wrong_fields(error) from None

            return keyed

    return KeyedRoute


def caller_of(request: Request) -> Caller:
    """Return who sent *request*; only for routes of the class above."""
    caller = request.state.caller
    if not isinstance(caller, Caller):
        raise TypeError("no caller was established for this request")
    return caller


def wrong_fields(error: RequestValidationError) -> Problem:
    """Return the 422 that names the first wrong field and what it should be, never what it was."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part != "body"]
    if first["type"] == "extra_forbidden":
        # The name of an unknown field is input, too.
        place[-1:] = []
        where = ".".join(place)
        return Problem(
            422, "unknown-field", f"{where or 'the body'} has a field that is not known", field=where or None
        )
    where = ".".join(place)
    return Problem(422, "invalid", f"{where or 'the body'}: {first['msg']}", field=where or None)
