"""What is probed: anything that answers one question with one text."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from guard.regurgitation.errors import ProbeError, ProbeSettingError, TargetError

MAX_ANSWER: Final = 1_000_000
"""Longest answer that is measured, in characters; a longer one counts as not probed, never as clean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    What a target said.

    Attributes:
        text: Everything the model produced for this question: content, reasoning, tool arguments, every choice.
        refused: Whether the target said itself that it held the answer back (a content filter).
    """

    text: str
    refused: bool = False


class Target(Protocol):
    """
    Something to probe.

    Implementations are asked from one event loop, several questions at a time, each question without any history.
    """

    @property
    def name(self) -> str:
        """How reports call this target; holds no credentials."""
        ...

    async def ask(self, prompt: str) -> Reply:
        """
        Return the answer to *prompt*.

        Raises:
            TargetError: No usable answer came.
        """
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class CallableTarget:
    """
    A Python callable that takes the question and returns the answer, sync or async.

    A sync callable runs in a thread, so several questions are asked at a time; it must stand that.
    """

    def __init__(self, function: Callable[[str], str | Awaitable[str]], *, name: str | None = None) -> None:
        self._function = function
        self._name = name or f"{getattr(function, '__module__', '?')}:{getattr(function, '__qualname__', '?')}"

    @property
    def name(self) -> str:
        """``module:function``."""
        return self._name

    async def ask(self, prompt: str) -> Reply:
        """Call the function; whatever it raises becomes a :class:`TargetError` that names the type alone."""
        try:
            if inspect.iscoroutinefunction(self._function):
                answer: Any = await self._function(prompt)
            else:
                answer = await _in_daemon(self._function, prompt)
                if inspect.isawaitable(answer):
                    answer = await answer
        except ProbeError:
            raise
        except Exception as error:
            raise TargetError(f"the callable raised {type(error).__name__}", again=True) from error
        if not isinstance(answer, str):
            raise TargetError(f"the callable returned {type(answer).__name__}, not a string")
        return bounded(Reply(text=answer))

    async def close(self) -> None:
        """Nothing to release."""


async def _in_daemon(function: Callable[[str], Any], prompt: str) -> Any:
    """
    Run *function* in a thread of its own that cannot keep the process alive.

    Not ``asyncio.to_thread``: its pool is joined when the loop ends, so one call that hangs would hang the whole run.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(answer: Any, error: Exception | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(answer)
        else:
            done.set_exception(error)

    def work() -> None:
        try:
            answer, error = function(prompt), None
        except BaseException as raised:  # noqa: BLE001 - also SystemExit: nothing may vanish in a thread
            answer, error = None, TargetError(f"the callable raised {type(raised).__name__}", again=True)
        with contextlib.suppress(RuntimeError):  # the run ended meanwhile
            loop.call_soon_threadsafe(settle, answer, error)

    threading.Thread(target=work, name="probe", daemon=True).start()
    return await done


def bounded(reply: Reply) -> Reply:
    """
    Return *reply* if it can be measured.

    Raises:
        TargetError: It is longer than :data:`MAX_ANSWER` or holds lone surrogates.
    """
    if len(reply.text) > MAX_ANSWER:
        raise TargetError(f"the answer has {len(reply.text)} characters; at most {MAX_ANSWER} are measured")
    try:
        reply.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise TargetError(f"the answer is not valid Unicode: lone surrogate at offset {error.start}") from None
    return reply


def open_target(spec: str, *, model: str | None = None, api_key: str | None = None, timeout: float = 60.0) -> Target:
    """
    Return the target that *spec* names.

    Args:
        spec: ``http(s)://...`` of an OpenAI-compatible server, or ``module:function``.
        model: Model name sent to a server; None asks the server which it has and takes the first.
        api_key: Bearer token for a server.
        timeout: Seconds a server may take for one answer.

    Raises:
        ProbeSettingError: *spec* is neither, or the callable cannot be found.
    """
    if spec.lower().startswith(("http://", "https://")):
        from guard.regurgitation.openai_target import OpenAITarget

        return OpenAITarget(spec, model=model, api_key=api_key, timeout=timeout)
    if "://" in spec:
        raise ProbeSettingError("--target is a http(s) address or module:function")
    return CallableTarget(_find(spec), name=spec)


def _find(spec: str) -> Callable[[str], str | Awaitable[str]]:
    """Import ``module:function``; the working directory is searched first, as ``python -m`` does."""
    module_name, colon, path = spec.partition(":")
    if not colon or not module_name or not path:
        raise ProbeSettingError("--target is a http(s) address or module:function")
    here = os.getcwd()  # noqa: PTH109 - sys.path holds strings
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise ProbeSettingError(f"no module named {error.name!r} here or among the installed packages") from error
    except Exception as error:
        raise ProbeSettingError(f"importing {module_name!r} raised {type(error).__name__}") from error
    for part in path.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise ProbeSettingError(f"{module_name!r} has no callable named {path!r}")
    function: Callable[[str], str | Awaitable[str]] = found
    return function
