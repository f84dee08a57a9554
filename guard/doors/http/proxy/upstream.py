"""The model endpoints behind the proxy: which one serves a model, and how each of their failures is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx
from pydantic_core import from_json, to_json

from guard.doors.http.problems import Problem

if TYPE_CHECKING:
    from guard.doors.http.metrics import Metrics
    from guard.settings import Upstream

MAX_ANSWER_BODY: Final = 32_000_000
"""Largest whole answer that is read from an upstream, in bytes."""
MAX_LIST_BODY: Final = 1_000_000
MAX_ERROR_BODY: Final = 64_000
CONNECT_SECONDS: Final = 10.0
_LIMITS: Final = httpx.Limits(max_connections=1000, max_keepalive_connections=64)

NOT_CONFIGURED: Final = "no upstream is configured; name one in the settings as [[upstream]] with name and base_url"


class Endpoint:
    """One upstream and the connections to it."""

    def __init__(self, upstream: Upstream, metrics: Metrics) -> None:
        self.name = upstream.name
        self.models = upstream.models
        self.timeout = upstream.timeout
        self._metrics = metrics
        self._base = upstream.base_url.rstrip("/")
        self._client = httpx.AsyncClient(
            headers={"user-agent": "echoguard", "accept-encoding": "identity"}
            | ({"authorization": f"Bearer {upstream.api_key}"} if upstream.api_key else {}),
            timeout=httpx.Timeout(upstream.timeout, connect=min(CONNECT_SECONDS, upstream.timeout)),
            limits=_LIMITS,
            # The guard's settings say where to connect, not the environment.
            trust_env=False,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    @asynccontextmanager
    async def post(self, path: str, body: dict[str, Any], request_id: str) -> AsyncIterator[httpx.Response]:
        """
        Send *body* and hand out the answer, its body unread; leaving the block cancels what is unread.

        Raises:
            Problem: 502 or 504, the upstream could not be reached or broke off, also while the block reads from it.
        """
        request = self._client.build_request(
            "POST",
            self._base + path,
            content=to_json(body, inf_nan_mode="null"),
            headers={"content-type": "application/json", "x-request-id": request_id},
        )
        async with self._telling_failures():
            response = await self._client.send(request, stream=True)
            try:
                yield response
            finally:
                await response.aclose()

    async def models_listed(self) -> list[str]:
        """
        Return the ids of the models that this upstream serves: the configured ones, else those it lists itself.

        Raises:
            Problem: The upstream could not be asked.
        """
        if self.models:
            return list(self.models)
        async with self._telling_failures(), self._client.stream("GET", self._base + "/models") as response:
            body = await read_bounded(response, MAX_LIST_BODY) if response.status_code == httpx.codes.OK else None
        try:
            data = from_json(body or b"")["data"]
            return [entry["id"] for entry in data if isinstance(entry["id"], str)]
        except (ValueError, KeyError, TypeError):
            return []

    @asynccontextmanager
    async def _telling_failures(self) -> AsyncIterator[None]:
        try:
            yield
        except httpx.TimeoutException:
            raise self.failure("timeout", 504, "the upstream did not answer in time") from None
        except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise self.failure("connect", 502, "the upstream cannot be reached") from None
        except httpx.HTTPError:
            raise self.failure("broken", 502, "the connection to the upstream broke") from None

    def failure(self, kind: str, status: int, detail: str) -> Problem:
        """Count a failure and return it as what the client is told."""
        self._metrics.upstream_failed(self.name, kind)
        return Problem(status, f"upstream-{kind}", detail)


class Endpoints:
    """All upstreams, chosen by model name."""

    def __init__(self, upstreams: Sequence[Upstream], metrics: Metrics) -> None:
        self.all = tuple(Endpoint(upstream, metrics) for upstream in upstreams)

    def for_model(self, model: str) -> Endpoint:
        """
        Return the upstream that names *model*, else the first.

        Raises:
            Problem: 503, none is configured.
        """
        if not self.all:
            raise Problem(503, "no-upstream", NOT_CONFIGURED)
        return next((endpoint for endpoint in self.all if model in endpoint.models), self.all[0])

    async def close(self) -> None:
        """Close every connection to every upstream."""
        for endpoint in self.all:
            await endpoint.close()


async def read_bounded(response: httpx.Response, most: int) -> bytes | None:
    """Return the rest of an answer; None when it is over *most* bytes."""
    parts: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > most:
            return None
        parts.append(chunk)
    return b"".join(parts)


def error_object(body: bytes | None) -> dict[str, Any] | None:
    """Return the JSON object of an error answer; None when it is something else, or too large."""
    try:
        value = from_json(body or b"", allow_inf_nan=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def spelled_out(value: dict[str, Any]) -> str:
    """Return *value* as JSON text, for the guard to look at."""
    return json.dumps(value, ensure_ascii=False)
