"""Whether the sidecar lives, whether it can really judge, and what it has counted."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse

from guard.access.ledger.base import Account, Charge
from guard.doors.http.problems import Problem, problem_body

if TYPE_CHECKING:
    from guard.doors.http.metrics import Metrics
    from guard.engine import Guard

FRESH_SECONDS: Final = 2.0
"""How long, in seconds, an answer about readiness holds: whoever asks often must not make the detectors busy."""

_LOG: Final = logging.getLogger("echoguard.http")


class Readiness:
    """Finds out whether a check would run now, by running one: corpora, detectors and a write to the ledger."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._lock = asyncio.Lock()
        self._asked = float("-inf")
        self._parts: dict[str, bool] = {}

    async def parts(self) -> dict[str, bool]:
        """Return what works, at most :data:`FRESH_SECONDS` old."""
        async with self._lock:
            if time.monotonic() - self._asked > FRESH_SECONDS:
                self._parts = {
                    "detectors": await asyncio.to_thread(_works, self._guard.warm),
                    "ledger": await asyncio.to_thread(_works, self._write),
                }
                self._asked = time.monotonic()
            return self._parts

    def _write(self) -> None:
        ledger = self._guard.ledger
        held = ledger.reserve(
            Account("echoguard:readiness", "echoguard:readiness"),
            [Charge(family="readiness", cells=(0,), user_cap=1_000_000, tenant_cap=1_000_000)],
            request_id="readiness",
            ttl=1.0,
        )
        ledger.release(held.id)


def _works(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the truth is "not ready"
        _LOG.warning("not ready: %s", type(error).__name__)
        return False
    return True


def health_routes(guard: Guard, metrics: Metrics) -> APIRouter:
    """Return the routes that need no key: they tell nothing about content, users or documents."""
    router = APIRouter(tags=["operations"])
    readiness = Readiness(guard)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "ok"}

    @router.get("/readyz", responses={503: {"description": "a check would not run now"}})
    async def readyz() -> Response:
        """Say whether a check would run now: detectors look, the ledger can be written."""
        parts = await readiness.parts()
        words: dict[str, Any] = {name: "ok" if works else "failed" for name, works in parts.items()}
        if all(parts.values()):
            return JSONResponse({"status": "ready", **words})
        problem = Problem(503, "not-ready", "a check would not run now", extra={"status_of": words})
        return JSONResponse(problem_body(problem, "/readyz"), 503, media_type="application/problem+json")

    @router.get("/metrics")
    async def scrape() -> Response:
        """Return counts and timings for Prometheus."""
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router
