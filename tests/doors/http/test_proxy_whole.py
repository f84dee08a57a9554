"""The proxy with whole answers: the real OpenAI client in front, an upstream behind."""

from __future__ import annotations

import json
import re
import time

import openai
import pytest


def test_a_clean_answer_passes_unchanged(sidecar, upstream):
    with sidecar.openai() as client:
        answer = client.chat.completions.create(
            model="fake",
            messages=[{"role": "user", "content": "How is the weather?"}],
            temperature=0.25,
            extra_body={"principal": sidecar.reader(), "mystery": {"kept": [1, 2.5, None]}},
        )

    assert answer.choices[0].message.content == sidecar.PLAIN
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == 16
    (sent,) = upstream.bodies
    assert (sent["temperature"], sent["mystery"]) == (0.25, {"kept": [1, 2.5, None]})
    assert "principal" not in sent
    assert upstream.headers[0]["authorization"] == "Bearer upstream-key"
    assert "secret-trusted" not in str(upstream.headers)


def test_a_leak_becomes_a_completion_that_says_so(sidecar, upstream):
    upstream.reply = upstream.completion({"content": f"Sure, here it is. {sidecar.BANDS}"})
    with sidecar.openai() as client:
        answer = client.chat.completions.with_raw_response.create(
            model="fake",
            messages=[{"role": "user", "content": "Repeat everything."}],
            extra_body={"principal": sidecar.reader("deck")},
            extra_headers={"x-request-id": "my-request"},
        )
    parsed = answer.parse()

    assert parsed.choices[0].finish_reason == "content_filter"
    assert parsed.choices[0].message.content == f"Sure, here it is. \n\n{sidecar.guard.policy.notice}"
    assert answer.headers["x-echoguard-action"] == "block"
    assert answer.headers["x-request-id"] == "my-request"
    assert answer.http_response.json()["echoguard"] == {"action": "block"}


def test_the_principal_of_a_bound_key_counts(sidecar, upstream):
    upstream.reply = upstream.completion({"content": sidecar.BANDS[:100]})
    seen = {}
    for key in ("ann", "bob"):
        with sidecar.openai(key) as client:
            seen[key] = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "pay?"}])

    assert seen["ann"].choices[0].message.content == sidecar.BANDS[:100]
    assert seen["bob"].choices[0].message.content == sidecar.guard.policy.notice


def test_the_question_exempts_nothing_in_the_proxy(sidecar, upstream):
    """The user message may carry what a retriever found, and clients can forge history."""
    upstream.reply = upstream.completion({"content": sidecar.BANDS[:150]})
    messages = [{"role": "user", "content": f"Context: {sidecar.BANDS} What do officers earn?"}]
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(messages=messages, principal=sidecar.reader("deck")))

    assert reply.json()["choices"][0]["finish_reason"] == "content_filter"
    assert "crowns" not in reply.text


def test_every_choice_is_guarded_on_its_own(sidecar, upstream):
    upstream.reply = upstream.completion({"content": sidecar.PLAIN}, {"content": sidecar.BANDS}, {"content": "Fine."})
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(n=3, principal=sidecar.reader("deck")))

    choices = reply.json()["choices"]
    assert [c["finish_reason"] for c in choices] == ["stop", "content_filter", "stop"]
    assert [c["message"]["content"] for c in choices] == [sidecar.PLAIN, sidecar.guard.policy.notice, "Fine."]
    assert reply.headers["x-echoguard-action"] == "block"


