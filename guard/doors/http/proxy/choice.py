"""One choice of an answer: every text it speaks goes through the guard, tool calls wait until they are whole."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from guard.doors.http.proxy.channels import Answer, Channel
from guard.doors.http.proxy.fields import spoken, text_or_nothing
from guard.doors.http.proxy.tools import ToolCalls
from guard.verdict import Action

BLOCKED: Final = "content_filter"
_REASONING: Final = ("reasoning_content", "reasoning")
_ORDER: Final = ("reasoning", "content", "refusal")


class Choice:
    """
    The state of one choice.

    Args:
        answer: Guards it.
        index: Its place among the choices.
        known_tools: Names of the tools that the caller offered.
        streamed: Whether it comes in pieces; a whole one is looked at once, when it is closed.

    Attributes:
        action: The strictest that any of its texts met so far.
        closed: Whether it has ended; what comes after is dropped.
    """

    def __init__(self, answer: Answer, index: int, known_tools: Collection[str], *, streamed: bool) -> None:
        self._answer = answer
        self._index = index
        self._known_tools = known_tools
        self._streamed = streamed
        self._unseen: dict[str, str] = {}
        self._channels: dict[str, Channel] = {}
        self._reasoning_fields: list[str] = []
        self._tools = ToolCalls()
        self._introduced = False
        self._said = False
        self.action = Action.ALLOW
        self.closed = False

    @property
    def blocked(self) -> bool:
        """Whether the guard stopped one of its texts."""
        return any(channel.stopped for channel in self._channels.values())

    async def take(self, delta: dict[str, Any]) -> dict[str, Any]:
        """
        Return what of *delta* (or of a whole message) may be shown now.

        Raises:
            BadAnswer: It has another shape than it should.
            GuardError: It could not be checked.
        """
        safe: dict[str, Any] = {}
        if not self._introduced:
            self._introduced = True
            safe["role"] = "assistant"
        self._put(safe, "reasoning", await self._feed("reasoning", self._reasoning(delta)))
        for field in ("content", "refusal"):
            self._put(safe, field, await self._feed(field, spoken(delta.get(field))))
        self._tools.take(delta)
        return safe

    async def close(self, reason: str) -> tuple[dict[str, Any], str]:
        """
        End the choice.

        Args:
            reason: Why the upstream ended it.

        Returns:
            What is still to be shown, and why it ended: *reason*, or ``content_filter`` if anything was withheld.

        Raises:
            GuardError: It could not be checked.
        """
        self.closed = True
        rest: dict[str, Any] = {}
        for name in _ORDER:
            channel = self._channels.get(name)
            if channel is not None:
                verdict = await (channel.finish() if self._streamed else channel.whole(self._unseen[name]))
                self.action = max(self.action, verdict.action)
                self._put(rest, name, verdict.tail)
        if self.action is Action.BLOCK:
            return rest, BLOCKED
        if self._tools and not await self._tools_pass():
            self.action = Action.BLOCK
            gap = "\n\n" if self._said else ""
            self._put(rest, "content", rest.get("content", "") + gap + self._answer.notice)
            return rest, BLOCKED
        return rest | self._tools.wire(numbered=self._streamed), reason

    async def _tools_pass(self) -> bool:
        for number, call in enumerate(self._tools.all()):
            text = call.text(self._known_tools)
            verdict = await self._answer.judge(text, choice=self._index, name=f"tool:{number}")
            # Redacted arguments would be another call than the model made, so only clean ones are sent.
            if verdict is not None and verdict.action is not Action.ALLOW:
                return False
        return True

    async def _feed(self, name: str, piece: str) -> str:
        if not piece:
            return ""
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = self._answer.channel(self._index, name)
        if self._streamed:
            return await channel.feed(piece)
        self._unseen[name] = self._unseen.get(name, "") + piece
        return ""

    def _reasoning(self, delta: dict[str, Any]) -> str:
        """Return the reasoning text; an upstream that sends it under both names sends it twice, so one is enough."""
        texts = {field: text_or_nothing(delta.get(field)) for field in _REASONING}
        for field, text in texts.items():
            if text and field not in self._reasoning_fields:
                self._reasoning_fields.append(field)
        return texts[self._reasoning_fields[0]] if self._reasoning_fields else ""

    def _put(self, out: dict[str, Any], name: str, text: str) -> None:
        if not text:
            return
        if name == "reasoning":
            out.update(dict.fromkeys(self._reasoning_fields, text))
        else:
            self._said = True
            out[name] = text
