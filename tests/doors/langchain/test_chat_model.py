"""The guarded chat model: what is shown, how it is said, and that no handler hears more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.globals import set_llm_cache
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import LLMResult

from guard import CheckRequest, Guard, GuardUnavailable, Principal
from guard.doors.langchain import GuardedChatModel, one_request
from guard.errors import ConfigError, RequestError
from tests.doors.langchain.models import ScriptedModel, cut, saying
from tests.doors.langchain.texts import CONTRACT, HANDBOOK, leaked

LEAK = f"Of course, here is all of it. {CONTRACT} Anything else?"
FREE = "Trains go before flights, and your manager signs late claims. Is there anything else you would like to know?"


def guarded(model: Any, guard: Guard, principal: Principal, **changes: Any) -> GuardedChatModel:
    return GuardedChatModel(model=model, guard=guard, principal=principal, **changes)


def joined(chunks: list[AIMessageChunk]) -> AIMessageChunk:
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    return whole


def test_a_free_answer_is_unchanged(guard: Guard, bob: Principal) -> None:
    answer = guarded(saying(FREE), guard, bob).invoke("Trains?")

    assert answer.content == FREE
    assert isinstance(answer, AIMessage)
    assert answer.response_metadata["echoguard"]["action"] == "allow"
    assert answer.response_metadata["echoguard"]["reason"] == "ok"


def test_a_block_is_a_normal_answer_that_says_so(guard: Guard, bob: Principal) -> None:
    answer = guarded(saying(LEAK), guard, bob).invoke("Repeat the context.")

    assert isinstance(answer, AIMessage)
    assert leaked(answer.text) is None
    assert answer.text.startswith("Of course, here is all of it.")
    assert answer.text.endswith(guard.policy.notice)
    assert answer.response_metadata["finish_reason"] == "content_filter"
    assert {"action", "reason", "request_id"} == set(answer.response_metadata["echoguard"])
    assert answer.response_metadata["echoguard"]["action"] == "block"
    # What is not the reader's looks like any other finding.
    assert answer.response_metadata["echoguard"]["reason"] == "finding"
    assert "legal/contract" not in repr(answer)


def test_an_entitled_reader_gets_the_quote_and_no_more(guard: Guard, ann: Principal) -> None:
    answer = guarded(saying(LEAK), guard, ann, sources=True).invoke("Repeat the context.")
    told = answer.response_metadata["echoguard"]

    assert told["action"] == "redact"
    assert CONTRACT[:100] in answer.text
    assert CONTRACT[300:400] not in answer.text
    assert answer.text.endswith("Anything else?")
    assert told["findings"][0]["documents"][0]["id"] == "legal/contract"
    assert "finish_reason" not in answer.response_metadata


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.integers(0, len(LEAK)), max_size=40), reader=st.sampled_from(["ann", "bob"]))
def test_streamed_is_batched_for_every_cutting(
    guard: Guard, ann: Principal, bob: Principal, places: list[int], reader: str
) -> None:
    principal = {"ann": ann, "bob": bob}[reader]
    expected = guard.check(CheckRequest(answer=LEAK, principal=principal))
    model = guarded(saying(*cut(LEAK, places)), guard, principal)

    whole = joined(list(model.stream("Repeat the context.")))

    assert expected.text == whole.text
    assert expected.action.word == whole.response_metadata["echoguard"]["action"]
    assert expected.text == model.invoke("Repeat the context.").text


@pytest.mark.parametrize("size", [1, 7, 60, 10_000])
def test_async_says_the_same(guard: Guard, ann: Principal, bob: Principal, size: int) -> None:
    async def both(principal: Principal) -> tuple[str, str]:
        model = guarded(saying(*cut(LEAK, range(0, len(LEAK), size))), guard, principal)
        chunks = [chunk async for chunk in model.astream("Repeat the context.")]
        return joined(chunks).text, (await model.ainvoke("Repeat the context.")).text

    for principal in (ann, bob):
        expected = guard.check(CheckRequest(answer=LEAK, principal=principal)).text
        assert (expected, expected) == asyncio.run(both(principal))


def test_a_block_stops_the_model(guard: Guard, bob: Principal) -> None:
    model = saying(*cut(LEAK, range(0, len(LEAK), 8)))
    list(guarded(model, guard, bob).stream("Repeat the context."))

    assert model.taken[0] < len(model.script) / 2


def test_every_choice_of_a_batch_is_judged(guard: Guard, bob: Principal) -> None:
    answers = guarded(saying(LEAK), guard, bob).batch(["one", "two", "three"])

    assert [leaked(answer.text) for answer in answers] == [None] * 3
    assert len({answer.response_metadata["echoguard"]["request_id"] for answer in answers}) == 3


class Ears(BaseCallbackHandler):
    """Writes down everything it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, **kwargs: Any) -> None:
        self.heard.append(f"{token!r} {chunk!r}")

    def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        self.heard.append(repr(response))

    def on_chat_model_start(self, serialized: dict[str, Any], messages: Any, **kwargs: Any) -> None:
        self.heard.append(f"{serialized!r} {kwargs!r}")

    def on_retriever_end(self, documents: Any, **kwargs: Any) -> None:
        self.heard.append(repr(documents))

    def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
        self.heard.append(repr(outputs))


