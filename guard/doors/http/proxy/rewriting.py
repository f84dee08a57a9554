"""From the upstream's answer to the one that leaves: whole completions and streams of chunks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from guard.doors.http.proxy.channels import Answer
from guard.doors.http.proxy.choice import Choice
from guard.doors.http.proxy.fields import BadAnswer, choices, finish_reason, head, usage
from guard.verdict import Action

FLAG: Final = "echoguard"
"""Field of completions and of closing chunks that tells what the guard did; clients that do not know it ignore it."""


def flag(action: Action) -> dict[str, Any]:
    """Return the field that tells what the guard did."""
    return {FLAG: {"action": action.word}}


async def rewrite_completion(
    raw: Any, answer: Answer, *, wanted: int, known_tools: Collection[str]
) -> tuple[dict[str, Any], Action]:
    """
    Return the completion that may leave, and the strictest action in it.

    Args:
        raw: The upstream's completion.
        answer: Guards it.
        wanted: How many choices were asked for.
        known_tools: Names of the tools that the caller offered.

    Raises:
        BadAnswer: It has another shape than it should.
        GuardError: It could not be checked.
    """
    found = choices(raw, wanted)
    if not found:
        raise BadAnswer("there are no choices")
    out = head(raw, "chat.completion")
    action = Action.ALLOW
    out["choices"] = []
    for number, choice in enumerate(found):
        index = choice.get("index", number)
        state = Choice(answer, index, known_tools, streamed=False)
        message = choice.get("message")
        spoken = await state.take(message if isinstance(message, dict) else {})
        rest, reason = await state.close(finish_reason(choice) or "stop")
        for name, text in rest.items():
            spoken[name] = spoken.get(name, "") + text if isinstance(text, str) else text
        action = max(action, state.action)
        out["choices"].append(
            {
                "index": index,
                "message": {"content": None, "refusal": None} | spoken,
                "logprobs": None,
                "finish_reason": reason,
            }
        )
    counts = usage(raw)
    if counts is not None:
        out["usage"] = counts
    return out | flag(action), action


class ChunkRewriter:
    """
    The state of one streamed answer.

    Args:
        answer: Guards it.
        wanted: How many choices were asked for.
        known_tools: Names of the tools that the caller offered.
    """

    def __init__(self, answer: Answer, *, wanted: int, known_tools: Collection[str]) -> None:
        self._answer = answer
        self._wanted = wanted
        self._known_tools = known_tools
        self._choices: dict[int, Choice] = {}
        self._blocked: set[int] = set()
        self._head: dict[str, Any] = {}

    @property
    def over(self) -> bool:
        """Whether everything that is still to come would be dropped: stop the upstream."""
        return len(self._blocked) == self._wanted

    @property
    def complete(self) -> bool:
        """Whether every choice that began has ended."""
        return bool(self._choices) and all(choice.closed for choice in self._choices.values())

    async def take(self, raw: Any) -> list[dict[str, Any]]:
        """
        Return the chunks that may leave now for one chunk of the upstream; often none.

        Raises:
            BadAnswer: The chunk has another shape than it should.
            GuardError: It could not be checked.
        """
        found = choices(raw, self._wanted)
        self._head = head(raw, "chat.completion.chunk")
        chunks: list[dict[str, Any]] = []
        for choice in found:
            index = choice.get("index", 0)
            state = self._choices.setdefault(index, Choice(self._answer, index, self._known_tools, streamed=True))
            if state.closed:
                continue
            delta = choice.get("delta")
            safe = await state.take(delta if isinstance(delta, dict) else {})
            if safe:
                chunks.append(self._chunk(index, safe, None))
            reason = finish_reason(choice)
            if reason or state.blocked:
                chunks += await self._close(index, state, reason or "stop")
        counts = usage(raw)
        if counts is not None and (chunks or not found):
            if not chunks:
                chunks.append(self._head | {"choices": []})
            chunks[-1]["usage"] = counts
        return chunks

    async def end(self) -> list[dict[str, Any]]:
        """
        Return what is still to be shown once the upstream says that it is done.

        Raises:
            GuardError: It could not be checked.
        """
        chunks: list[dict[str, Any]] = []
        for index, state in self._choices.items():
            if not state.closed:
                chunks += await self._close(index, state, "stop")
        return chunks

    async def _close(self, index: int, state: Choice, reason: str) -> list[dict[str, Any]]:
        rest, reason = await state.close(reason)
        if state.action is Action.BLOCK:
            self._blocked.add(index)
        last = self._chunk(index, {}, reason) | flag(state.action)
        return [self._chunk(index, rest, None), last] if rest else [last]

    def _chunk(self, index: int, delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
        return self._head | {"choices": [{"index": index, "delta": delta, "finish_reason": reason}]}
