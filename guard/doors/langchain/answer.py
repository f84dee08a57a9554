"""Judging one answer of a chat model: its words, its reasoning and its tool calls, whole or as it comes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from langchain_core.messages import AIMessage, AIMessageChunk, InvalidToolCall, ToolCall
from langchain_core.messages.tool import tool_call, tool_call_chunk

from guard.doors.langchain import fields, parts
from guard.doors.langchain.channels import Fed, Feed, Finish, Steps
from guard.doors.langchain.parts import Piece
from guard.verdict import Action, Reason, Verdict

FINISH_REASON: Final = "content_filter"
_TOOLS: Final = "tool_calls"
_EXTRAS: Final = "extras"


class AnswerJudge:
    """
    The judgement on one answer; one object per answer.

    Guarantee: the words of the chunks that :meth:`chunk` and :meth:`end` return are, joined, those that :meth:`whole`
    returns for the same answer, however it is cut.
    """

    def __init__(self, *, notice: str, request_id: str, sources: bool = False) -> None:
        self._notice = notice
        self._request_id = request_id
        self._sources = sources
        self._verdicts: list[Verdict] = []
        self._last: dict[str, Piece] = {}
        self._rest: AIMessageChunk | None = None
        self._metadata: dict[str, Any] = {}
        self._left_out = 0
        self._said = False
        self.stopped: str | None = None
        """The channel that ended the answer; stop the model."""

    # --- as it comes ------------------------------------------------------------------------------------------------

    def chunk(self, message: AIMessageChunk, info: Mapping[str, Any] | None = None) -> Steps[list[AIMessageChunk]]:
        """Take the next chunk of the answer and return what of it may be shown now."""
        self._set_aside(message, info)
        shown: list[AIMessageChunk] = []
        for piece in parts.pieces(message):
            if piece.shape == "signature":
                shown.append(self._say(piece, piece.text))
                continue
            # Words of several blocks are one text: a passage spread over them is still one passage.
            self._last.setdefault(piece.channel, piece)
            fed: Fed = yield Feed(piece.channel, piece.text)
            if fed.text:
                shown.append(self._say(self._last[piece.channel], fed.text))
            if fed.stopped:
                self.stopped = piece.channel
                break
        counts = parts.usage(message.usage_metadata)
        if counts is not None:
            shown.append(AIMessageChunk(content="", usage_metadata=counts, id=_id(message)))
        return shown

    def end(self) -> Steps[list[AIMessageChunk]]:
        """Return what is still to be shown; the last chunk carries the judgement."""
        shown: list[AIMessageChunk] = []
        for channel in ("reasoning", "content"):
            if channel not in self._last or self.stopped not in {None, channel}:
                continue
            verdict: Verdict = yield Finish(channel)
            self._verdicts.append(verdict)
            tail = verdict.tail
            if verdict.action is Action.BLOCK:
                self.stopped = channel
                if channel != "content":
                    tail = tail.removesuffix(self._notice).rstrip()
            if tail:
                shown.append(self._say(self._last[channel], tail))
        calls: tuple[list[ToolCall], list[InvalidToolCall], dict[str, Any]] = ([], [], {})
        if self.stopped is None and self._rest is not None:
            calls = yield from self._judge_rest(self._rest)
        if self.stopped not in {None, "content"}:
            piece = self._last.get("content", Piece("content", "", "str"))
            shown.append(self._say(piece, ("\n\n" if self._said else "") + self._notice))
        shown.append(self._closing(*calls))
        return shown

    # --- whole ------------------------------------------------------------------------------------------------------

    def whole(self, message: AIMessage, info: Mapping[str, Any] | None = None) -> Steps[AIMessage]:
        """Return the whole answer as it may be shown."""
        self._set_aside(message, info)
        found = list(parts.pieces(message))
        texts: dict[str, Verdict] = {}
        for channel in ("reasoning", "content"):
            said = "".join(piece.text for piece in found if piece.channel == channel and piece.shape != "signature")
            if not said or self.stopped is not None:
                continue
            yield Feed(channel, said)
            verdict: Verdict = yield Finish(channel)
            self._verdicts.append(verdict)
            texts[channel] = verdict
            if verdict.action is Action.BLOCK:
                self.stopped = channel
        calls: tuple[list[ToolCall], list[InvalidToolCall], dict[str, Any]] = ([], [], {})
        if self.stopped is None:
            calls = yield from self._judge_rest(message)
        content, extras = self._content(message, found, texts)
        tool_calls, invalid, more = calls
        return AIMessage(
            content=content,
            additional_kwargs={**extras, **more},
            response_metadata=self._judgement(),
            tool_calls=tool_calls,
            invalid_tool_calls=invalid,
            usage_metadata=parts.usage(message.usage_metadata),
            id=_id(message),
        )

    def _content(
        self, message: AIMessage, found: Sequence[Piece], texts: Mapping[str, Verdict]
    ) -> tuple[str | list[str | dict[Any, Any]], dict[str, Any]]:
        blocks: list[str | dict[Any, Any]] = []
        extras: dict[str, Any] = {}
        done: set[str] = set()
        for piece in found:
            verdict = texts.get(piece.channel)
            if verdict is None:
                continue
            if verdict.action is Action.ALLOW:
                text = piece.text
            elif piece.channel in done or piece.shape == "signature":
                continue
            else:
                text = verdict.text
                if verdict.action is Action.BLOCK and piece.channel != "content":
                    text = text.removesuffix(self._notice).rstrip()
                done.add(piece.channel)
            if piece.shape == "kwargs":
                extras["reasoning_content"] = extras.get("reasoning_content", "") + text
            elif text:
                blocks.append(parts.block(piece, text))
        if self.stopped not in {None, "content"}:
            said = "content" in texts and bool(texts["content"].text)
            blocks.append({"type": "text", "text": ("\n\n" if said else "") + self._notice})
        if isinstance(message.content, str):
            return "".join(block["text"] for block in blocks if isinstance(block, dict)), extras
        return blocks, extras

    # --- both -------------------------------------------------------------------------------------------------------

    def _set_aside(self, message: AIMessage, info: Mapping[str, Any] | None) -> None:
        self._metadata.update(parts.metadata({**(info or {}), **message.response_metadata}))
        self._left_out += parts.unknown(message)
        if isinstance(message, AIMessageChunk):
            extras = {key: message.additional_kwargs[key] for key in parts.EXTRAS if message.additional_kwargs.get(key)}
            if message.tool_call_chunks or extras:
                part = AIMessageChunk(content="", tool_call_chunks=message.tool_call_chunks, additional_kwargs=extras)
                self._rest = part if self._rest is None else self._rest + part

    def _say(self, piece: Piece, text: str) -> AIMessageChunk:
        self._said = self._said or piece.channel == "content"
        if piece.shape == "str":
            return AIMessageChunk(content=text)
        if piece.shape == "kwargs":
            return AIMessageChunk(content="", additional_kwargs={"reasoning_content": text})
        return AIMessageChunk(content=[parts.block(piece, text)])

    def _judge_rest(self, message: AIMessage) -> Steps[tuple[list[ToolCall], list[InvalidToolCall], dict[str, Any]]]:
        """Judge tool calls and extra fields; what cannot be shown whole or redacted in place ends the answer."""
        calls = message.tool_calls
        invalid = message.invalid_tool_calls
        if calls or invalid:
            values = [list(fields.leaves(call["args"])) for call in calls] + [[call["args"] or ""] for call in invalid]
            names = [call["name"] or "" for call in (*calls, *invalid)]
            names += [key for call in calls for key in fields.keys(call["args"])]
            judged = yield from self._judge_fields(_TOOLS, [text for texts in values for text in texts], names)
            if judged is None:
                return [], [], {}
            texts = iter(judged)
            try:
                calls = [
                    tool_call(
                        name=call["name"], args=fields.rebuild(call["args"], texts), id=_call_id(call["id"], number)
                    )
                    for number, call in enumerate(calls)
                ]
            except fields.NotClean:
                self.stopped = _TOOLS
                return [], [], {}
            invalid = [
                InvalidToolCall(
                    type="invalid_tool_call",
                    name=call["name"],
                    args=next(texts),
                    id=_call_id(call["id"], number),
                    error="the arguments are no valid JSON object",
                )
                for number, call in enumerate(invalid, start=len(calls))
            ]
        extras = {key: message.additional_kwargs[key] for key in parts.EXTRAS if message.additional_kwargs.get(key)}
        if extras:
            plain = {key: _plain(value) for key, value in extras.items()}
            whole = [*fields.leaves(plain), *fields.keys(plain)]
            judged = yield from self._judge_fields(_EXTRAS, [], whole)
            if judged is None:
                return [], [], {}
        return calls, invalid, extras

    def _judge_fields(self, channel: str, values: list[str], fixed: list[str]) -> Steps[list[str] | None]:
        """Return *values* as they may be shown, None where they or the *fixed* fields may not; that ends the answer."""
        try:
            text = fields.join([*values, *fixed])
            yield Feed(channel, text)
            verdict: Verdict = yield Finish(channel)
            self._verdicts.append(verdict)
            if verdict.action is Action.BLOCK:
                raise fields.NotClean
            judged = fields.part(verdict.text, len(values) + len(fixed))
            if judged[len(values) :] != fixed:
                raise fields.NotClean
        except fields.NotClean:
            self.stopped = channel
            return None
        return judged[: len(values)]

    def _judgement(self) -> dict[str, Any]:
        strictest = max(self._verdicts, key=lambda verdict: verdict.action, default=None)
        action = Action.ALLOW if strictest is None else strictest.action
        reason = Reason.OK.value if strictest is None else strictest.to_dict(sources=self._sources)["reason"]
        if self.stopped is not None and action is not Action.BLOCK:
            action, reason = Action.BLOCK, Reason.FINDING.value
        told: dict[str, Any] = {"action": action.word, "reason": reason, "request_id": self._request_id}
        if self._left_out:
            told["left_out"] = self._left_out
        if self._sources:
            told["findings"] = [
                finding for verdict in self._verdicts for finding in verdict.to_dict(sources=True)["findings"]
            ]
        metadata = {**self._metadata, "echoguard": told}
        if action is Action.BLOCK:
            metadata["finish_reason"] = FINISH_REASON
        return metadata

    def _closing(
        self, calls: Sequence[ToolCall], invalid: Sequence[InvalidToolCall], extras: Mapping[str, Any]
    ) -> AIMessageChunk:
        chunks = [
            tool_call_chunk(name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=number)
            for number, call in enumerate(calls)
        ]
        chunks += [
            tool_call_chunk(name=call["name"], args=call["args"], id=call["id"], index=number)
            for number, call in enumerate(invalid, start=len(calls))
        ]
        return AIMessageChunk(
            content="",
            tool_call_chunks=chunks,
            additional_kwargs=dict(extras),
            response_metadata=self._judgement(),
            chunk_position="last",
        )


def _id(message: AIMessage) -> str | None:
    return message.id if fields.opaque(message.id) else None


def _call_id(given: str | None, number: int) -> str:
    return given if given is not None and fields.opaque(given) else f"call_{number}"


def _plain(value: Any) -> Any:
    """Return a parsed answer (a pydantic object) as plain values."""
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if callable(dump) else value