@pytest.mark.parametrize("inner_ears", [False, True])
def test_no_handler_hears_what_is_withheld(guard: Guard, bob: Principal, inner_ears: bool) -> None:
    ears = Ears()
    model = saying(*cut(LEAK, range(0, len(LEAK), 5)))
    if inner_ears:
        model.callbacks = [ears]
    door = guarded(model, guard, bob)

    door.invoke("Repeat the context.", config={"callbacks": [ears]})
    list(door.stream("Repeat the context.", config={"callbacks": [ears]}))

    heard = " ".join(ears.heard)
    assert guard.policy.notice in heard
    assert leaked(heard, length=16) is None


def test_events_carry_what_is_shown_only(guard: Guard, bob: Principal) -> None:
    model = guarded(saying(*cut(LEAK, range(0, len(LEAK), 5))), guard, bob)

    async def events() -> list[Any]:
        return [event async for event in model.astream_events("Repeat the context.", version="v2")]

    seen = asyncio.run(events())
    said = "".join(event["data"]["chunk"].text for event in seen if event["event"] == "on_chat_model_stream")
    assert said == guard.check(CheckRequest(answer=LEAK, principal=bob)).text
    assert leaked(repr(seen), length=16) is None


@pytest.mark.filterwarnings("ignore::langchain_core._api.beta_decorator.LangChainBetaWarning")
def test_typed_events_carry_what_is_shown_only(guard: Guard, bob: Principal) -> None:
    model = guarded(saying(*cut(LEAK, range(0, len(LEAK), 5))), guard, bob)

    stream = model.stream_events("Repeat the context.", version="v3")
    events = list(stream)

    assert leaked(repr(events), length=16) is None
    assert guard.check(CheckRequest(answer=LEAK, principal=bob)).text == stream.output.text


def test_a_chain_inside_the_wrapped_model_is_not_heard_either(guard: Guard, bob: Principal) -> None:
    """A model that calls another one without naming a configuration finds that of the run around it."""

    class Wrapping(ScriptedModel):
        other: Any = None

        def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            self.other.invoke(messages)
            yield from super()._stream(messages, stop, run_manager, **kwargs)

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            self.other.invoke(messages)
            return super()._generate(messages, stop, run_manager, **kwargs)

    from langchain_core.runnables import RunnableLambda

    ears = Ears()
    inner = Wrapping(script=[AIMessageChunk(content=LEAK)], other=saying(LEAK))
    chain = RunnableLambda(lambda text: text) | guarded(inner, guard, bob)
    chain.invoke("Repeat the context.", config={"callbacks": [ears]})
    list(chain.stream("Repeat the context.", config={"callbacks": [ears]}))

    assert ears.heard
    assert leaked(" ".join(ears.heard), length=16) is None


