"""Tool calls, held back until they are complete."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from pydantic_core import to_json

from guard.doors.http.proxy.arguments import readable
from guard.doors.http.proxy.fields import BadAnswer, text_or_nothing
from guard.errors import TooLarge
from guard.request import MAX_ANSWER

_ID: Final = re.compile(r"[A-Za-z0-9_.:\-]{1,64}")
MAX_CALLS: Final = 128
"""Most tool calls that one choice may make."""


class ToolCall:
    """One call as it grows: a function with JSON arguments, or a custom tool with free input."""

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.custom = False
        self._parts: list[str] = []
        self._size = 0

    @property
    def arguments(self) -> str:
        """What has arrived of the arguments, as the model wrote them."""
        return "".join(self._parts)

    def take(self, id_: str, function: dict[str, Any], *, argument_field: str) -> None:
        """
        Add what one delta says.

        Raises:
            BadAnswer: A field has another type than it should.
            TooLarge: The arguments are longer than is checked.
        """
        self.id = self.id or id_
        self.name = self.name or text_or_nothing(function.get("name"))
        arguments = function.get(argument_field)
        # Some upstreams hand over an object where the interface says string.
        piece = to_json(arguments).decode() if isinstance(arguments, dict) else text_or_nothing(arguments)
        self._size += len(piece)
        if self._size > MAX_ANSWER:
            raise TooLarge(f"tool-call arguments have more than {MAX_ANSWER} characters")
        self._parts.append(piece)

    def text(self, known: Collection[str]) -> str:
        """Return what the detectors look at; a name that the caller offered itself is left out."""
        text = self.arguments if self.custom else readable(self.arguments)
        return text if self.name in known else "\n".join(part for part in (self.name, text) if part)

    def wire(self) -> dict[str, Any]:
        """Return the whole call as a message holds it."""
        if self.custom:
            return {"type": "custom", "custom": {"name": self.name, "input": self.arguments}}
        return {"type": "function", "function": {"name": self.name, "arguments": self.arguments}}


class ToolCalls:
    """All calls of one choice, in order."""

    def __init__(self) -> None:
        self._calls: dict[int, ToolCall] = {}
        self._last = -1
        self.legacy: ToolCall | None = None

    def __bool__(self) -> bool:
        return bool(self._calls) or self.legacy is not None

    def all(self) -> list[ToolCall]:
        """Return every call, the legacy ``function_call`` last."""
        calls = [call for _, call in sorted(self._calls.items())]
        return calls if self.legacy is None else [*calls, self.legacy]

    def take(self, delta: dict[str, Any]) -> None:
        """
        Add what *delta* (or a whole message) says of tool calls.

        Raises:
            BadAnswer: A field has another type than it should, or there are too many calls.
            TooLarge: Arguments are longer than is checked.
        """
        calls = delta.get("tool_calls") or []
        if not isinstance(calls, list):
            raise BadAnswer("tool_calls is no list")
        for raw in calls:
            self._take_one(raw)
        legacy = delta.get("function_call")
        if legacy is not None:
            if not isinstance(legacy, dict):
                raise BadAnswer("function_call is no object")
            self.legacy = self.legacy or ToolCall()
            self.legacy.take("", legacy, argument_field="arguments")

    def _take_one(self, raw: Any) -> None:
        if not isinstance(raw, dict):
            raise BadAnswer("a tool call is no object")
        id_ = text_or_nothing(raw.get("id"))
        call = self._call(raw.get("index"), id_)
        for field, argument_field in (("function", "arguments"), ("custom", "input")):
            part = raw.get(field)
            if part is None:
                continue
            if not isinstance(part, dict):
                raise BadAnswer("a tool call's function is no object")
            call.custom = field == "custom"
            call.take(id_, part, argument_field=argument_field)

    def _call(self, index: Any, id_: str) -> ToolCall:
        if index is None:
            # Upstreams that leave the index out send a new id with every new call.
            last = self._calls.get(self._last)
            index = self._last if last is not None and (not id_ or last.id == id_) else self._last + 1
        if not isinstance(index, int) or not 0 <= index < MAX_CALLS:
            raise BadAnswer("a tool call's index is out of range")
        self._last = index
        return self._calls.setdefault(index, ToolCall())

    def wire(self, *, numbered: bool) -> dict[str, Any]:
        """Return the fields of a message; *numbered* as a delta wants them."""
        fields: dict[str, Any] = {}
        if self._calls:
            pairs = sorted(self._calls.items())
            fields["tool_calls"] = [
                ({"index": index} if numbered else {}) | {"id": _plain_id(call.id, index)} | call.wire()
                for index, call in pairs
            ]
        if self.legacy is not None:
            fields["function_call"] = {"name": self.legacy.name, "arguments": self.legacy.arguments}
        return fields


def _plain_id(id_: str, index: int) -> str:
    """Return an id that cannot carry text: some models write their ids themselves."""
    return id_ if _ID.fullmatch(id_) else f"call_{index}"
