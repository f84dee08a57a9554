"""Reasoning, content blocks and tool calls: everything a model can say words with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.tools import tool
from pydantic import BaseModel

from guard import Guard, Principal
from guard.doors.langchain import GuardedChatModel, fields
from tests.doors.langchain.models import ScriptedModel, cut, saying
from tests.doors.langchain.texts import CONTRACT, leaked

FREE = "The trains are booked, the hotel is confirmed, and the receipts go to the travel desk."
HALF = len(CONTRACT) // 2


def both(model: ScriptedModel, guard: Guard, principal: Principal) -> tuple[AIMessage, AIMessageChunk]:
    """The whole answer, and the joined stream."""
    door = GuardedChatModel(model=model, guard=guard, principal=principal)
    chunks = list(door.stream("x"))
    joined = chunks[0]
    for chunk in chunks[1:]:
        joined += chunk
    return door.invoke("x"), joined


def calling(*arguments: str, name: str = "send") -> ScriptedModel:
    """A model that calls a tool; the JSON of the arguments comes in pieces."""
    first = {"name": name, "args": "", "id": "call_abc", "index": 0, "type": "tool_call_chunk"}
    rest = [{"name": None, "args": piece, "id": None, "index": 0, "type": "tool_call_chunk"} for piece in arguments]
    return ScriptedModel(script=[AIMessageChunk(content="", tool_call_chunks=[one]) for one in (first, *rest)])


@pytest.mark.parametrize("kind", ["reasoning", "thinking"])
def test_reasoning_is_judged_too(guard: Guard, bob: Principal, kind: str) -> None:
    thought = [
        [{"type": kind, kind: piece, "index": 0}] for piece in cut(f"They want this: {CONTRACT}", range(0, 2000, 9))
    ]
    for answer in both(saying(*thought, [{"type": "text", "text": FREE, "index": 1}]), guard, bob):
        assert leaked(repr(answer)) is None
        assert answer.response_metadata["echoguard"]["action"] == "block"
        assert guard.policy.notice == answer.text


@pytest.mark.parametrize("kind", ["reasoning", "thinking"])
def test_free_reasoning_passes(guard: Guard, bob: Principal, kind: str) -> None:
    thought = [
        [{"type": kind, kind: piece, "index": 0}] for piece in cut("A question about trains, then.", range(0, 40, 7))
    ]
    for answer in both(saying(*thought, [{"type": "text", "text": FREE, "index": 1}]), guard, bob):
        assert answer.text == FREE
        said = "".join(block.get(kind, "") for block in answer.content if isinstance(block, dict))
        assert said == "A question about trains, then."


def test_reasoning_in_additional_arguments_is_judged(guard: Guard, bob: Principal) -> None:
    script = [
        AIMessageChunk(content="", additional_kwargs={"reasoning_content": piece})
        for piece in cut(CONTRACT, range(0, 2000, 30))
    ]
    for answer in both(ScriptedModel(script=[*script, AIMessageChunk(content=FREE)]), guard, bob):
        assert leaked(repr(answer)) is None


def test_a_signature_goes_back_to_its_provider(guard: Guard, bob: Principal) -> None:
    blocks = (
        [{"type": "thinking", "thinking": "Trains.", "index": 0}],
        [{"type": "thinking", "signature": "EqMB+/a=", "index": 0}],
    )
    for answer in both(saying(*blocks, [{"type": "text", "text": FREE, "index": 1}]), guard, bob):
        assert any(block.get("signature") == "EqMB+/a=" for block in answer.content if isinstance(block, dict))


def test_a_passage_spread_over_blocks_is_one_passage(guard: Guard, bob: Principal) -> None:
    pieces = [
        [{"type": "text", "text": piece, "index": number}]
        for number, piece in enumerate(cut(CONTRACT, range(0, 2000, 20)))
    ]
    for answer in both(saying(*pieces), guard, bob):
        assert leaked(answer.text) is None


def test_free_blocks_stay_apart(guard: Guard, bob: Principal) -> None:
    content = [{"type": "text", "text": "One. "}, {"type": "text", "text": "Two."}]
    door = GuardedChatModel(model=saying(content), guard=guard, principal=bob)

    assert content == door.invoke("x").content


def test_arguments_of_tools_are_judged(guard: Guard, bob: Principal) -> None:
    arguments = json.dumps({"to": "someone", "body": CONTRACT})
    for answer in both(calling(*cut(arguments, range(0, 2000, 11))), guard, bob):
        assert answer.tool_calls == []
        assert answer.invalid_tool_calls == []
        assert leaked(repr(answer)) is None
        assert guard.policy.notice == answer.text
        assert answer.response_metadata["finish_reason"] == "content_filter"


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": CONTRACT[:HALF], "second": {"list": [CONTRACT[HALF:]]}},
        {"words": CONTRACT.split()},
        {CONTRACT: 1},
        {"escaped": CONTRACT.replace(" ", "\n")},
    ],
    ids=["spread", "word by word", "as a key", "line by line"],
)
def test_arguments_cannot_be_arranged_around_it(guard: Guard, bob: Principal, arguments: dict[str, Any]) -> None:
    for answer in both(calling(json.dumps(arguments)), guard, bob):
        assert answer.tool_calls == []
        assert leaked(repr(answer)) is None


def test_the_name_of_a_tool_is_no_way_out(guard: Guard, bob: Principal) -> None:
    for answer in both(calling("{}", name=CONTRACT), guard, bob):
        assert leaked(repr(answer)) is None


def test_arguments_that_are_no_json_are_judged(guard: Guard, bob: Principal) -> None:
    for answer in both(calling(f"[{CONTRACT}"), guard, bob):
        assert leaked(repr(answer)) is None
    for answer in both(calling("[not json"), guard, bob):
        assert [call["args"] for call in answer.invalid_tool_calls] == ["[not json"]


def test_free_arguments_pass_unchanged(guard: Guard, bob: Principal) -> None:
    arguments = {
        "city": "Bergen",
        "nights": 3,
        "breakfast": True,
        "note": None,
        "guests": [{"name": "a"}, {"age": 4.5}],
    }
    for answer in both(calling(*cut(json.dumps(arguments), range(0, 200, 6)), name="book_hotel"), guard, bob):
        assert [("book_hotel", arguments, "call_abc")] == [(c["name"], c["args"], c["id"]) for c in answer.tool_calls]
        assert answer.response_metadata["echoguard"]["action"] == "allow"


def test_redacted_arguments_stay_in_their_places(guard: Guard, bob: Principal) -> None:
    arguments = {"to": "Write to eva.holm@northwind-robotics.com about the hotel", "nights": 3}
    for answer in both(calling(json.dumps(arguments)), guard, bob):
        (call,) = answer.tool_calls
        assert "eva.holm" not in repr(answer)
        assert call["args"]["to"].startswith("Write to ")
        assert call["args"]["to"].endswith(" about the hotel")
        assert call["args"]["nights"] == 3
        assert answer.response_metadata["echoguard"]["action"] == "redact"


def test_a_number_that_must_go_takes_its_call_along(guard: Guard, bob: Principal) -> None:
    for answer in both(calling(json.dumps({"card": 4111111111111111})), guard, bob):
        assert answer.tool_calls == []
        assert "4111111111111111" not in repr(answer)


def test_bound_tools_reach_the_wrapped_model(guard: Guard, bob: Principal) -> None:
    @tool
    def book(city: str) -> str:
        """Book a hotel."""
        return city

    seen: list[Any] = []

    class Remembering(ScriptedModel):
        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            seen.append(kwargs["tools"])
            return super()._generate(messages, stop, run_manager, **kwargs)

    model = Remembering(script=calling('{"city": "Bergen"}', name="book").script)
    answer = GuardedChatModel(model=model, guard=guard, principal=bob).bind_tools([book]).invoke("x")

    assert [[book]] == seen
    assert answer.tool_calls[0]["name"] == "book"
    assert answer.response_metadata["echoguard"]["action"] == "allow"


class Booking(BaseModel):
    """A hotel."""

    city: str


def test_structured_output_is_judged_before_it_is_parsed(guard: Guard, bob: Principal) -> None:
    free = GuardedChatModel(model=calling('{"city": "Bergen"}', name="Booking"), guard=guard, principal=bob)
    leak = GuardedChatModel(model=calling(json.dumps({"city": CONTRACT}), name="Booking"), guard=guard, principal=bob)

    assert Booking(city="Bergen") == free.with_structured_output(Booking).invoke("x")
    assert leak.with_structured_output(Booking).invoke("x") is None
    raw = leak.with_structured_output(Booking, include_raw=True).invoke("x")
    assert raw["parsed"] is None
    assert leaked(repr(raw)) is None


def test_a_parsed_answer_is_judged_with_its_text(guard: Guard, bob: Principal) -> None:
    for city, kept in (("Bergen", True), (CONTRACT, False)):
        message = AIMessageChunk(content=FREE, additional_kwargs={"parsed": Booking(city=city)})
        answer = GuardedChatModel(model=ScriptedModel(script=[message]), guard=guard, principal=bob).invoke("x")
        assert kept == ("parsed" in answer.additional_kwargs)
        assert leaked(repr(answer)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(value=JSON)
def test_fields_find_their_way_back(value: Any) -> None:
    texts = list(fields.leaves(value))
    if any("\u241e" in text for text in texts):
        with pytest.raises(fields.NotClean):
            fields.join(texts)
        return
    parted = fields.part(fields.join(texts), len(texts)) if texts else []

    assert value == fields.rebuild(value, iter(parted))


def test_a_cut_over_a_border_is_noticed() -> None:
    text = fields.join(["one two", "three four"])

    with pytest.raises(fields.NotClean):
        fields.part(text.replace(f"two{fields.SEPARATOR}three", "<withheld>"), 2)
    with pytest.raises(fields.NotClean):
        fields.rebuild({"card": 4111}, iter(["<withheld>"]))