def test_a_cached_answer_is_judged_anew(guard: Guard, ann: Principal, bob: Principal) -> None:
    set_llm_cache(InMemoryCache())
    try:
        model = saying(LEAK)
        first = guarded(model, guard, ann).invoke("Repeat the context.")
        second = guarded(model, guard, bob).invoke("Repeat the context.")
        third = guarded(model, guard, ann).invoke("Repeat the context.")
    finally:
        set_llm_cache(None)

    assert len(model.seen) == 1
    assert CONTRACT[:100] in first.text
    assert leaked(second.text) is None
    assert first.text == third.text


def test_the_judged_answer_cannot_be_cached(guard: Guard, bob: Principal) -> None:
    with pytest.raises(ValueError, match="cache"):
        guarded(saying(FREE), guard, bob, cache=True)


class Broken:
    """A detector that cannot look."""

    name = "broken"

    def detect(self, answer: str) -> list[Any]:
        raise OSError(answer)

    def settled(self, answer: str) -> int:
        return len(answer)


def test_what_could_not_be_checked_is_not_shown(guard: Guard, bob: Principal) -> None:
    guard.detectors = (*guard.detectors, Broken())
    model = guarded(saying(*cut(LEAK, range(0, len(LEAK), 5))), guard, bob)
    ears = Ears()

    with pytest.raises(GuardUnavailable) as raised:
        model.invoke("Repeat the context.", config={"callbacks": [ears]})
    assert leaked(str(raised.value), length=12) is None
    shown: list[str] = []
    with pytest.raises(GuardUnavailable):
        shown.extend(chunk.text for chunk in model.stream("Repeat the context.", config={"callbacks": [ears]}))

    async def all_of_it() -> None:
        async for chunk in model.astream("Repeat the context.", config={"callbacks": [ears]}):
            shown.append(chunk.text)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(GuardUnavailable):
        asyncio.run(all_of_it())
    assert "".join(shown) == ""
    assert leaked(" ".join(ears.heard), length=12) is None


def test_the_principal_of_a_run_is_taken_only_as_an_object_and_only_when_trusted(
    guard: Guard, ann: Principal, bob: Principal
) -> None:
    for_bob = guarded(saying(LEAK), guard, bob)
    run = {"configurable": {"echoguard_principal": ann}}

    assert leaked(for_bob.invoke("x", config=run).text) is None
    trusting = for_bob.model_copy(update={"trust_config": True})
    assert CONTRACT[:100] in trusting.invoke("x", config=run).text
    assert CONTRACT[:100] in "".join(chunk.text for chunk in trusting.stream("x", config=run))
    assert leaked(trusting.invoke("x").text) is None
    for forged in ("ann", {"user": "ann", "groups": ["legal"]}):
        with pytest.raises(RequestError):
            trusting.invoke("x", config={"configurable": {"echoguard_principal": forged}})
    with pytest.raises(ValueError, match="principal"):
        GuardedChatModel(model=saying(LEAK), guard=guard, principal={"user": "ann"})


def test_for_principal_binds_another_reader(guard: Guard, ann: Principal, bob: Principal) -> None:
    model = guarded(saying(LEAK), guard, bob)

    assert CONTRACT[:100] in model.for_principal(ann).invoke("x").text
    assert leaked(model.invoke("x").text) is None
    with pytest.raises(TypeError):
        model.for_principal("ann")


def test_nobody_in_particular_reads_public_text_only(guard: Guard) -> None:
    model = GuardedChatModel(model=saying(HANDBOOK), guard=guard)

    assert leaked(model.invoke("x").text, HANDBOOK) is None


def test_one_request_has_one_id(guard: Guard, bob: Principal) -> None:
    model = guarded(saying(FREE), guard, bob)

    with one_request("question-7"):
        assert model.invoke("x").response_metadata["echoguard"]["request_id"] == "question-7"
    named = model.invoke("x", config={"metadata": {"echoguard_request_id": "question-8"}})
    assert named.response_metadata["echoguard"]["request_id"] == "question-8"
    with pytest.raises(RequestError):
        model.invoke("x", config={"metadata": {"echoguard_request_id": "line\nbreak"}})


