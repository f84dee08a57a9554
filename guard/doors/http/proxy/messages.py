"""Messages on their way to the upstream: planted markers and decoys stay behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from guard.decoys import met_decoys
from guard.errors import or_unavailable

if TYPE_CHECKING:
    from corpora.document import DocumentRef
    from guard.engine import Guard
    from guard.principal import Principal


def bare_messages(
    body: dict[str, Any], guard: Guard, principal: Principal, *, request_id: str, context: Sequence[DocumentRef]
) -> dict[str, Any]:
    """
    Return a chat request without planted markers in its messages, and without text of decoys.

    Args:
        body: The request; it is not changed.
        guard: Knows decoys, and tells that one was met.
        principal: Who asks.
        request_id: Ties the calls of one question together.
        context: The documents that were recognised in the messages.

    Raises:
        GuardUnavailable: A corpus could not be read.
    """
    found = met_decoys(guard.decoys, context, guard.watch, principal, request_id=request_id)

    def clean(text: str) -> str:
        return guard.decoys.cut_out(text, found, guard.corpora)

    with or_unavailable("the messages could not be looked at"):
        return body | {"messages": [_bare(message, clean) for message in body["messages"]]}


def _bare(message: dict[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
    content = message.get("content")
    if isinstance(content, str):
        return message | {"content": clean(content)}
    if isinstance(content, list):
        return message | {"content": [_bare_part(part, clean) for part in content]}
    return message


def _bare_part(part: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        return part | {"text": clean(part["text"])}
    return part
