"""Bad input over a real socket: one clear 4xx each, nothing of the input in it, no traceback anywhere."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

PATHS = ("/v1/check", "/v1/admit", "/v1/documents", "/v1/chat/completions")


def clear(reply, *statuses):
    """Say that *reply* is one clear problem of one of *statuses* that quotes nothing."""
    assert reply.status_code in statuses
    assert "Traceback" not in reply.text
    assert "zebra" not in reply.text
    body = reply.json()
    if "error" in body:
        assert body["error"]["message"]
        return body["error"]
    assert reply.headers["content-type"] == "application/problem+json"
    assert body["status"] == reply.status_code
    assert body["detail"]
    return body


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"zebra",
        b'{"answer": "zebra"',
        b'{"answer": "zebra"} trailing',
        b'{"answer": "\xff\xfe zebra"}',
        b'{"answer": "\\ud800 zebra"}',
        b'{"answer": "zebra", "temperature": NaN}',
        b'{"answer": "zebra", "temperature": Infinity}',
        b'{"a":' * 50_000,
        b"[" * 400 + b"]" * 400,
        b"\x00\x01\x02zebra",
        b"\xff\xfe{\x00}\x00",
    ],
    ids=range(12),
)
def test_what_is_no_json(sidecar, path, body):
    clear(sidecar.ask(path, body), 400)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", [[], "zebra", 7, None, True, {}, {"zebra": 1}, [{"answer": "zebra"}]])
def test_what_is_no_request(sidecar, path, body):
    clear(sidecar.ask(path, json.dumps(body).encode()), 400, 422)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answer": 7}, "answer"),
        ({"answer": None}, "answer"),
        ({"answer": ["zebra"]}, "answer"),
        ({"answer": ""}, None),
        ({"question": 7}, "question"),
        ({"context": "zebra"}, "context"),
        ({"context": [{"corpus": "zebra"}]}, "context.0.id"),
        ({"context": [{"corpus": "zebra", "id": 7}]}, "context.0.id"),
        ({"context": [{"corpus": "zebra", "id": "x" * 2000}]}, "context.0.id"),
        ({"context": [{"corpus": "zebra", "id": "x", "zebra": 1}]}, "context.0"),
        ({"principal": "zebra"}, "principal"),
        ({"principal": {"groups": "zebra"}}, "principal.groups"),
        ({"principal": {"groups": [7]}}, "principal.groups.0"),
        ({"principal": {"user": 7}}, "principal.user"),
        ({"principal": {"user": "x" * 5000}}, "principal.user"),
        ({"principal": {"zebra": "x"}}, "principal"),
        ({"request_id": "zebra\n"}, "request_id"),
        ({"request_id": "ze\u00e9bra"}, "request_id"),
        ({"request_id": "x" * 201}, "request_id"),
        ({"request_id": 7}, "request_id"),
        ({"record": "no"}, "record"),
        ({"record": 0}, "record"),
        ({"zebra": 1}, None),
    ],
)
def test_a_wrong_field_is_named(sidecar, change, field):
    problem = clear(sidecar.ask("/v1/check", {"answer": "x"} | change), 422)

    assert problem.get("field") == field


def test_too_large(sidecar):
    long = "word " * 1_000_000
    clear(sidecar.ask("/v1/check", {"answer": long}), 413)
    clear(sidecar.ask("/v1/check", {"answer": "x", "question": long[:300_000]}), 413)
    clear(sidecar.ask("/v1/admit", {"question": long[:300_000]}), 413)
    clear(sidecar.ask("/v1/documents", {"documents": [{"corpus": "c", "id": "i"}] * 1001}), 413, 422)
    chat = sidecar.chat(messages=[{"role": "user", "content": long[:300_000]}])
    clear(sidecar.ask("/v1/chat/completions", chat), 413)


def test_a_body_over_the_bound_is_cut_off_while_it_comes_in(open_sidecar, settings):
    from dataclasses import replace

    sidecar = open_sidecar(server=replace(settings.server, max_body=10_000))
    sent = 0

    def endless():
        nonlocal sent
        yield b'{"answer": "'
        for _ in range(1000):
            sent += 10_000
            yield b"zebra" * 2_000

    headers = {"authorization": "Bearer secret-trusted", "content-type": "application/json"}
    clear(sidecar.ask("/v1/check", {"answer": "zebra" * 4_000}), 413)
    try:
        reply = sidecar.client.post(sidecar.url + "/v1/check", content=endless(), headers=headers, timeout=20)
        clear(reply, 413)
    except httpx.WriteError:
        pass  # The connection was closed on us, which says the same.
    assert sent < 10_000_000


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_only_json_by_its_type(sidecar, kind):
    """A web page cannot send this type elsewhere without asking, and nobody agrees."""
    clear(sidecar.ask("/v1/check", {"answer": "zebra"}, headers={"content-type": kind}), 415)


def test_there_is_no_cors(sidecar):
    headers = {"origin": "https://zebra.example", "access-control-request-method": "POST"}
    reply = sidecar.client.options(sidecar.url + "/v1/check", headers=headers)

    clear(reply, 405)
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_unknown_paths_and_methods(sidecar):
    clear(sidecar.ask("/v1/zebra", {}), 404)
    clear(sidecar.ask("/zebra/../../etc/passwd"), 404)
    clear(sidecar.ask("/v1/check/", {}), 404)
    clear(sidecar.ask("/v1/check"), 405)
    clear(sidecar.client.delete(sidecar.url + "/healthz"), 405)


@pytest.mark.parametrize("value", ["x" * 201, "\u00e9", "a\tb"])
def test_a_request_id_that_is_none(sidecar, value):
    clear(sidecar.ask("/healthz", headers={"x-request-id": value.encode()}), 400)


def test_duplicate_keys_are_tolerable(sidecar):
    reply = sidecar.ask("/v1/check", b'{"answer": 7, "answer": "fine"}')

    assert reply.json()["text"] == "fine"


def test_every_answer_has_the_security_headers_and_no_server_header(sidecar):
    for reply in (
        sidecar.ask("/healthz"),
        sidecar.ask("/v1/check", {"answer": "x"}),
        sidecar.ask("/zebra"),
        sidecar.ask("/v1/check", b"{", key=None),
        sidecar.ask("/v1/chat/completions", sidecar.chat()),
        sidecar.ask("/healthz", headers={"x-request-id": "x" * 300}),
    ):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-request-id"]


def test_a_client_that_leaves_in_the_middle_of_its_body_harms_nobody(sidecar):
    address = urlsplit(sidecar.url)
    head = (
        b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer secret-trusted\r\nContent-Length: 1000\r\n\r\n"
    )
    for ending in (b"", b'{"answer": "zeb'):
        with socket.create_connection((address.hostname, address.port)) as half:
            half.sendall(head + ending)
            half.shutdown(socket.SHUT_WR)
    began = time.monotonic()
    assert sidecar.ask("/v1/check", {"answer": "x"}).status_code == 200
    assert time.monotonic() - began < 5


def test_an_unexpected_error_says_nothing(open_sidecar, caplog):
    sidecar = open_sidecar()
    sidecar.guard.settings = None
    reply = sidecar.ask("/v1/check", {"answer": "zebra", "principal": {"user": "zebra"}})

    clear(reply, 500)
    assert "AttributeError" in caplog.text
    assert "zebra" not in caplog.text
