"""The stream law through the proxy: however the upstream cuts its answer, what leaves is what a whole check shows."""

from __future__ import annotations

import asyncio
import json
import uuid
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guard import CheckRequest, Principal
from guard.doors.http.metrics import Metrics
from guard.doors.http.proxy.channels import Answer
from guard.doors.http.proxy.rewriting import ChunkRewriter, rewrite_completion
from guard.doors.http.proxy.sse import EventReader

METRICS = Metrics()
LINES = st.characters(exclude_categories=["Cs"], exclude_characters="\r")
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def someone(group):
    return Principal(user=f"user-{uuid.uuid4().hex}", tenant="acme", groups=frozenset({group}))


def parts_of(sidecar):
    """Return the building blocks of answers: harmless, quotable, forbidden, secret and personal."""
    return (
        sidecar.PLAIN,
        sidecar.FAQ,
        sidecar.BANDS[:200],
        sidecar.BANDS[100:500],
        sidecar.MINUTES[:160],
        "write to ann.lindqvist@harbour.example or call",
        "the key is ghp_" + "a1B2" * 9 + " for now",
        "Ünïcödé ☀️ 👩‍🚀 text",
        "\n\n- ",
        " and ",
    )


@st.composite
def cut(draw, text):
    """Cut *text* anywhere, empty pieces and single characters included."""
    places = draw(st.lists(st.integers(0, len(text)), max_size=40))
    edges = [0, *sorted(places), len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


async def streamed(guard, principal, deltas, field="content"):
    """Send *deltas* through the proxy's rewriting and return what leaves, why it ended, and the action."""
    answer = Answer(guard=guard, principal=principal, request_id="law", metrics=METRICS, endpoint="law")
    out = []
    async with answer:
        rewriter = ChunkRewriter(answer, wanted=1, known_tools=frozenset())
        for delta in deltas:
            out += await rewriter.take({"choices": [{"index": 0, "delta": {field: delta}, "finish_reason": None}]})
            if rewriter.over:
                break
        out += await rewriter.end()
    choices = [choice for chunk in out for choice in chunk["choices"]]
    text = "".join(choice["delta"].get(field, "") for choice in choices)
    flags = [chunk["echoguard"]["action"] for chunk in out if "echoguard" in chunk]
    return text, [c["finish_reason"] for c in choices if c["finish_reason"]], flags


@FEW
@given(data=st.data(), group=st.sampled_from(["hr", "deck", "board"]))
def test_every_way_of_cutting_gives_the_batch_text(sidecar, data, group):
    chosen = data.draw(st.lists(st.sampled_from(parts_of(sidecar)), min_size=1, max_size=4))
    text = " ".join(chosen)
    whole = sidecar.guard.check(CheckRequest(answer=text, principal=someone(group)))
    shown, reasons, flags = asyncio.run(streamed(sidecar.guard, someone(group), data.draw(cut(text))))

    assert shown == whole.text
    assert flags == [whole.action.word]
    assert reasons == ["content_filter" if whole.action.word == "block" else "stop"]


@FEW
@given(data=st.data(), field=st.sampled_from(["content", "refusal", "reasoning_content"]))
def test_a_whole_completion_shows_the_same(sidecar, data, field):
    text = " ".join(data.draw(st.lists(st.sampled_from(parts_of(sidecar)), min_size=1, max_size=3)))
    whole = sidecar.guard.check(CheckRequest(answer=text, principal=someone("hr")))

    async def ask():
        answer = Answer(guard=sidecar.guard, principal=someone("hr"), request_id="law", metrics=METRICS, endpoint="law")
        raw = {"choices": [{"message": {field: text}, "finish_reason": "stop"}]}
        async with answer:
            return await rewrite_completion(raw, answer, wanted=1, known_tools=frozenset())

    out, action = asyncio.run(ask())
    assert out["choices"][0]["message"][field] == whole.text
    assert action == whole.action


@pytest.mark.parametrize("size", [1, 2, 5, 17])
def test_fixed_cuts_over_the_wire(sidecar, upstream, size):
    text = f"{sidecar.PLAIN} {sidecar.BANDS[:200]} {sidecar.PLAIN} {sidecar.MINUTES}"
    whole = sidecar.guard.check(CheckRequest(answer=text, principal=someone("hr")))
    deltas = [upstream.chunk({"content": text[i : i + size]}) for i in range(0, len(text), size)]
    upstream.reply = upstream.sse(*deltas, upstream.chunk({}, finish="stop"))
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(stream=True, principal=sidecar.reader("hr")))

    chunks = [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: {")]
    assert "".join(c["choices"][0]["delta"].get("content", "") for c in chunks) == whole.text


@given(
    values=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1), max_size=5),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    data=st.data(),
)
@settings(max_examples=200, deadline=None)
def test_events_do_not_depend_on_how_bytes_are_cut(values, newline, data):
    lines = ["".join(f"data: {line}{newline}" for line in value.split("\n")) for value in values]
    raw = "".join(f": note{newline}{one}{newline}" for one in lines).encode()
    places = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=30)))
    edges = [0, *places, len(raw)]
    reader = EventReader()
    found = [event for a, b in pairwise(edges) for event in reader.feed(raw[a:b])]

    assert found == values


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_events_of_several_lines_byte_by_byte(newline):
    raw = b"data: a\ndata:\ndata: b\n\ndata: c\n\n".replace(b"\n", newline)
    reader = EventReader()

    assert [event for byte in raw for event in reader.feed(bytes([byte]))] == ["a\n\nb", "c"]
