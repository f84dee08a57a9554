"""Structured values as one text to judge, and the judged text back as values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

SEPARATOR: Final = "\n\u241e\n"
"""Between two fields: a symbol that no wording needs, on a line of its own."""

_OPAQUE: Final = re.compile(r"[\w\-.:/+=]{1,200}", re.ASCII)


class NotClean(Exception):
    """The judged text no longer says where each field stands, or changed what must not change."""


def opaque(value: object) -> bool:
    """Say whether *value* looks like an identifier that a provider made, not like words of a model."""
    return isinstance(value, str) and _OPAQUE.fullmatch(value) is not None


def leaves(value: Any) -> Iterator[str]:
    """Yield every string and number inside *value*, in order, as text; keys of mappings are left to :func:`keys`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def keys(value: Any) -> Iterator[str]:
    """Yield every key of every mapping inside *value*: a model that invents keys can say things with them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from keys(inner)


def rebuild(value: Any, texts: Iterator[str]) -> Any:
    """
    Return *value* with its leaves replaced by the next of *texts* each.

    Raises:
        NotClean: A number would have to become words, or there are too few texts.
    """
    if isinstance(value, dict):
        return {key: rebuild(inner, texts) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rebuild(inner, texts) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    text = next(texts, None)
    if text is None or (not isinstance(value, str) and text != str(value)):
        raise NotClean
    return text if isinstance(value, str) else value


def join(fields: Sequence[str]) -> str:
    """
    Return the fields as one text, so that a passage spread over several of them is still one passage.

    Raises:
        NotClean: A field holds the separator, so the way back would be lost.
    """
    mark = SEPARATOR.strip()
    if any(mark in one for one in fields):
        raise NotClean
    return SEPARATOR.join(fields)


def part(text: str, fields: int) -> list[str]:
    """
    Return the *fields* of a judged text.

    Raises:
        NotClean: What was taken out of the text reached over the border of a field.
    """
    found = text.split(SEPARATOR)
    if len(found) != fields:
        raise NotClean
    return found
