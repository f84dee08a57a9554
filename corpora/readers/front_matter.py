"""YAML front matter: what a text says about itself between two lines of three hyphens."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from corpora.errors import ReaderError
from corpora.readers.metadata import check_keys

MAX_FRONT_MATTER: Final = 16_384
"""Longest front matter, in characters, both fences counted."""

_OPENING: Final = re.compile(r"---[ \t]*(?:\r\n|\n|\r)")
_CLOSING: Final = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_HINT: Final = "quote values that begin with ! or *, or remove the line of hyphens at the top"


def split_front_matter(text: str) -> tuple[dict[str, Any], str, tuple[str, ...]]:
    """
    Return what the front matter of *text* says, the text below it, and remarks for its owner.

    A text that does not begin with ``---`` has none.  One that does but cannot be understood is refused: its label is
    not known, and a guess could make it free.

    Raises:
        ReaderError: The front matter has no end, is too long, is not a YAML mapping, or names a key twice.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return {}, text, ()
    closing = _CLOSING.search(text, opening.end(), MAX_FRONT_MATTER)
    if closing is None:
        raise ReaderError(f"has front matter without an end in its first {MAX_FRONT_MATTER:,} characters: {_HINT}")
    said = _mapping(text[opening.end() : closing.start()])
    return said, text[closing.end() :], check_keys(said, "front matter")


def _mapping(block: str) -> dict[str, Any]:
    loader = yaml.SafeLoader(block)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise ReaderError(f"has front matter that is not a list of 'key: value' lines: {_HINT}")
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(names) != len(node.value) or len(set(names)) != len(names):
            raise ReaderError("has front matter that names a key twice, or a key that is not a word")
        said: dict[Any, Any] = loader.construct_document(node)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        # Not chained: the message of a YAML error quotes the text.
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 2})" if mark is not None else ""
        raise ReaderError(f"has malformed front matter{place}: {_HINT}") from None
    finally:
        loader.dispose()
    return {str(key): value for key, value in said.items()}
