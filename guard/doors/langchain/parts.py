"""
A chat model's message taken apart: what holds words, and what may pass beside them.

Everything is on a list: a part that this module does not know is left out of the answer, not handed on unread.  So are
log-probabilities (they repeat the text, token by token), media (no detector reads them) and raw provider payloads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import UsageMetadata

from guard.doors.langchain.fields import leaves, opaque

Channel = Literal["content", "reasoning"]
Shape = Literal["str", "text", "reasoning", "thinking", "summary", "kwargs", "signature"]

_METADATA: Final = frozenset({
    "model_name", "model", "model_provider", "system_fingerprint", "service_tier", "id", "object", "created",
    "finish_reason", "stop_reason", "output_version",
})  # fmt: skip
_COUNTS: Final = frozenset({"token_usage", "usage"})
_TOOL_BLOCKS: Final = frozenset({
    "tool_use", "tool_call", "tool_call_chunk", "invalid_tool_call", "function_call", "input_json_delta",
})  # fmt: skip
"""Blocks that repeat what stands in the message's tool calls, which are judged there."""
EXTRAS: Final = ("refusal", "function_call", "parsed")
"""Additional arguments that are judged as fields; all others are left out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of an answer, and the shape in which they came: a string, or a block of which kind and index."""

    channel: Channel
    text: str = field(repr=False)
    shape: Shape
    index: int | str | None = None


def pieces(message: AIMessage) -> Iterator[Piece]:
    """Yield the words of a message, or of a chunk of one, in order."""
    hidden = message.additional_kwargs.get("reasoning_content")
    if isinstance(hidden, str) and hidden:
        yield Piece("reasoning", hidden, "kwargs")
    content = message.content
    if isinstance(content, str):
        if content:
            yield Piece("content", content, "str")
        return
    for block in content:
        if isinstance(block, str):
            yield Piece("content", block, "text")
        else:
            yield from _of_block(block)


def _of_block(block: Mapping[str, Any]) -> Iterator[Piece]:
    kind, index = block.get("type"), block.get("index")
    if not isinstance(index, int) and not opaque(index):
        index = None
    if kind in {"text", "output_text"} and isinstance(block.get("text"), str):
        yield Piece("content", block["text"], "text", index)
    elif kind == "reasoning" and isinstance(block.get("reasoning"), str):
        yield Piece("reasoning", block["reasoning"], "reasoning", index)
    elif kind == "reasoning" and isinstance(block.get("summary"), list):
        said = [part.get("text") for part in block["summary"] if isinstance(part, dict)]
        yield Piece("reasoning", "\n".join(text for text in said if isinstance(text, str)), "summary", index)
    elif kind == "thinking":
        if isinstance(block.get("thinking"), str):
            yield Piece("reasoning", block["thinking"], "thinking", index)
        if opaque_signature(block.get("signature")):
            # The provider wants it back beside the thinking in the next turn; it is encrypted, not words.
            yield Piece("reasoning", block["signature"], "signature", index)


def opaque_signature(value: object) -> bool:
    """Say whether *value* is a provider's signature: one long token without white space."""
    return isinstance(value, str) and bool(value) and value.isascii() and not any(char.isspace() for char in value)


def unknown(message: AIMessage) -> int:
    """Return how many blocks of a message are left out because nothing here can read them."""
    if isinstance(message.content, str):
        return 0
    return sum(
        1
        for block in message.content
        if isinstance(block, dict) and block.get("type") not in _TOOL_BLOCKS and not any(_of_block(block))
    )


def block(piece: Piece, text: str) -> dict[str, Any]:
    """Return *text* as a content block of the same shape as *piece*."""
    made: dict[str, Any]
    if piece.shape == "summary":
        made = {"type": "reasoning", "summary": [{"type": "summary_text", "text": text, "index": 0}]}
    elif piece.shape == "signature":
        made = {"type": "thinking", "signature": text}
    elif piece.shape in {"reasoning", "thinking"}:
        made = {"type": piece.shape, piece.shape: text}
    else:
        made = {"type": "text", "text": text}
    if piece.index is not None:
        made["index"] = piece.index
    return made


def as_chunk(message: AIMessage) -> AIMessageChunk:
    """Return *message* as the only chunk of a stream; a chunk stays as it is."""
    if isinstance(message, AIMessageChunk):
        return message
    return AIMessageChunk(
        content=message.content,
        id=message.id,
        additional_kwargs=message.additional_kwargs,
        response_metadata=message.response_metadata,
        tool_calls=message.tool_calls,
        invalid_tool_calls=message.invalid_tool_calls,
        usage_metadata=message.usage_metadata,
    )


def metadata(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a message's metadata names the model and counts tokens."""
    return {key: value for key, value in raw.items() if _tells_no_words(key, value)}


def usage(raw: object) -> UsageMetadata | None:
    """Return token counts, if these are token counts."""
    if not isinstance(raw, dict) or not {"input_tokens", "output_tokens", "total_tokens"} <= raw.keys():
        return None
    counts = {key: value for key, value in raw.items() if all(one.isdigit() for one in leaves(value))}
    return cast("UsageMetadata", counts)


def _tells_no_words(key: str, value: object) -> bool:
    if key in _METADATA:
        return value is None or isinstance(value, int | float) or opaque(value)
    return key in _COUNTS and isinstance(value, dict) and all(one.replace(".", "").isdigit() for one in leaves(value))
