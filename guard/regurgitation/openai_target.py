"""A chat model behind an OpenAI-compatible address."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from guard.regurgitation.errors import ProbeSettingError, TargetError
from guard.regurgitation.targets import Reply, bounded

if TYPE_CHECKING:
    import httpx

MAX_BODY: Final = 8_000_000
"""Largest response body that is read, in bytes."""
MAX_TOKENS: Final = 1024
"""Answer length asked for: long enough for several chunks of a document."""
_RETRIED: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class OpenAITarget:
    """
    Asks ``/chat/completions``, one fresh conversation per question, temperature 0, without streaming.

    Raises:
        ProbeSettingError: The address cannot be used.
    """

    def __init__(self, url: str, *, model: str | None, api_key: str | None, timeout: float) -> None:
        import httpx

        try:
            self._base = _base(url)
            headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
            self._client: httpx.AsyncClient = httpx.AsyncClient(
                headers=headers, timeout=timeout, follow_redirects=False
            )
        except (ValueError, httpx.InvalidURL) as error:
            raise ProbeSettingError("--target is not a usable address, or the key is not plain ASCII") from error
        self._model = model

    @property
    def name(self) -> str:
        """The address without user name, password and query."""
        return self._base

    async def ask(self, prompt: str) -> Reply:
        """Ask once; see :class:`guard.regurgitation.targets.Target`."""
        body = {
            "model": self._model or await self._first_model(),
            "messages": [{"role": "user", "content": prompt}],
            "temperature": 0,
            "max_tokens": MAX_TOKENS,
        }
        status, headers, raw = await self._send("POST", "/chat/completions", body)
        if status == 400 and _filtered(raw):  # noqa: PLR2004 - the status OpenAI-compatible filters answer with
            return Reply(text="", refused=True)
        _raise_for(status, headers)
        return bounded(_reply(raw))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _first_model(self) -> str:
        status, headers, raw = await self._send("GET", "/models", None)
        _raise_for(status, headers)
        try:
            self._model = str(json.loads(raw)["data"][0]["id"])
        except (ValueError, LookupError, TypeError) as error:
            raise TargetError("the server does not list its models; name one with --model") from error
        return self._model

    async def _send(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, httpx.Headers, bytes]:
        import httpx

        try:
            async with self._client.stream(method, self._base + path, json=body) as response:
                raw = bytearray()
                async for piece in response.aiter_bytes():
                    raw += piece
                    if len(raw) > MAX_BODY:
                        raise TargetError(f"the response is larger than {MAX_BODY} bytes")
                return response.status_code, response.headers, bytes(raw)
        except httpx.TimeoutException as error:
            raise TargetError("the server did not answer in time", again=True) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TargetError(f"the server cannot be reached ({type(error).__name__})", again=True) from error


def _base(url: str) -> str:
    """Return the address that ``/chat/completions`` is appended to: ``/v1`` when *url* names a host alone."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ProbeSettingError("--target holds no host name")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port is not None else ""
    path = parts.path.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    return urlunsplit((parts.scheme.lower(), host + port, path or "/v1", "", ""))


def _raise_for(status: int, headers: httpx.Headers) -> None:
    if 200 <= status < 300:  # noqa: PLR2004 - the successful statuses
        return
    raise TargetError(f"the server answered with status {status}", again=status in _RETRIED, after=_wait(headers))


def _wait(headers: httpx.Headers) -> float | None:
    """Return the seconds of a ``retry-after`` header; None when it is absent or a date."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _filtered(raw: bytes) -> bool:
    """Say whether an error body reports a content filter, which is a refusal and not a fault."""
    try:
        error = json.loads(raw)["error"]
        return "content_filter" in {error.get("code"), error.get("type")}
    except (ValueError, LookupError, TypeError, AttributeError):
        return False


def _reply(raw: bytes) -> Reply:
    """
    Return everything the model produced.

    Raises:
        TargetError: The body is no chat completion.
    """
    try:
        choices = json.loads(raw)["choices"]
        texts = [part for choice in choices for part in _channels(choice["message"])]
        refused = bool(choices) and all(choice.get("finish_reason") == "content_filter" for choice in choices)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise TargetError("the server's answer is not a chat completion", again=True) from error
    if not choices:
        raise TargetError("the server's answer holds no choice", again=True)
    return Reply(text="\n".join(text for text in texts if text), refused=refused)


def _channels(message: dict[str, Any]) -> list[str]:
    """Return the texts of one message: a leak counts wherever it stands."""
    texts = [_content(message.get("content"))]
    texts += [
        message[key] for key in ("reasoning_content", "reasoning", "refusal") if isinstance(message.get(key), str)
    ]
    for call in message.get("tool_calls") or ():
        arguments = call["function"]["arguments"]
        texts.append(arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False))
    return texts


def _content(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if isinstance(part.get("text"), str))