@pytest.mark.parametrize(
    "message",
    [
        {"content": "{}"},
        {"content": [{"type": "text", "text": "{}"}]},
        {"content": [{"type": "text", "text": "{}"[:40]}, {"type": "text", "text": "{}"[40:]}]},
        {"content": None, "refusal": "{}"},
        {"content": "Fine.", "reasoning_content": "{}"},
        {"content": "Fine.", "reasoning": "{}"},
        {
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"content": None, "tool_calls": [{"id": "1", "type": "custom", "custom": {"name": "f", "input": "{}"}}]},
        {"content": None, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "{}", "arguments": ""}}]},
        {"content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"content": "Fine.", "audio": {"id": "a", "transcript": "{}", "data": "", "expires_at": 1}},
        {"content": "Fine.", "annotations": [{"type": "x", "text": "{}"}], "anything_else": "{}"},
        {"content": "Fine.", "reasoning_details": [{"text": "{}"}]},
    ],
    ids=range(13),
)
def test_no_way_of_saying_it_gets_through(sidecar, upstream, message):
    quoted = json.loads(json.dumps(message).replace('"{}"', json.dumps(sidecar.BANDS)))
    upstream.reply = upstream.completion(quoted)
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(principal=sidecar.reader("deck")))

    assert reply.status_code == 200
    for words in ("forty-one thousand", "retention premium", "Oskarshamn"):
        assert words not in reply.text


def test_what_is_beside_the_text_does_not_leave(sidecar, upstream):
    logprobs = {"content": [{"token": "leak", "logprob": -0.1, "bytes": [1], "top_logprobs": []}]}
    body = json.loads(upstream.completion({"content": "Fine."}).parts[0])
    body["choices"][0] |= {"logprobs": logprobs, "token_ids": [1], "stop_reason": "leak"}
    body |= {
        "prompt_logprobs": [{"leak": 1}],
        "usage": {"total_tokens": 3, "note": "leak", "details": {"x": 1, "y": "leak"}},
    }
    upstream.reply = upstream.Reply([json.dumps(body).encode()])
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(logprobs=True, top_logprobs=5))

    assert "leak" not in reply.text
    assert reply.json()["usage"] == {"total_tokens": 3, "details": {"x": 1}}
    assert reply.json()["choices"][0]["logprobs"] is None
    assert not {"logprobs", "top_logprobs"} & set(upstream.bodies[0])


def test_clean_tool_calls_pass_and_their_arguments_are_read_unescaped(sidecar, upstream):
    arguments = json.dumps({"to": "desk", "note": "Sail at six"})
    call = {"id": "call_1", "type": "function", "function": {"name": "send", "arguments": arguments}}
    upstream.reply = upstream.completion({"content": None, "tool_calls": [call]}, finish="tool_calls")
    with sidecar.openai() as client:
        answer = client.chat.completions.create(
            model="fake",
            messages=[{"role": "user", "content": "Tell the desk."}],
            extra_body={"principal": sidecar.reader()},
        )
    assert answer.choices[0].finish_reason == "tool_calls"
    assert answer.choices[0].message.tool_calls[0].function.arguments == arguments

    hidden = '{"note": "' + "".join(f"\\u{ord(c):04x}" for c in sidecar.BANDS[:300]) + '"}'
    call["function"]["arguments"] = hidden
    upstream.reply = upstream.completion({"content": "Sending.", "tool_calls": [call]}, finish="tool_calls")
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(principal=sidecar.reader("deck")))
    choice = reply.json()["choices"][0]
    assert choice["finish_reason"] == "content_filter"
    assert "tool_calls" not in choice["message"]
    assert choice["message"]["content"] == f"Sending.\n\n{sidecar.guard.policy.notice}"
    assert hidden[:60] not in reply.text


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (529, openai.InternalServerError),
    ],
)
def test_an_upstream_s_error_passes_as_it_is(sidecar, upstream, status, error):
    body = {"error": {"message": "Of the upstream's own making.", "type": "t", "param": "p", "code": "c"}}
    upstream.reply = upstream.Reply([json.dumps(body).encode()], status=status, headers={"retry-after": "7"})
    with sidecar.openai() as client, pytest.raises(error) as raised:
        client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": "x"}],
            stream=True,
            extra_body={"principal": sidecar.reader()},
        )

    assert raised.value.status_code == status
    assert raised.value.body == body["error"]
    assert raised.value.response.headers["retry-after"] == "7"


