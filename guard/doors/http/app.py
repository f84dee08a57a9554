"""The sidecar as an ASGI application over one guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.exceptions import HTTPException as StarletteHTTPException

from guard.doors.http.bodies import keyed_route
from guard.doors.http.checks import check_routes
from guard.doors.http.edge import Edge
from guard.doors.http.health import health_routes
from guard.doors.http.keys import Keyring
from guard.doors.http.metrics import Metrics
from guard.doors.http.problems import answer_problem
from guard.doors.http.proxy.chat import proxy_routes
from guard.doors.http.proxy.upstream import Endpoints
from guard.errors import GuardError

if TYPE_CHECKING:
    from guard.engine import Guard


def create_app(guard: Guard) -> FastAPI:
    """
    Return the sidecar over *guard*, which stays the caller's to close.

    Without keys in the settings everybody is anonymous, and only loopback host names are served.
    """
    settings = guard.settings
    keyring = Keyring(settings.keys)
    metrics = Metrics()
    endpoints = Endpoints(settings.upstreams, metrics)

    def revoked(key: str) -> bool:
        return guard.watch.revoked(key)

    keyed = keyed_route(keyring, settings.server.max_body, revoked)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await endpoints.close()

    app = FastAPI(
        title="echoguard",
        version=version("echoguard"),
        description="Judges answers of language models before they are shown.",
        # The interactive pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Whatever the process exports elsewhere: FastAPI would put exceptions with their messages and bodies there.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=lifespan,
    )
    app.include_router(health_routes(guard, metrics))
    # Said here for the description of the interface; the routes' class is what looks at keys.
    described = [Security(HTTPBearer(auto_error=False)), Security(APIKeyHeader(name="x-api-key", auto_error=False))]
    app.include_router(check_routes(guard, metrics, keyed), dependencies=described)
    app.include_router(proxy_routes(guard, endpoints, metrics, keyed), dependencies=described)
    for kind in (StarletteHTTPException, GuardError):
        app.add_exception_handler(kind, answer_problem)
    app.add_middleware(Edge, metrics=metrics, loopback_only=not keyring)
    return app
