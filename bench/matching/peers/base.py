"""What a peer is."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bench.matching.texts import Texts


class Absent(Exception):
    """The library of a peer is not installed; the peer is left out, and the output says so."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a peer says of one answer.

    Attributes:
        score: The higher, the surer that something was copied.
        documents: Ids of what it was copied from; empty where the peer cannot say.
    """

    score: float
    documents: frozenset[str] = field(default_factory=frozenset)


class Peer(Protocol):
    """A matcher with a score; built once, then asked."""

    name: str
    names_documents: bool
    most: int
    """Answers it is asked of each kind: slow peers get fewer."""

    def build(self, texts: Texts) -> None:
        """Index the corpus."""

    def ask(self, answer: str) -> Found:
        """Look at one answer."""


def library(name: str) -> Any:
    """
    Import a library that only the bench needs.

    Raises:
        Absent: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.split(".", maxsplit=1)[0]
        raise Absent(f"{package} is not installed; see the group 'bench' in pyproject.toml") from None


def folded(text: str) -> list[str]:
    """Return the words as every peer gets them: letters and digits of one case."""
    return re.findall(r"\w+", text.lower())


def strides(count: int, size: int, step: int) -> Sequence[int]:
    """Return where windows of *size* begin, the last one flush with the end."""
    if count <= size:
        return [0]
    return [*range(0, count - size, step), count - size]
