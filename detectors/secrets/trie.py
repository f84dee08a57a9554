"""One expression for many words, written so that shared beginnings are tried once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression that matches the longest of *words* that stands in a place."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _written(tree)


def _written(tree: dict[str, Any]) -> str:
    parts = [re.escape(char) + _written(rest) for char, rest in sorted(tree.items()) if char]
    if not parts:
        return ""
    body = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
    return f"(?:{body})?" if "" in tree else body