def test_an_upstream_s_error_that_quotes_the_answer_is_withheld(sidecar, upstream):
    body = {"error": {"message": f"cannot parse: {sidecar.BANDS}"}}
    upstream.reply = upstream.Reply([json.dumps(body).encode()], status=500)
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(principal=sidecar.reader("deck")))

    assert reply.status_code == 500
    assert "crowns" not in reply.text
    assert reply.json()["error"]["code"] == "upstream-error"


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ({"parts": [b"not json"]}, 502),
        ({"parts": [b"[]"]}, 502),
        ({"parts": [b'{"choices": 7}']}, 502),
        ({"parts": [b'{"choices": [7]}']}, 502),
        ({"parts": [b'{"choices": [{"index": 5, "message": {"content": "x"}}]}']}, 502),
        ({"parts": [b'{"choices": [{"message": {"content": 7}}]}']}, 502),
        ({"parts": [b'{"choices": [{"message": {"tool_calls": 7}}]}']}, 502),
        ({"parts": [b'{"choices": [{"message": {"content": "\\ud800"}}]}']}, 502),
        ({"parts": [b"<html>bad gateway</html>"], "status": 502, "kind": "text/html"}, 502),
        ({"parts": [b'{"error": {"message": "Incorrect API key: upstream-key"}}'], "status": 401}, 502),
        ({"parts": [b""], "status": 302, "headers": {"location": "http://127.0.0.1:1/"}}, 502),
    ],
    ids=range(11),
)
def test_an_upstream_that_talks_nonsense(sidecar, upstream, reply, status):
    upstream.reply = upstream.Reply(**reply)
    answer = sidecar.ask("/v1/chat/completions", sidecar.chat())

    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert "upstream-key" not in answer.text


def test_an_upstream_that_dies(sidecar, upstream):
    upstream.reply = upstream.Reply([b'{"choices": [', upstream.Die])

    assert sidecar.ask("/v1/chat/completions", sidecar.chat()).status_code == 502


def test_an_upstream_that_cannot_be_reached_or_is_too_slow(open_sidecar, settings, upstream):
    from dataclasses import replace

    (fake,) = settings.upstreams
    nobody = replace(fake, name="nobody", base_url="http://127.0.0.1:9/v1", models=("nobody",))
    hasty = replace(fake, timeout=0.3)
    sidecar = open_sidecar(upstreams=(hasty, nobody))

    assert sidecar.ask("/v1/chat/completions", sidecar.chat(model="nobody")).status_code == 502
    for parts in ([15.0, b"{}"], [b"{", 0.2, b"}", *(0.2, b" ") * 60]):
        upstream.reply = upstream.Reply(parts)
        began = time.monotonic()
        assert sidecar.ask("/v1/chat/completions", sidecar.chat(model="x")).status_code == 504
        assert time.monotonic() - began < 6


def test_no_upstream_names_the_setting(open_sidecar):
    sidecar = open_sidecar(upstreams=())
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat())

    assert reply.status_code == 503
    assert "[[upstream]]" in reply.json()["error"]["message"]
    assert sidecar.ask("/v1/check", {"answer": "x"}).status_code == 200


def test_upstreams_are_chosen_by_model(open_sidecar, settings, upstream):
    from dataclasses import replace

    (fake,) = settings.upstreams
    other = replace(fake, name="other", api_key="other-key", models=("large", "larger"))
    sidecar = open_sidecar(upstreams=(fake, other))
    for model in ("large", "anything", None):
        body = sidecar.chat(model=model) if model else {k: v for k, v in sidecar.chat().items() if k != "model"}
        assert sidecar.ask("/v1/chat/completions", body).status_code == 200

    sent = [headers.get("authorization") for headers in upstream.headers]
    assert sent == ["Bearer other-key", "Bearer upstream-key", "Bearer upstream-key"]
    with sidecar.openai() as client:
        assert {m.id: m.owned_by for m in client.models.list()} == {
            "fake-small": "fake", "fake-large": "fake", "large": "other", "larger": "other"
        }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "zebra"}, "messages"),
        ({"messages": ["zebra"]}, "messages"),
        ({"n": 0}, "n"),
        ({"n": 10_000}, "n"),
        ({"n": True}, "n"),
        ({"n": "2"}, "n"),
        ({"stream": "yes"}, "stream"),
        ({"stream": 1}, "stream"),
        ({"stream": {}}, "stream"),
        ({"model": 7}, "model"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"principal": "zebra"}, "principal"),
        ({"principal": {"zebra": 1}}, "principal"),
    ],
)
def test_a_chat_request_that_is_none(sidecar, upstream, change, param):
    reply = sidecar.ask("/v1/chat/completions", sidecar.chat(**change))

    assert reply.status_code == 400
    assert reply.json()["error"]["param"] == param
    assert "zebra" not in reply.text
    assert upstream.bodies == []


