"""What a reader takes out of one file, before labels and ids are put on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO, Final, Protocol

from corpora.errors import ReaderError

DEFAULT_MAX_BYTES: Final = 50_000_000
"""Largest file that is read whole, and longest line of a file that is read by lines; bytes."""

MAX_TITLE_LENGTH: Final = 300

DEFAULT_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {name: name for name in ("text", "id", "label", "readers", "tenant", "title")}
)
"""Which field of a JSON line holds what."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """
    How to read.

    Attributes:
        max_bytes: Bound of one file, or of one line where a file is read by lines; bytes.
        fields: For JSON lines: our name to the name of the field that holds it.
    """

    max_bytes: int = DEFAULT_MAX_BYTES
    fields: Mapping[str, str] = field(default_factory=lambda: DEFAULT_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    One document of a file.

    Attributes:
        text: Its text; may be empty.
        said: What the file itself says about the document: raw, unchecked values by our key names.
        title: What the format holds as a title, used where nothing else names one.
        line: Its line, from 1, in a file of many documents; None in a file that is one document.
        remarks: What its owner should know; no text of the document.
    """

    text: str = field(repr=False)
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)
    title: str = field(default="", repr=False)
    line: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One document of a file of many that could not be read; the others still can.  Holds no text."""

    line: int
    reason: str


class Reader(Protocol):
    """
    Takes the documents out of an open file.

    Raises:
        ReaderError: The file is not what its name says, or is too large.  Other errors of the libraries behind it are
            turned into this one by :func:`corpora.readers.registry.read_parts`.
    """

    def __call__(self, handle: BinaryIO, options: ReadOptions) -> Iterator[Part | Fault]:
        """Yield the documents in the order of the file."""
        ...


def whole(handle: BinaryIO, options: ReadOptions) -> bytes:
    """Return everything in *handle*; ReaderError when that is more than ``options.max_bytes``."""
    data = handle.read(options.max_bytes + 1)
    if len(data) > options.max_bytes:
        raise ReaderError(f"is larger than {options.max_bytes:,} bytes: split it or raise the limit")
    return data


def tidy_title(title: object) -> str:
    """Return *title* on one line and bounded; empty when it is not a string that can be stored."""
    if not isinstance(title, str):
        return ""
    line = " ".join(title.split())[:MAX_TITLE_LENGTH]
    return line.encode("utf-8", "ignore").decode("utf-8")
