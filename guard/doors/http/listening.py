"""The server around the application: patience with slow clients, a clean end on a signal, logs without tracebacks."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from fastapi import FastAPI

HEADER_SECONDS: Final = 20.0
"""Longest time, in seconds, that a client may take to send the head of a request."""
REST_SECONDS: Final = 5.0
"""Longest time, in seconds, that the rest of a body is taken after the request was answered."""
KEEP_ALIVE_SECONDS: Final = 15
GRACE_SECONDS: Final = 20
"""Time that answers in progress get to end, in seconds, once the server is told to stop."""
MAX_CONNECTIONS: Final = 2_000


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that closes connections whose request does not arrive: they would be held open for nothing."""

    header_seconds: float = HEADER_SECONDS
    rest_seconds: float = REST_SECONDS
    _waiting: asyncio.TimerHandle | None = None
    _rest: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the time for a head runs from its first byte to its last."""
        if self.conn.their_state is h11.IDLE:
            self._wait()
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """End the connection soon if a request was answered before its body was there."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._rest = self.loop.call_later(self.rest_seconds, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        if self._rest is not None:
            self._rest.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.header_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()


class Server(uvicorn.Server):
    """Says where it listens, and ends on SIGINT and SIGTERM without raising them again: everything gets closed."""

    def __init__(self, config: uvicorn.Config, announcement: str) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the doors."""
        await super().startup(sockets)
        sys.stderr.write(self._announcement + "\n")
        sys.stderr.flush()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Turn signals into an orderly end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _NoTraceback(logging.Filter):
    """Cuts a record down to its message and the type of the error: a traceback may hold guarded text."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            kind = record.exc_info[0]
            record.msg = f"{record.getMessage().strip()}: {kind.__name__ if kind else 'error'}"
            record.args = None
            record.exc_info = record.exc_text = None
        return True


def log_to_stderr() -> None:
    """Send what the sidecar logs to standard error, one line each, without tracebacks."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(_NoTraceback())
    for name, level in (("echoguard", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False


def listen(app: FastAPI, listening: socket.socket, announcement: str) -> None:
    """Serve *app* on a bound socket until the process is told to stop; *announcement* is printed once it does."""
    options: dict[str, Any] = {
        "http": PatientProtocol,
        "ws": "none",
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        # No header of a client may change who it seems to be.
        "proxy_headers": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "limit_concurrency": MAX_CONNECTIONS,
    }
    sockets: Sequence[socket.socket] = [listening]
    Server(uvicorn.Config(app, **options), announcement).run(sockets=list(sockets))
