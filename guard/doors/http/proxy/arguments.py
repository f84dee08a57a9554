"""Tool-call arguments as text that detectors can read: JSON escapes undone, names beside their values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/bfnrt]))")
_SHORT: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
MAX_DEPTH: Final = 200


class _Pairs(list[tuple[str, Any]]):
    """An object with every one of its members: a second member of the same name must not hide the first."""


def readable(arguments: str) -> str:
    """
    Return every name and value in *arguments*, one ``name: value`` per line, in order.

    What is no JSON comes back as it is, with its escapes undone, so that an invalid call is looked at, too.
    """
    try:
        value = json.loads(arguments, object_pairs_hook=_Pairs)
        return _valid("\n".join(_lines(value, "", 0)))
    except (ValueError, RecursionError):
        return _valid(_ESCAPE.sub(_unescaped, arguments))


def _lines(value: Any, name: str, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, _Pairs):
        for key, inner in value:
            if isinstance(inner, list):
                yield key
            yield from _lines(inner, key, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, "", depth + 1)
    else:
        text = value if isinstance(value, str) else json.dumps(value)
        yield f"{name}: {text}" if name else text


def _unescaped(match: re.Match[str]) -> str:
    code, short = match.groups()
    return chr(int(code, 16)) if code else _SHORT[short]


def _valid(text: str) -> str:
    """Join surrogate pairs and replace lone surrogates, which no detector reads."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
