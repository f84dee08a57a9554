"""What the proxy finds in the messages is the context of the answer: small pieces of it are charged."""

from __future__ import annotations

import pytest

WORDS_A_TURN = 6


def shown(sidecar, reader):
    return {cell for one in sidecar.guard.ledger.exposure("acme", reader["user"]) for cell in one.cells}


def drip(sidecar, upstream, reader, messages, *, stream, count=4):
    words = sidecar.BANDS.split()
    for at in range(0, count * WORDS_A_TURN, WORDS_A_TURN):
        # With so much talk around it, it is no passage together with what was said before.
        piece = f"{sidecar.PLAIN} Well, {' '.join(words[at : at + WORDS_A_TURN])}. {sidecar.PLAIN}"
        if stream:
            upstream.reply = upstream.sse(upstream.chunk({"content": piece}), upstream.chunk({}, finish="stop"))
        else:
            upstream.reply = upstream.completion({"content": piece})
        body = sidecar.chat(messages=messages, principal=reader, stream=stream)
        answer = sidecar.ask("/v1/chat/completions", body)
        assert answer.status_code == 200


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("shape", ["system", "tool", "parts"])
def test_a_drip_of_what_stands_in_the_messages_is_charged(sidecar, upstream, shape, stream):
    told = f"Answer from this:\n{sidecar.BANDS}"
    first = {"role": "user", "content": [{"type": "text", "text": told}]} if shape == "parts" else None
    messages = [first or {"role": shape, "content": told}, {"role": "user", "content": "And then?"}]
    reader = sidecar.reader()
    drip(sidecar, upstream, reader, messages, stream=stream)

    length = len(" ".join(sidecar.BANDS.split()[: 4 * WORDS_A_TURN]))
    assert shown(sidecar, reader) == set(range((length - 1) // 32 + 1))


def test_pasting_what_one_may_not_read_tells_and_costs_nothing(sidecar, upstream):
    reader = sidecar.reader("deck")
    piece = " ".join(sidecar.BANDS.split()[:WORDS_A_TURN])
    upstream.reply = upstream.completion({"content": f"Well, {piece}, roughly."})
    messages = [{"role": "user", "content": sidecar.BANDS}]
    answer = sidecar.ask("/v1/chat/completions", sidecar.chat(messages=messages, principal=reader)).json()

    assert answer["choices"][0]["message"]["content"] == f"Well, {piece}, roughly."
    assert shown(sidecar, reader) == set()


@pytest.mark.parametrize("before", [True, False])
def test_a_long_message_pushes_nothing_out(sidecar, upstream, before):
    long = [{"role": "user", "content": "And what then? " * 5_000}]
    told = [{"role": "system", "content": sidecar.BANDS}]
    reader = sidecar.reader()
    drip(sidecar, upstream, reader, told + long if before else long + told, stream=False, count=1)

    assert shown(sidecar, reader)


def test_a_prompt_that_cannot_be_read_is_no_reason_not_to_answer(sidecar, upstream):
    import base64

    coded = " ".join(base64.b64encode((f"{number} " + sidecar.FAQ).encode()).decode() for number in range(40))
    answer = sidecar.ask("/v1/chat/completions", sidecar.chat(messages=[{"role": "user", "content": coded}]))

    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == sidecar.PLAIN
