"""``echoguard serve`` as a process, and the server's patience with clients that do not say what they want."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import uvicorn

from guard.doors.http.app import create_app
from guard.doors.http.listening import PatientProtocol
from guard.doors.http.serve import bound, is_loopback, serve
from guard.errors import ConfigError
from guard.settings import Settings


def start(tmp_path, *options):
    command = [sys.executable, "-m", "guard.doors.cli.main", "serve", *options]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ECHOGUARD")}
    return subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_without_a_file_and_ends_cleanly(tmp_path, number, sidecar):
    with start(tmp_path, "--port", "0") as process:
        try:
            line = process.stderr.readline()
            url = re.fullmatch(r"echoguard serves on (http://127\.0\.0\.1:\d+) \(.*everybody is anonymous\)\n", line)
            assert url is not None, line
            reply = sidecar.client.post(f"{url[1]}/v1/check", json={"answer": "Write to ann@harbour.example."})
            assert reply.json()["action"] == "redact"
            assert "server" not in reply.headers
        finally:
            process.send_signal(number)
        rest = process.stderr.read()
        assert process.wait(20) == 0
    assert "Traceback" not in rest
    assert "harbour" not in rest


@pytest.mark.slow
def test_a_port_in_use_is_one_line_and_no_success(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start(tmp_path, "--port", str(port)) as process:
            said = process.stderr.read()
            assert process.wait(20) != 0
    assert said.count("\n") == 1
    assert f"port {port} on 127.0.0.1 is in use" in said
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", "127.0.0.1.example.com"])
def test_without_keys_only_loopback_is_listened_on(host):
    assert not is_loopback(host)
    with pytest.raises(ConfigError, match="no keys are configured"):
        serve(Settings(), host=host, port=0)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback(host):
    assert is_loopback(host)


def test_addresses_that_cannot_be_listened_on():
    for host in ("nowhere.invalid", "192.0.2.1"):
        with pytest.raises(ConfigError, match=host):
            bound(host, 0)


@pytest.fixture
def hasty(sidecar):
    """The sidecar's application behind a server that waits a quarter of a second for a request's head."""

    class Hasty(PatientProtocol):
        header_seconds = 0.25
        rest_seconds = 0.25

    config = uvicorn.Config(create_app(sidecar.guard), http=Hasty, ws="none", log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    listening = bound("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()
    server.should_exit = True
    thread.join(10)
    listening.close()
    assert not thread.is_alive()


@pytest.mark.parametrize("sends", [b"", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_a_connection_that_sends_no_whole_head_is_closed(hasty, sends):
    with socket.create_connection(hasty, timeout=5) as client:
        began = time.monotonic()
        client.sendall(sends)
        assert client.recv(100) == b""
        assert time.monotonic() - began < 6


def test_a_head_that_drips_in_does_not_buy_time(hasty):
    with socket.create_connection(hasty, timeout=5) as client:
        began = time.monotonic()
        with pytest.raises((BrokenPipeError, ConnectionResetError, EOFError)):  # noqa: PT012 - it ends somewhere in there
            client.sendall(b"GET /healthz HTTP/1.1\r\n")
            while time.monotonic() - began < 8:
                client.sendall(b"X: y\r\n")
                time.sleep(0.05)
        assert time.monotonic() - began < 6


def test_a_body_that_nobody_wants_does_not_hold_the_connection(hasty):
    """The request was answered (401) from its head; what drips in after that buys no time."""
    with socket.create_connection(hasty, timeout=5) as client:
        began = time.monotonic()
        client.sendall(b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):  # noqa: PT012 - it ends somewhere in there
            while time.monotonic() - began < 8:
                client.sendall(b"x")
                time.sleep(0.05)
        assert time.monotonic() - began < 6


def test_patience_ends_with_the_head_and_begins_anew_with_the_next(hasty):
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(hasty, timeout=5) as client:
        for pause in (0.0, 0.4):
            time.sleep(pause)
            client.sendall(request)
            answer = b""
            while not answer.endswith(b'{"status":"ok"}'):
                answer += client.recv(2000)
            assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\r\n b\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=range(8),
)
def test_what_is_hardly_http(hasty, raw):
    with socket.create_connection(hasty, timeout=5) as client:
        client.sendall(raw)
        answer = client.recv(4000)
    assert b"Traceback" not in answer
    assert answer == b"" or answer.split(b" ")[1] in {b"200", b"400", b"403", b"404"}