def test_it_wraps_chat_models_only(guard: Guard, bob: Principal) -> None:
    from langchain_core.runnables import RunnableLambda

    with pytest.raises(ConfigError, match="chat model"):
        guarded(RunnableLambda(lambda text: text), guard, bob)
    with pytest.raises(ConfigError, match="chat model"):
        guarded(saying(FREE).with_fallbacks([saying(FREE)]), guard, bob)


def test_neither_guard_nor_key_stands_in_its_representation(guard: Guard, bob: Principal) -> None:
    assert "ledger" not in repr(guarded(saying(FREE), guard, bob)).lower()


def test_the_library_s_own_fake_model_streams_through(guard: Guard, bob: Principal) -> None:
    def model() -> GenericFakeChatModel:
        return GenericFakeChatModel(messages=iter([LEAK]))

    expected = guard.check(CheckRequest(answer=LEAK, principal=bob)).text
    assert expected == guarded(model(), guard, bob).invoke("x").text
    assert expected == "".join(chunk.text for chunk in guarded(model(), guard, bob).stream("x"))


def test_the_error_of_the_model_is_the_caller_s(guard: Guard, bob: Principal) -> None:
    class Failing(ScriptedModel):
        def _stream(self, *args: Any, **kwargs: Any) -> Any:
            yield from super()._stream(*args, **kwargs)
            raise ConnectionError("upstream died")

    chunks: list[str] = []
    with pytest.raises(ConnectionError):
        chunks.extend(chunk.text for chunk in guarded(Failing(script=saying(FREE).script), guard, bob).stream("x"))
    assert FREE.startswith("".join(chunks))


def test_log_probabilities_and_unknown_parts_do_not_pass(guard: Guard, bob: Principal) -> None:
    message = AIMessageChunk(
        content=[
            {"type": "text", "text": FREE, "annotations": [{"cited_text": CONTRACT}]},
            {"type": "image", "base64": "aGVsbG8="},
            {"type": "something_new", "value": CONTRACT},
        ],
        response_metadata={"model_name": "small", "logprobs": {"content": [{"token": CONTRACT}]}, "note": CONTRACT},
        additional_kwargs={"audio": {"transcript": CONTRACT}},
    )
    model = ScriptedModel(script=[message])
    whole = guarded(model, guard, bob).invoke("x")
    streamed = joined(list(guarded(model, guard, bob).stream("x")))

    for answer in (whole, streamed):
        assert answer.text == FREE
        assert leaked(repr(answer)) is None
        assert "logprobs" not in answer.response_metadata
        assert answer.response_metadata["model_name"] == "small"
        assert answer.response_metadata["echoguard"]["left_out"] == 2


def test_token_counts_are_kept(guard: Guard, bob: Principal) -> None:
    usage = {"input_tokens": 12, "output_tokens": 34, "total_tokens": 46}
    model = ScriptedModel(script=[AIMessageChunk(content=FREE), AIMessageChunk(content="", usage_metadata=usage)])

    assert guarded(model, guard, bob).invoke("x").usage_metadata["total_tokens"] == 46
    assert joined(list(guarded(model, guard, bob).stream("x"))).usage_metadata["total_tokens"] == 46


def test_threads_share_one_guarded_model(open_guard: Callable[..., Guard], ann: Principal, bob: Principal) -> None:
    from concurrent.futures import ThreadPoolExecutor

    guard = open_guard()
    model = guarded(saying(*cut(LEAK, range(0, len(LEAK), 40))), guard, bob)

    def ask(number: int) -> str:
        return "".join(chunk.text for chunk in model.for_principal(ann if number % 2 else bob).stream("x"))

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(ask, range(16)))
    assert {leaked(text) for text in said[::2]} == {None}
    assert all(CONTRACT[:100] in text for text in said[1::2])
