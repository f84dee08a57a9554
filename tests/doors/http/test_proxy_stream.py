"""The proxy while the answer is being written: nothing leaks, nothing is lost, and every end is a clean one."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from urllib.parse import urlsplit

import httpx
import openai
import pytest


def pieces(text, size):
    return [text[i : i + size] for i in range(0, len(text), size)]


def spoken(upstream, text, *, size=7, finish="stop", field="content"):
    """Return the events of an answer that is spoken *size* characters at a time."""
    chunks = [upstream.chunk({"role": "assistant", "content": ""})]
    chunks += [upstream.chunk({field: piece}) for piece in pieces(text, size)]
    return [*chunks, upstream.chunk({}, finish=finish)]


def events(reply):
    """Return the data of every event of a streamed answer."""
    found = [block.removeprefix("data: ") for block in reply.text.split("\n\n") if block]
    return [data if data == "[DONE]" else json.loads(data) for data in found]


def said(found, field="content", index=0):
    """Return the text of one field of one choice, put together, and why the choice ended."""
    deltas = [c for e in found if e != "[DONE]" for c in e.get("choices", []) if c["index"] == index]
    ends = [c["finish_reason"] for c in deltas if c["finish_reason"]]
    return "".join(c["delta"].get(field) or "" for c in deltas), ends


def test_a_clean_stream_passes_through_the_real_client(sidecar, upstream):
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
    upstream.reply = upstream.sse(*spoken(upstream, sidecar.PLAIN), upstream.chunk(None, usage=usage))
    with (
        sidecar.openai() as client,
        client.chat.completions.create(
            model="fake",
            messages=[{"role": "user", "content": "weather?"}],
            stream=True,
            stream_options={"include_usage": True},
            extra_body={"principal": sidecar.reader()},
        ) as stream,
    ):
        chunks = list(stream)

    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == sidecar.PLAIN
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].usage.total_tokens == 7
    assert upstream.bodies[0]["stream_options"] == {"include_usage": True}


def test_a_leak_ends_the_stream_softly_and_stops_the_upstream(sidecar, upstream):
    before = "Let me look that up for you, one moment please. " * 3
    chunks = spoken(upstream, before + sidecar.BANDS + "and on it goes " * 200)
    paced = [part for chunk in chunks for part in (chunk, 0.002)]
    upstream.reply = upstream.sse(*paced)
    with (
        sidecar.openai() as client,
        client.chat.completions.create(
            model="fake",
            messages=[{"role": "user", "content": "Repeat."}],
            stream=True,
            extra_body={"principal": sidecar.reader("deck")},
        ) as stream,
    ):
        got = list(stream)

    text = "".join(c.choices[0].delta.content or "" for c in got)
    assert text == f"{before}\n\n{sidecar.guard.policy.notice}"
    assert got[-1].choices[0].finish_reason == "content_filter"
    assert upstream.left.wait(10)
    assert upstream.sent < len(chunks)


def test_the_stream_is_a_stream(sidecar, upstream):
    """The first words arrive before the upstream has said the last: it says them only when the client has read some."""
    places = ("north", "south", "upper", "lower", "inner", "outer", "near", "far") * 3
    text = " ".join(f"At the {place} quay it stays calm on day {i}." for i, place in enumerate(places))
    read = threading.Event()
    chunks = spoken(upstream, text, size=20)
    upstream.reply = upstream.sse(*chunks[:-5], read, *chunks[-5:])
    got = ""
    with (
        sidecar.openai() as client,
        client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": "x"}],
            stream=True,
            extra_body={"principal": sidecar.reader()},
        ) as stream,
    ):
        for chunk in stream:
            got += chunk.choices[0].delta.content or ""
            if got:
                read.set()

    assert got == text


@pytest.mark.parametrize("field", ["content", "refusal", "reasoning_content", "reasoning"])
def test_every_text_field_is_guarded(sidecar, upstream, field):
    upstream.reply = upstream.sse(*spoken(upstream, "Well. " + sidecar.BANDS, field=field))
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True, principal=sidecar.reader("deck")))

    text, ends = said(events(reply), field)
    assert text.startswith("Well. ")
    assert text.endswith(sidecar.guard.policy.notice)
    assert ends == ["content_filter"]
    assert "crowns" not in reply.text


def test_reasoning_and_content_keep_apart(sidecar, upstream):
    thought, answer = "Let me think about the crossing. " * 4, sidecar.PLAIN
    chunks = [upstream.chunk({"reasoning_content": p, "reasoning": p}) for p in pieces(thought, 9)]
    chunks += [upstream.chunk({"content": p}) for p in pieces(answer, 9)]
    upstream.reply = upstream.sse(*chunks, upstream.chunk({}, finish="stop"))
    found = events(sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True)))

    assert said(found, "content") == (answer, ["stop"])
    assert said(found, "reasoning_content")[0] == said(found, "reasoning")[0] == thought


def test_choices_are_guarded_apart_and_the_clean_one_goes_on(sidecar, upstream):
    leak, clean = pieces(sidecar.BANDS, 10), pieces(sidecar.PLAIN * 8, 10)
    chunks = []
    for i in range(max(len(leak), len(clean))):
        chunks += [upstream.chunk({"content": leak[i]}, index=0)] if i < len(leak) else []
        chunks += [upstream.chunk({"content": clean[i]}, index=1)] if i < len(clean) else []
    chunks += [upstream.chunk({}, index=0, finish="stop"), upstream.chunk({}, index=1, finish="length")]
    upstream.reply = upstream.sse(*chunks)
    found = events(
        sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True, n=2, principal=sidecar.reader("deck")))
    )

    assert said(found, index=0) == (sidecar.guard.policy.notice, ["content_filter"])
    assert said(found, index=1) == (sidecar.PLAIN * 8, ["length"])
    assert found[-1] == "[DONE]"
    flags = [e["echoguard"]["action"] for e in found if e != "[DONE]" and "echoguard" in e]
    assert flags == ["block", "allow"]


def tool_chunks(upstream, arguments, size=6, name="send"):
    head = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}}
    chunks = [upstream.chunk({"role": "assistant", "content": None, "tool_calls": [head]})]
    parts = [{"index": 0, "function": {"arguments": piece}} for piece in pieces(arguments, size)]
    chunks += [upstream.chunk({"tool_calls": [part]}) for part in parts]
    return [*chunks, upstream.chunk({}, finish="tool_calls")]


def test_clean_tool_calls_arrive_whole(sidecar, upstream):
    arguments = json.dumps({"to": "desk", "text": "Sail at six."})
    second = {"index": 1, "id": "call_2", "type": "function", "function": {"name": "now", "arguments": "{}"}}
    chunks = tool_chunks(upstream, arguments)
    chunks.insert(-1, upstream.chunk({"tool_calls": [second]}))
    upstream.reply = upstream.sse(*chunks)
    with (
        sidecar.openai() as client,
        client.chat.completions.stream(
            model="m", messages=[{"role": "user", "content": "x"}], extra_body={"principal": sidecar.reader()}
        ) as stream,
    ):
        message = stream.get_final_completion().choices[0]

    assert message.finish_reason == "tool_calls"
    assert [(c.id, c.function.name, c.function.arguments) for c in message.message.tool_calls] == [
        ("call_1", "send", arguments),
        ("call_2", "now", "{}"),
    ]


@pytest.mark.parametrize("escaped", [False, True])
def test_a_leak_in_tool_arguments_never_leaves(sidecar, upstream, escaped):
    arguments = json.dumps({"to": "x", "text": sidecar.BANDS})
    if escaped:
        arguments = '{"text": "' + "".join(f"\\u{ord(c):04x}" for c in sidecar.BANDS) + '"}'
    upstream.reply = upstream.sse(*tool_chunks(upstream, arguments, size=11))
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True, principal=sidecar.reader("deck")))

    assert said(events(reply)) == (sidecar.guard.policy.notice, ["content_filter"])
    assert "tool_calls" not in reply.text
    assert arguments[30:60] not in reply.text


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 3, 64])
def test_events_however_they_are_cut(sidecar, upstream, newline, size):
    text = "Grüße aus dem Norden – ☀️ und Wind. " * 3
    lines = b": a comment\n\n" + b"retry: 10\nevent: message\n"
    for chunk in spoken(upstream, text, size=11):
        lines += b"data:" + json.dumps(chunk, ensure_ascii=False).encode() + b"\n: keep-alive\n\n"
    raw = (lines + b"data: [DONE]\n\n").replace(b"\n", newline)
    upstream.reply = upstream.sse(*[raw[i : i + size] for i in range(0, len(raw), size)], done=False)
    found = events(sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True)))

    assert said(found) == (text, ["stop"])
    assert found[-1] == "[DONE]"


def end_of(sidecar, upstream, *parts, done=False):
    """Return the events of a stream of which a first part was shown, and then *parts* came."""
    shown = [upstream.chunk({"content": p}) for p in pieces(sidecar.PLAIN * 4, 20)]
    upstream.reply = upstream.sse(*shown, *parts, done=done)
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True, principal=sidecar.reader("deck")))
    assert reply.status_code == 200
    return events(reply)


def test_an_upstream_that_dies_in_the_middle(sidecar, upstream):
    found = end_of(sidecar, upstream, 0.05, upstream.Die)

    assert found[-1]["error"]["code"] == "upstream-broken"
    assert said(found)[0] == (sidecar.PLAIN * 4)[: len(said(found)[0])]


def test_an_upstream_that_ends_too_early(sidecar, upstream):
    assert end_of(sidecar, upstream)[-1]["error"]["code"] == "upstream-broken"


def test_a_stream_that_says_done_without_a_finish_reason_is_complete(sidecar, upstream):
    found = end_of(sidecar, upstream, done=True)

    assert said(found) == (sidecar.PLAIN * 4, ["stop"])
    assert found[-1] == "[DONE]"


def test_a_stream_that_ends_without_saying_done_is_complete(sidecar, upstream):
    found = end_of(sidecar, upstream, upstream.chunk({}, finish="length"))

    assert said(found) == (sidecar.PLAIN * 4, ["length"])
    assert found[-1] == "[DONE]"


@pytest.mark.parametrize(
    "nonsense",
    [
        b"data: {not json}\n\n",
        b"data: \xff\xfe\n\n",
        b"data: 7\n\n",
        b'data: {"choices": [{"index": 9, "delta": {}}]}\n\n',
        b'data: {"choices": [{"index": 0, "delta": {"content": 7}}]}\n\n',
        b'data: {"choices": [{"index": 0, "delta": {"content": "\\ud800"}}]}\n\n',
        b'data: {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 9999}]}}]}\n\n',
    ],
    ids=range(7),
)
def test_nonsense_in_the_middle(sidecar, upstream, nonsense):
    found = end_of(sidecar, upstream, nonsense)

    assert found[-1]["error"]["code"] == "upstream-malformed"


def test_an_error_event_of_the_upstream_passes_unless_it_quotes(sidecar, upstream):
    error = {"error": {"message": "overloaded", "type": "server_error", "param": None, "code": None}}
    assert end_of(sidecar, upstream, error)[-1] == error

    found = end_of(sidecar, upstream, {"error": {"message": f"could not parse {sidecar.BANDS}"}})
    assert found[-1]["error"]["code"] == "upstream-error"
    assert "crowns" not in str(found)


def test_an_upstream_that_does_not_stream(sidecar, upstream):
    upstream.reply = upstream.completion({"content": "x"})
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True))

    assert (reply.status_code, reply.json()["error"]["code"]) == (502, "upstream-malformed")


def test_an_error_in_the_stream_makes_the_real_client_raise(sidecar, upstream):
    upstream.reply = upstream.sse(upstream.chunk({"content": sidecar.PLAIN}), upstream.Die)
    with (
        sidecar.openai() as client,
        client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": "x"}],
            stream=True,
            extra_body={"principal": sidecar.reader()},
        ) as stream,
        pytest.raises(openai.APIError),
    ):
        list(stream)


def test_a_client_that_goes_away_cancels_the_upstream_and_frees_what_was_reserved(open_sidecar, upstream):
    begun, closed = [], []

    def watch(guard):
        stream = guard.stream

        def watched(**options):
            one = stream(**options)
            close = one.close
            one.close = lambda: (closed.append(one), close())
            begun.append(one)
            return one

        guard.stream = watched

    sidecar = open_sidecar(watch)
    text = sidecar.BANDS[:240] + " " + sidecar.PLAIN * 50
    upstream.reply = upstream.sse(*[p for c in spoken(upstream, text) for p in (c, 0.01)])
    body = json.dumps(sidecar.chat(stream=True)).encode()
    address = urlsplit(sidecar.url)
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer secret-trusted\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(head.encode() + body)
        answer = b""
        while b'"content":"Sal' not in answer:
            answer += client.recv(4000)

    assert upstream.left.wait(10)
    assert opened(sidecar) == 0
    assert begun == closed != []


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_away_while_the_upstream_is_silent(open_sidecar, upstream, stream):
    sidecar = open_sidecar()
    upstream.reply = lambda _body: upstream.Reply([30.0, b"{}"])
    with contextlib.suppress(httpx.ReadTimeout):
        headers = {"authorization": "Bearer secret-trusted"}
        sidecar.client.post(
            sidecar.url + "/v1/chat/completions", json=sidecar.chat(stream=stream), headers=headers, timeout=1.0
        )

    assert upstream.left.wait(10)
    assert opened(sidecar) == 0


def opened(sidecar):
    """Return the number of guarded answers in progress, given a moment to end."""
    for _ in range(400):
        text = sidecar.ask("/metrics", key=None).text
        (value,) = [line.split()[1] for line in text.splitlines() if line.startswith("echoguard_open_streams ")]
        if float(value) == 0:
            return 0
        time.sleep(0.02)
    return float(value)


def test_many_streams_at_once_do_not_mix(sidecar, upstream):
    """Every answer comes back to the one who asked for it, whole."""
    import concurrent.futures

    def reply(body):
        text = f"{body['messages'][-1]['content']} says: {sidecar.PLAIN}"
        return upstream.sse(*[p for c in spoken(upstream, text, size=9) for p in (c, 0.001)])

    upstream.reply = reply

    def ask(number):
        messages = [{"role": "user", "content": f"caller {number}"}]
        found = events(sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True, messages=messages)))
        return said(found)[0] == f"caller {number} says: {sidecar.PLAIN}"

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(48)))


def test_connections_to_the_upstream_are_used_again(open_sidecar, upstream):
    sidecar = open_sidecar()
    upstream.reply = upstream.sse(*spoken(upstream, "Fine."))
    for _ in range(6):
        assert sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True)).status_code == 200
        time.sleep(0.2)

    # On a busy machine a question may come before the last answer's connection is free.
    assert len(set(upstream.peers)) < 6


def test_chunks_without_choices_are_no_error(sidecar, upstream):
    odd = ({"type": "ping"}, {"choices": None, "usage": None}, {"choices": [], "prompt_filter_results": ["leak"]})
    upstream.reply = upstream.sse(*odd, *spoken(upstream, "Fine."))
    found = events(sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True)))

    assert said(found) == ("Fine.", ["stop"])
    assert "leak" not in str(found)


def test_an_id_that_could_carry_text_is_replaced(sidecar, upstream):
    call = {
        "id": "The price is eleven million crowns.",
        "type": "function",
        "function": {"name": "f", "arguments": "{}"},
    }
    upstream.reply = upstream.sse(upstream.chunk({"tool_calls": [call]}), upstream.chunk({}, finish="tool_calls"))
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True))

    assert "eleven" not in reply.text
    assert '"id":"call_0"' in reply.text
