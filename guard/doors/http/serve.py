"""Listening: the checks before, the socket, and the server."""

from __future__ import annotations

import errno
import ipaddress
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

from guard.errors import ConfigError

if TYPE_CHECKING:
    from guard.settings import Settings


def is_loopback(host: str) -> bool:
    """Say whether *host* can only be reached from this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(settings: Settings, *, host: str | None = None, port: int | None = None) -> None:
    """
    Run the sidecar until the process is told to stop.

    Args:
        settings: The whole installation.
        host: Address to listen on instead of the settings'.
        port: Port to listen on instead of the settings'; 0 takes a free one.

    Raises:
        ConfigError: The address is not loopback and no keys are configured, or it cannot be listened on.
        GuardError: The guard cannot be opened.
        corpora.errors.CorpusError: A corpus cannot be opened.
    """
    server = replace(
        settings.server,
        host=settings.server.host if host is None else host,
        port=settings.server.port if port is None else port,
    )
    if not settings.keys and not is_loopback(server.host):
        raise ConfigError(
            f"server.host {server.host} can be reached from elsewhere and no keys are configured: "
            "add [keys.NAME], or listen on 127.0.0.1"
        )
    listening = bound(server.host, server.port)
    try:
        _run(replace(settings, server=server), listening)
    finally:
        listening.close()


def bound(host: str, port: int) -> socket.socket:
    """
    Return a socket bound to *host* and *port*.

    Raises:
        ConfigError: The port is taken or not allowed, or the host is none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError:
        raise ConfigError(f"server.host {host} is no address of this machine") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1)
    except OSError as error:
        listening.close()
        raise ConfigError(_why_not(error, host, port)) from None
    return listening


def _why_not(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} on {host} is in use; stop what listens there or choose another with --port"
        case errno.EACCES:
            return f"port {port} needs more rights than this process has; choose one above 1023 with --port"
        case _:
            return f"cannot listen on {host}, port {port}: {error.strerror}"


def _run(settings: Settings, listening: socket.socket) -> None:
    from guard.doors.http.app import create_app
    from guard.doors.http.listening import listen, log_to_stderr
    from guard.engine import Guard

    with Guard.open(settings) as guard:
        # The first answer must not wait for a model to load, and a missing model must show now.
        guard.warm()
        log_to_stderr()
        listen(create_app(guard), listening, f"echoguard serves on {_address(listening)} ({_inventory(settings)})")


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _inventory(settings: Settings) -> str:
    keys = f"{len(settings.keys)} keys" if settings.keys else "no keys: everybody is anonymous"
    return f"{len(settings.corpora)} corpora, {len(settings.upstreams)} upstreams, {keys}"
