"""What the proxy reads of a chat request; everything else goes to the upstream as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from corpora.planting.marking import without_planted
from guard.doors.http.problems import Problem
from guard.doors.http.shapes import PrincipalBody

MAX_CHOICES: Final = 128
MAX_TOKENS: Final = 1_000_000
"""Longest answer that is asked for, as far as it counts."""
_SAMPLING: Final = ("frequency_penalty", "presence_penalty", "seed", "temperature", "top_k", "top_p")

_OURS: Final = (
    "principal",
    "logprobs",
    "top_logprobs",
    "prompt_logprobs",
    "return_token_ids",
    "return_tokens_as_token_ids",
)
"""Fields that do not go to the upstream: the principal, and ways to have the answer spelled out beside its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """
    A chat request, as far as the proxy cares.

    Attributes:
        body: What the upstream gets.
        model: Name of the model; empty when the caller named none.
        question: Text of the last user message.
        prompt: Texts of all messages, whoever they are from.
        stream: Whether the caller wants pieces.
        wanted: How many choices the caller wants.
        longest: How long an answer may be, in tokens; 0 where the caller does not say.
        sampling: Temperature, seed and the like, in one short text.
        tools: Names of the tools that the caller offers.
        principal: Who the caller says is asking.
    """

    body: dict[str, Any]
    model: str
    question: str
    prompt: str
    stream: bool
    wanted: int
    longest: int
    sampling: str
    tools: frozenset[str]
    principal: PrincipalBody | None


def read_chat(raw: Any) -> ChatRequest:
    """
    Return what the proxy needs of a request body.

    Raises:
        Problem: 400, it is no chat request; the message names the field.
    """
    if not isinstance(raw, dict):
        raise _wrong(None, "the body is a JSON object")
    messages = raw.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
        raise _wrong("messages", "messages is a list of at least one message object")
    model = raw.get("model", "")
    if not isinstance(model, str):
        raise _wrong("model", "model is a string")
    stream = raw.get("stream")
    if stream is not None and not isinstance(stream, bool):
        raise _wrong("stream", "stream is true or false")
    wanted = raw.get("n")
    if wanted is None:
        wanted = 1
    if not isinstance(wanted, int) or isinstance(wanted, bool) or not 1 <= wanted <= MAX_CHOICES:
        raise _wrong("n", f"n is a number from 1 to {MAX_CHOICES}")
    modalities = raw.get("modalities")
    if modalities not in (None, [], ["text"]):
        raise _wrong("modalities", 'only text can be checked, so modalities is left out or is ["text"]')
    return ChatRequest(
        body={name: value for name, value in raw.items() if name not in _OURS},
        model=model,
        # What was retrieved stands in the message of most chains, and as it was planted no marker there means anything.
        question=without_planted(_last_user_text(messages)),
        prompt="\n\n".join(text for message in messages if (text := _text_of(message))),
        stream=bool(stream),
        wanted=wanted,
        longest=max(_whole(raw.get("max_completion_tokens")), _whole(raw.get("max_tokens"))),
        sampling=" ".join(f"{name}={raw[name]}" for name in _SAMPLING if isinstance(raw.get(name), int | float)),
        tools=_tool_names(raw),
        principal=_principal(raw.get("principal")),
    )


def _whole(value: Any) -> int:
    """Return *value* as a number of tokens; 0 where it is none, which is the upstream's to refuse."""
    return min(value, MAX_TOKENS) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _principal(raw: Any) -> PrincipalBody | None:
    if raw is None:
        return None
    try:
        return PrincipalBody.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        what = "an unknown field" if first["type"] == "extra_forbidden" else first["msg"]
        raise _wrong("principal", f"principal: {what}") from None


def _last_user_text(messages: list[dict[str, Any]]) -> str:
    for message in reversed(messages):
        if message.get("role") == "user":
            return _text_of(message)
    return ""


def _text_of(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return "\n".join(text for text in texts if isinstance(text, str))
    return ""


def _tool_names(raw: dict[str, Any]) -> frozenset[str]:
    names: set[str] = set()
    tools = raw.get("tools")
    for tool in tools if isinstance(tools, list) else []:
        for kind in ("function", "custom"):
            inner = tool.get(kind) if isinstance(tool, dict) else None
            if isinstance(inner, dict) and isinstance(inner.get("name"), str):
                names.add(inner["name"])
    functions = raw.get("functions")
    for function in functions if isinstance(functions, list) else []:
        if isinstance(function, dict) and isinstance(function.get("name"), str):
            names.add(function["name"])
    return frozenset(names)


def _wrong(field: str | None, detail: str) -> Problem:
    return Problem(400, "invalid", detail, field=field)
