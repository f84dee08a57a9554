"""The outermost layer: request ids, security headers, the host check, timings, the last word on unexpected errors."""

from __future__ import annotations

import logging
import time
import uuid
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guard.doors.http.metrics import Metrics
from guard.doors.http.problems import Problem, problem_of, problem_response
from guard.errors import RequestError
from guard.request import valid_request_id

LOG: Final = logging.getLogger("echoguard.http")

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


def host_name(value: str) -> str:
    """Return the host of a ``Host`` header without port and brackets."""
    value = value.strip().casefold()
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.partition(":")[0]


class Edge:
    """
    ASGI middleware around the whole application.

    Args:
        app: What it wraps.
        metrics: Where answered requests are counted.
        loopback_only: Whether to refuse other host names than loopback's: without keys, a web page that gets its own
            name to resolve to 127.0.0.1 must not reach the guard through the user's browser.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, loopback_only: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._loopback_only = loopback_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what is no HTTP request goes through untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        state: dict[str, object] = scope.setdefault("state", {})
        state["request_id"] = uuid.uuid4().hex
        status = 0

        async def send_out(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers["x-request-id"] = str(state["request_id"])
                quotas = state.get("headers")
                for name, value in quotas.items() if isinstance(quotas, dict) else ():
                    headers[name] = value
            await send(message)

        try:
            self._look_at(Headers(scope=scope), state)
            await self._app(scope, receive, send_out)
        except Exception as error:  # noqa: BLE001 - nothing behind us would keep a traceback from the client or the log
            problem = problem_of(error)
            if problem.code == "internal":
                LOG.error("unexpected %s in %s", type(error).__name__, _route(scope))  # noqa: TRY400 - a traceback may hold text
            if not status:
                await problem_response(problem, scope["path"])(scope, receive, send_out)
        finally:
            seconds = time.perf_counter() - began
            self._metrics.request(_route(scope), status, seconds)
            LOG.info("%s %s %d %.1f ms", _method(scope), _route(scope), status, 1000 * seconds)

    def _look_at(self, headers: Headers, state: dict[str, object]) -> None:
        if self._loopback_only and host_name(headers.get("host", "")) not in LOOPBACK:
            raise Problem(
                403,
                "host",
                "without configured keys only loopback host names are served; configure [keys.NAME] to change that",
            )
        try:
            state["request_id"] = valid_request_id(headers.get("x-request-id")) or state["request_id"]
        except RequestError as error:
            raise Problem(400, "request-id", f"x-request-id: {error}") from None


def _route(scope: Scope) -> str:
    """Return the path of the route that served the request, never the path that the client sent."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "other"


def _method(scope: Scope) -> str:
    method = scope["method"]
    return method if method in {"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"} else "OTHER"
