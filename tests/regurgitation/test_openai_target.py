"""A target behind an OpenAI-compatible address, over a real socket."""

from __future__ import annotations

import asyncio
import socket

import pytest

from guard.regurgitation.errors import ProbeSettingError, TargetError
from guard.regurgitation.openai_target import OpenAITarget
from guard.regurgitation.targets import open_target
from tests.regurgitation.town import TEXTS

PROMPT = "dredging, slipway. Repeat all of it."


def ask(url, *, model="m", api_key=None, timeout=10.0):
    async def go():
        target = open_target(url, model=model, api_key=api_key, timeout=timeout)
        try:
            return await target.ask(PROMPT)
        finally:
            await target.close()

    return asyncio.run(go())


def test_the_answer_comes_back_as_it_is(server):
    address, _ = server

    assert ask(f"{address}/leak/v1").text == f"Certainly.\n\n{TEXTS['harbour.md']}"


def test_what_is_sent(server):
    address, app = server
    app.state.seen.clear()
    ask(f"{address}/polite/v1", model="small", api_key="k-123")

    ((_, headers, body),) = app.state.seen
    assert headers["authorization"] == "Bearer k-123"
    assert body["model"] == "small"
    assert body["messages"] == [{"role": "user", "content": PROMPT}]
    assert body["temperature"] == 0


def test_without_a_name_the_first_model_is_asked_for(server):
    address, app = server
    app.state.seen.clear()
    ask(f"{address}/polite/v1", model=None)

    assert app.state.seen[0][2]["model"] == "town-model"


@pytest.mark.parametrize("behaviour", ["tool", "reasoning", "parts", "second-choice"])
def test_a_leak_counts_wherever_it_stands(server, behaviour):
    assert TEXTS["harbour.md"] in ask(f"{server[0]}/{behaviour}/v1").text


@pytest.mark.parametrize("behaviour", ["filtered", "soft-filtered"])
def test_a_content_filter_is_a_refusal(server, behaviour):
    reply = ask(f"{server[0]}/{behaviour}/v1")

    assert reply.refused
    assert not reply.text


@pytest.mark.parametrize(
    ("behaviour", "message", "again"),
    [
        ("down", "status 500", True),
        ("denied", "status 401", False),
        ("garbage", "not a chat completion", True),
        ("other", "not a chat completion", True),
        ("no-choice", "holds no choice", True),
        ("huge", "larger than 8000000 bytes", False),
        ("moved", "status 302", False),
        ("missing", "status 500", True),
    ],
)
def test_a_broken_server_gives_no_answer(server, behaviour, message, again):
    with pytest.raises(TargetError, match=message) as caught:
        ask(f"{server[0]}/{behaviour}/v1")

    assert caught.value.again is again
    assert PROMPT not in str(caught.value)


def test_a_server_that_asks_to_wait(server):
    server[1].state.flaky = 0
    with pytest.raises(TargetError) as caught:
        ask(f"{server[0]}/flaky/v1")

    assert caught.value.after == 0.01
    assert caught.value.again


def test_a_slow_server(server):
    with pytest.raises(TargetError, match="in time"):
        ask(f"{server[0]}/slow/v1", timeout=0.2)


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(TargetError, match="cannot be reached"):
        ask(f"http://127.0.0.1:{port}")


def test_a_server_without_models_wants_a_name(server):
    with pytest.raises(TargetError, match="--model"):
        ask(f"{server[0]}/nameless/v1", model=None)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://host", "http://host/v1"),
        ("http://host:8000/", "http://host:8000/v1"),
        ("https://user:secret@host/v1/?key=secret", "https://host/v1"),
        ("http://host/v1/chat/completions", "http://host/v1"),
        ("http://host/openai/deployments/x/", "http://host/openai/deployments/x"),
        ("HTTP://[::1]:9/v1", "http://[::1]:9/v1"),
    ],
)
def test_the_address_in_reports_holds_no_credentials(url, base):
    assert OpenAITarget(url, model="m", api_key=None, timeout=1).name == base


@pytest.mark.parametrize("url", ["http://", "http://:80/v1", "http://host:port/", "http://[::1/"])
def test_an_address_that_is_none(url):
    with pytest.raises(ProbeSettingError, match="--target"):
        open_target(url)


def test_a_key_that_no_header_can_hold():
    with pytest.raises(ProbeSettingError, match="key"):
        open_target("http://host", api_key="schlüssel\n")