def test_many_messages_and_odd_ones(sidecar, upstream):
    messages = [{"role": "user", "content": "hello"}] * 10_000
    assert sidecar.ask("/v1/chat/completions", sidecar.chat(messages=messages)).status_code == 200
    for message in ({}, {"role": 7}, {"role": "user"}, {"role": "user", "content": [1, {"text": 7}, {"text": "x"}]}):
        assert sidecar.ask("/v1/chat/completions", sidecar.chat(messages=[message])).status_code == 200


def test_a_throttled_question_never_reaches_the_upstream(open_sidecar, upstream):
    sidecar = open_sidecar()
    slow = sidecar.reader() | {"tier": "slow"}
    with sidecar.openai() as client:
        ask = {"model": "m", "messages": [{"role": "user", "content": "x"}], "extra_body": {"principal": slow}}
        client.chat.completions.create(**ask)
        with pytest.raises(openai.RateLimitError) as raised:
            client.chat.completions.create(**ask)

    headers = raised.value.response.headers
    assert int(headers["retry-after"]) >= 1
    assert int(headers["retry-after-ms"]) > 0
    assert headers["x-ratelimit-limit-requests"] == "1"
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert (raised.value.code, raised.value.type) == ("rate_limit_exceeded", "rate_limit_error")
    assert len(upstream.bodies) == 1


def test_many_long_answers_count_as_many_questions(open_sidecar, upstream):
    sidecar = open_sidecar()
    reader = sidecar.reader()

    def left(**wanted):
        # Of the day, for a minute may pass on a slow machine.
        reply = sidecar.ask("/v1/chat/completions", sidecar.chat(principal=reader, **wanted))
        return int(re.search(r'"user-day";r=(\d+)', reply.headers["ratelimit"])[1])

    before = left()
    assert before - left(n=3) == 3
    assert before - left(max_tokens=4001) == 3 + 3
    assert before - left(max_tokens="many") == 3 + 3 + 1


def test_a_guard_that_cannot_judge_withholds_the_answer(open_sidecar, upstream):
    class Broken:
        name = "broken"

        def detect(self, answer):
            raise RuntimeError(answer)

        def settled(self, answer):
            raise RuntimeError(answer)

    def break_it(guard):
        guard.detectors = (Broken(),)

    sidecar = open_sidecar(break_it)
    whole, streamed = upstream.completion({"content": "x"}), upstream.sse(upstream.chunk({"content": sidecar.PLAIN}))
    for stream, upstream.reply in ((False, whole), (True, streamed)):
        reply = sidecar.ask("/v1/chat/completions", sidecar.chat(stream=stream))
        assert "sunscreen" not in reply.text
        assert '"code":"unavailable"' in reply.text
        assert stream or reply.status_code == 503


@pytest.mark.parametrize(
    ("messages", "question"),
    [
        ([{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}], "one"),
        (
            [{"role": "user", "content": "one"}, {"role": "user", "content": "two"}, {"role": "tool", "content": "3"}],
            "two",
        ),
        ([{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}, {"text": "b"}]}], "a\nb"),
        ([{"role": "system", "content": "one"}], ""),
    ],
)
def test_the_last_user_message_is_what_is_admitted(open_sidecar, upstream, messages, question):
    asked = []

    def watch(guard):
        admit = guard.admit
        guard.admit = lambda text, *rest, **options: asked.append(text) or admit(text, *rest, **options)

    sidecar = open_sidecar(watch)
    assert sidecar.ask("/v1/chat/completions", sidecar.chat(messages=messages)).status_code == 200
    assert asked == [question]
