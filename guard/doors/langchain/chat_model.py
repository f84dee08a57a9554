"""A chat model whose answers pass the guard before anybody sees them."""

# ruff: noqa: A002 - the base class names the parameter

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Literal, Self

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig, RunnableParallel, RunnableSequence
from langchain_core.tools import BaseTool
from pydantic import Field, InstanceOf, model_validator

from guard.doors.langchain import below
from guard.doors.langchain.answer import AnswerJudge
from guard.doors.langchain.channels import Channels
from guard.doors.langchain.identity import stated
from guard.doors.langchain.run import current_run, new_request_id
from guard.engine import Guard
from guard.errors import ConfigError
from guard.principal import ANONYMOUS, Principal


class GuardedChatModel(BaseChatModel):
    """
    Wraps a chat model: what it says is judged before it is shown, streamed, logged or traced.

    The words, the reasoning and the arguments of tool calls are judged under one account.  A block is a normal answer:
    the text says what may be said, ``response_metadata["finish_reason"]`` is ``content_filter``, and
    ``response_metadata["echoguard"]`` holds action, reason and request id.  Arguments of tools are handed on when they
    are complete, words a little behind the model.  The wrapped model is called below its callback layer: handlers set
    on it are not called, handlers of the run and of this model hear what the guard let through.

    The model's own cache is used and each cached answer is judged anew; what was judged is never cached.

    Attributes:
        model: Any chat model, also one with tools bound to it.
        guard: The open guard.
        principal: Who will see the answers; anonymous when left out.
        trust_config: Take a :class:`Principal` object from ``config["configurable"]["echoguard_principal"]``; leave it
            off where clients can write the configuration.
        sources: Name the matched documents in ``response_metadata["echoguard"]``; for applications that show them to
            nobody who may not know them.

    Raises:
        ConfigError: *model* is no chat model.
        GuardUnavailable: (when called) A check could not run; nothing more is shown.
    """

    model: Any = Field(exclude=True, repr=False)
    guard: InstanceOf[Guard] = Field(exclude=True, repr=False)
    principal: InstanceOf[Principal] = ANONYMOUS
    trust_config: bool = False
    sources: bool = False
    request_id: str | None = None
    cache: Literal[False] = False
    """What one person was shown must not be shown to another unjudged, so the judged answer is never cached."""

    @model_validator(mode="after")
    def _wraps_a_chat_model(self) -> Self:
        inner, _ = below.split(self.model)
        if self.profile is None:
            self.profile = inner.profile
        if self.output_version is None:
            self.output_version = inner.output_version
        return self

    def for_principal(self, principal: Principal) -> Self:
        """Return the same model for somebody else."""
        if not isinstance(principal, Principal):
            raise TypeError(f"principal must be a Principal, not {type(principal).__name__}")
        return self.model_copy(update={"principal": principal})

    @property
    def _llm_type(self) -> str:
        return "echoguard"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"wraps": below.split(self.model)[0]._llm_type}  # noqa: SLF001 - the same method of the wrapped model

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> Any:
        return below.split(self.model)[0]._get_ls_params(stop=stop, **kwargs)  # noqa: SLF001 - as above

    # --- who asks ---------------------------------------------------------------------------------------------------

    def _for(self, config: RunnableConfig | None) -> Self:
        said = stated(config, trust_config=self.trust_config)
        update: dict[str, Any] = {"trust_config": False}
        if said.principal is not None:
            update["principal"] = said.principal
        if said.request_id is not None:
            update["request_id"] = said.request_id
        return self.model_copy(update=update) if len(update) > 1 else self

    def invoke(
        self,
        input: LanguageModelInput,
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AIMessage:
        """Return the answer as it may be shown."""
        return super(GuardedChatModel, self._for(config)).invoke(input, config, stop=stop, **kwargs)

    async def ainvoke(
        self,
        input: LanguageModelInput,
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AIMessage:
        """Return the answer as it may be shown."""
        return await super(GuardedChatModel, self._for(config)).ainvoke(input, config, stop=stop, **kwargs)

    def stream(
        self,
        input: LanguageModelInput,
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> Iterator[AIMessageChunk]:
        """Yield what may be shown of the answer as it comes."""
        yield from super(GuardedChatModel, self._for(config)).stream(input, config, stop=stop, **kwargs)

    async def astream(
        self,
        input: LanguageModelInput,
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[AIMessageChunk]:
        """Yield what may be shown of the answer as it comes."""
        async for chunk in super(GuardedChatModel, self._for(config)).astream(input, config, stop=stop, **kwargs):
            yield chunk

    # --- what is said -----------------------------------------------------------------------------------------------

    def _judging(self, choice: int = 0, request_id: str | None = None) -> tuple[AnswerJudge, Channels]:
        run = current_run()
        name = request_id or self._request()
        judge = AnswerJudge(notice=self.guard.policy.notice, request_id=name, sources=self.sources)
        context = () if run is None else tuple(run.documents)
        return judge, Channels(self.guard, self.principal, name, context=context, choice=choice)

    def _request(self) -> str:
        run = current_run()
        return self.request_id or (run.request_id if run is not None else new_request_id())

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - handlers hear the judged answer only
        **kwargs: Any,
    ) -> ChatResult:
        model, bound = below.split(self.model)
        result = below.generate(model, messages, stop, {**bound, **kwargs})
        request, judged = self._request(), []
        for choice, generation in enumerate(result.generations):
            judge, channels = self._judging(choice, request)
            with channels:
                judged.append(channels.run(judge.whole(_answer(generation), generation.generation_info)))
        return ChatResult(generations=[ChatGeneration(message=message) for message in judged])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        model, bound = below.split(self.model)
        result = await below.agenerate(model, messages, stop, {**bound, **kwargs})
        request, judged = self._request(), []
        for choice, generation in enumerate(result.generations):
            judge, channels = self._judging(choice, request)
            async with channels:
                judged.append(await channels.arun(judge.whole(_answer(generation), generation.generation_info)))
        return ChatResult(generations=[ChatGeneration(message=message) for message in judged])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        model, bound = below.split(self.model)
        judge, channels = self._judging()
        with channels:
            upstream = below.stream(model, messages, stop, {**bound, **kwargs})
            try:
                for said in upstream:
                    for chunk in channels.run(judge.chunk(_chunk(said), said.generation_info)):
                        yield ChatGenerationChunk(message=chunk)
                    if judge.stopped is not None:
                        break
            finally:
                upstream.close()
            for chunk in channels.run(judge.end()):
                yield ChatGenerationChunk(message=chunk)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        model, bound = below.split(self.model)
        judge, channels = self._judging()
        async with channels:
            upstream = below.astream(model, messages, stop, {**bound, **kwargs})
            try:
                async for said in upstream:
                    for chunk in await channels.arun(judge.chunk(_chunk(said), said.generation_info)):
                        yield ChatGenerationChunk(message=chunk)
                    if judge.stopped is not None:
                        break
            finally:
                await upstream.aclose()
            for chunk in await channels.arun(judge.end()):
                yield ChatGenerationChunk(message=chunk)

    # --- tools and structured output --------------------------------------------------------------------------------

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the guarded model with *tools* bound to the wrapped one."""
        if tool_choice is not None:
            kwargs["tool_choice"] = tool_choice
        return self._around(self.model.bind_tools(tools, **kwargs))

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Return what the wrapped model returns for *schema*, with the guard between model and parser."""
        return self._around(self.model.with_structured_output(schema, include_raw=include_raw, **kwargs))

    def _around(self, made: Runnable[Any, Any]) -> Runnable[Any, Any]:
        """Put the guarded model in the place of the wrapped one at the head of what the wrapped one made."""
        if isinstance(made, RunnableSequence):
            return RunnableSequence(self._around(made.first), *made.middle, made.last)
        if isinstance(made, RunnableParallel):
            return RunnableParallel({name: self._around(step) for name, step in made.steps__.items()})
        model, bound = below.split(made)
        guarded = self.model_copy(update={"model": model})
        return guarded.bind(**bound)

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Sequence[Any] | None = None) -> int:
        """Return the wrapped model's count."""
        return below.split(self.model)[0].get_num_tokens_from_messages(messages, tools)

    def get_token_ids(self, text: str) -> list[int]:
        """Return the wrapped model's tokens."""
        return below.split(self.model)[0].get_token_ids(text)


def _answer(generation: ChatGeneration) -> AIMessage:
    if not isinstance(generation.message, AIMessage):
        raise ConfigError(f"a chat model answers with an AIMessage, not {type(generation.message).__name__}")
    return generation.message


def _chunk(said: ChatGenerationChunk) -> AIMessageChunk:
    if not isinstance(said.message, AIMessageChunk):
        raise ConfigError(f"a chat model streams AIMessageChunks, not {type(said.message).__name__}")
    return said.message
