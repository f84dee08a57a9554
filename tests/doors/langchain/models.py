"""A chat model that says what a test wrote, in the pieces the test wrote, and tells its handlers as real ones do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.utils import message_chunk_to_message
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import Field


class ScriptedModel(BaseChatModel):
    """Says *script*, chunk by chunk; the number of chunks taken stands in ``taken[0]``."""

    script: list[AIMessageChunk]
    taken: list[int] = Field(default_factory=lambda: [0])
    seen: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.seen.append(messages)
        whole = self.script[0].model_copy(deep=True)
        for chunk in self.script[1:]:
            whole += chunk.model_copy(deep=True)
        whole.chunk_position = "last"
        return ChatResult(generations=[ChatGeneration(message=message_chunk_to_message(whole))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.seen.append(messages)
        for message in self.script:
            self.taken[0] += 1
            chunk = ChatGenerationChunk(message=message.model_copy(deep=True))
            if run_manager is not None:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def bind_tools(self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any) -> Runnable[Any, Any]:
        return self.bind(tools=list(tools), tool_choice=tool_choice, **kwargs)


def saying(*pieces: str | list[dict[str, Any]]) -> ScriptedModel:
    """A model that says *pieces*, one chunk each."""
    return ScriptedModel(script=[AIMessageChunk(content=piece) for piece in pieces])


def cut(text: str, places: Sequence[int]) -> list[str]:
    """*text* cut at *places* (any integers)."""
    marks = sorted({place % (len(text) + 1) for place in places} | {0, len(text)})
    return [text[start:end] for start, end in itertools.pairwise(marks)]
