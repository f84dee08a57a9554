"""
The fields of an upstream's answer that may pass, by name and type.

What is not listed here does not leave: log-probabilities, token ids, audio and whatever an upstream invents may spell
out text that was never checked.
"""

from __future__ import annotations

from typing import Any, Final

MAX_WORD: Final = 256
"""Longest id or model name that passes, in characters."""

FINISH_REASONS: Final = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})

_HEAD: Final = ("id", "model", "system_fingerprint", "service_tier")
_TEXT_PARTS: Final = {"text": "text", "output_text": "text", "refusal": "refusal"}


class BadAnswer(Exception):
    """The upstream's answer has another shape than chat completions have; the message never holds a value of it."""


def text_or_nothing(value: Any) -> str:
    """
    Return a field that holds text or nothing.

    Raises:
        BadAnswer: It holds something else.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadAnswer("a text field holds something else than text")
    return value


def spoken(value: Any) -> str:
    """
    Return the text of ``content``: a string, nothing, or a list of parts, of which only the text passes.

    Raises:
        BadAnswer: It holds something else.
    """
    if not isinstance(value, list):
        return text_or_nothing(value)
    texts: list[str] = []
    for part in value:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict) and part.get("type") in _TEXT_PARTS:
            texts.append(text_or_nothing(part.get(_TEXT_PARTS[part["type"]])))
    return "".join(texts)


def head(raw: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the outer fields of a completion or chunk; *kind* is the ``object`` it is."""
    out: dict[str, Any] = {"object": kind}
    for name in _HEAD:
        value = raw.get(name)
        if isinstance(value, str) and len(value) <= MAX_WORD and value.isprintable():
            out[name] = value
    created = raw.get("created")
    out["created"] = created if isinstance(created, int) else 0
    return out


def usage(raw: dict[str, Any]) -> dict[str, Any] | None:
    """Return the token counts of an answer, numbers only; None where it has none."""
    counts = raw.get("usage")
    return _numbers(counts, 3) if isinstance(counts, dict) else None


def _numbers(counts: dict[str, Any], depth: int) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in counts.items():
        if len(name) > MAX_WORD:
            continue
        if value is None or isinstance(value, int | float):
            out[name] = value
        elif isinstance(value, dict) and depth:
            out[name] = _numbers(value, depth - 1)
    return out


def choices(raw: Any, most: int) -> list[dict[str, Any]]:
    """
    Return the choices of a completion or chunk; some chunks have none.

    Raises:
        BadAnswer: They are something else than a list, or one has an index outside ``[0, most)``.
    """
    if not isinstance(raw, dict):
        raise BadAnswer("it is no object")
    found = raw.get("choices") or []
    if not isinstance(found, list):
        raise BadAnswer("there is no list of choices")
    for choice in found:
        if not isinstance(choice, dict):
            raise BadAnswer("a choice is no object")
        index = choice.get("index", 0)
        if not isinstance(index, int) or not 0 <= index < most:
            raise BadAnswer("a choice's index is out of range")
    return found


def finish_reason(choice: dict[str, Any]) -> str | None:
    """Return why a choice ended; None while it goes on; ``stop`` for a word that clients do not know."""
    reason = choice.get("finish_reason")
    if not reason:
        return None
    return reason if isinstance(reason, str) and reason in FINISH_REASONS else "stop"
