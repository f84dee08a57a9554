"""Whatever is sent, nothing answers with a 5xx, and nothing that was sent comes back in an error."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard.doors.http.proxy.arguments import readable

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner))
FIELDS = st.sampled_from(["content", "refusal", "tool_calls", "reasoning", "function_call"])
BODIES = {
    "/v1/check": {"answer": "x", "question": "y", "context": [], "principal": {"user": "u"}, "request_id": "r"},
    "/v1/admit": {"question": "y", "principal": {"user": "u"}, "request_id": "r"},
    "/v1/documents": {"documents": [{"corpus": "c", "id": "i"}], "principal": {"user": "u"}, "question": "y"},
    "/v1/chat/completions": {
        "model": "m",
        "messages": [{"role": "user", "content": "y"}],
        "n": 1,
        "stream": False,
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "principal": {"user": "u"},
    },
}


@pytest.mark.parametrize("path", BODIES)
@FEW
@given(data=st.data())
def test_a_valid_body_with_one_thing_changed(sidecar, upstream, path, data):
    body = json.loads(json.dumps(BODIES[path]))
    place = body
    while True:
        name = data.draw(st.sampled_from(sorted(place)) if isinstance(place, dict) else st.integers(0, len(place) - 1))
        if not isinstance(place[name], dict | list) or not place[name] or data.draw(st.booleans()):
            break
        place = place[name]
    place[name] = data.draw(VALUES)
    reply = sidecar.ask(path, body)

    assert reply.status_code in {200, 400, 403, 413, 422}
    assert reply.status_code == 200 or len(reply.text) < 500


@pytest.mark.parametrize("path", BODIES)
@FEW
@given(raw=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes(sidecar, path, raw):
    assert sidecar.ask(path, raw).status_code in {400, 422}


@FEW
@given(
    message=st.dictionaries(st.sampled_from(["content", "refusal", "tool_calls", "reasoning", "function_call"]), VALUES)
)
def test_any_message_of_an_upstream(sidecar, upstream, message):
    """An upstream that answers nonsense is a 502, never a 500; streamed, it is an error event."""
    upstream.reply = upstream.completion(message)
    assert sidecar.ask("/v1/chat/completions", sidecar.chat()).status_code in {200, 502}
    upstream.reply = upstream.sse(upstream.chunk(message), upstream.chunk({}, finish="stop"))
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True))
    assert reply.status_code in {200, 502}
    assert '"code":"internal"' not in reply.text


@settings(max_examples=100, deadline=None)
@given(value=VALUES, ascii_only=st.booleans())
def test_every_string_of_tool_arguments_is_read(value, ascii_only):
    text = readable(json.dumps(value, ensure_ascii=ascii_only))

    def strings(inner):
        if isinstance(inner, str):
            yield inner
        elif isinstance(inner, list):
            for one in inner:
                yield from strings(one)
        elif isinstance(inner, dict):
            for name, one in inner.items():
                yield name
                yield from strings(one)

    for one in strings(value):
        assert one in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('{"a": "x", "a": "y"}', "a: x\na: y"),
        ('{"card": 4111111111111111, "ok": true}', "card: 4111111111111111\nok: true"),
        ('{"a": {"b": ["x", {"c": null}]}}', "a\nb\nx\nc: null"),
        ('"\\u0061\\ud83d\\ude00"', "a😀"),
        ('{"cut": "off \\u0061nd\\n\\"open', '{"cut": "off and\n"open'),
        ("\\ud83d\\ude00 \\ud83d", "😀 \ufffd"),
        ("[" * 5000, "[" * 5000),
        ("", ""),
    ],
)
def test_arguments_as_text(arguments, expected):
    assert readable(arguments) == expected
