"""
Disguises undone: other readings of a text, each with the way back to its original offsets.

A reading is made only where something asks for it, is never longer than the text, and there are at most
:data:`MOST_VIEWS`.  What asks for it is decided by a bounded stretch of text, so that streams can rely on
:attr:`View.held`: nothing before it can change its reading later.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.errors import AnswerTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from corpora.text.normalize import NormalizedText
    from corpora.text.words import Words

    I64 = NDArray[np.int64]

MOST_VIEWS: Final = 64
"""Encoded runs that are read in one text; a text with more of them was not looked at, which is an error."""
BEFORE: Final = 64
"""Words before the first sign of a disguise that are read as disguised as well."""
_SHORTEST: Final = 24
"""Characters of an encoded run, at least."""

_ESCAPE: Final = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,8});"
    r"|(?:%[0-9A-Fa-f]{2}){1,4}"
    r"|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[nrt\"'/\\]",
)
_HALF_ESCAPE: Final = re.compile(
    r"(?:&[#A-Za-z0-9]{0,9}|(?:%[0-9A-Fa-f]{2}){0,3}%[0-9A-Fa-f]{0,2}|\\(?:u[0-9a-fA-F]{0,3}|x[0-9a-fA-F]?)?)\Z",
)
_RUN: Final = re.compile(r"(?:[A-Za-z0-9+/_-]{60,}\r?\n)*[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX_RUN: Final = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){20,}")
_MORE_OF_RUN: Final = re.compile(r"(?:\r?\n?[A-Za-z0-9+/_-]{0,23}={0,2}|[ :]?[0-9a-fA-F]?)\Z")
_ROTATED: Final = re.compile(r"\b(?:gur|naq|gung|sbe|jvgu|guvf)\b", re.IGNORECASE)
_BACKWARDS: Final = re.compile(r"\b(?:eht|dna|taht|siht|htiw)\b", re.IGNORECASE)
_LEET: Final = re.compile(r"[A-Za-z][013457@$]+[A-Za-z](?=\S*(?:\s+\S+){0,3}\s+\S*[A-Za-z][013457@$]+[A-Za-z])")
_LEET_LETTERS: Final = str.maketrans("0134578@$!", "oieastbasi")
_READABLE: Final = 0.85
"""Share of letters, digits and usual punctuation from which on decoded bytes are taken for text."""


@dataclass(frozen=True, slots=True)
class View:
    """
    One reading of a text.

    Attributes:
        name: The disguise undone.
        text: The reading.
        starts: int64, one per character of the reading: first original code point it comes from.
        ends: int64: one past the last.
        held: Original offset before which this reading is final but for the windows that may still grow; None where it
            is final altogether.
        windowed: Whether windows settle one after another from the beginning of the reading.
    """

    name: str
    text: str
    starts: I64
    ends: I64
    held: int | None
    windowed: bool


def views(text: str, folded: NormalizedText, words: Words) -> list[View]:
    """
    Return the other readings of *text*; empty for text that shows no sign of a disguise.

    Raises:
        AnswerTooLarge: More is encoded in it than is read; nobody can say what it holds.
    """
    found = list(_encoded(text))
    if _ESCAPE.search(text):
        found.append(_unescaped(text))
    for name, sign in (("rot13", _ROTATED), ("leetspeak", _LEET), ("backwards", _BACKWARDS)):
        first = sign.search(text)
        if first is None or not len(words):
            continue
        # The sign may reach over several words; the first of them counts.
        word = int(words.begin.searchsorted(folded.origin.searchsorted(first.start()), side="right")) - 1
        begin = int(folded.origin[words.begin[max(word - BEFORE, 0)]])
        found.append(_whole(name, text, begin))
    return found


def unfinished(text: str) -> int:
    """Return the offset of an escape at the end of *text* that may not be finished, else its length."""
    half = _HALF_ESCAPE.search(text, max(len(text) - 16, 0))
    return half.start() if half else len(text)


def _whole(name: str, text: str, begin: int) -> View:
    rest = text[begin:]
    places = np.arange(begin, len(text), dtype=np.int64)
    if name == "backwards":
        return View(name, rest[::-1], places[::-1], places[::-1] + 1, begin, windowed=False)
    read = codecs.encode(rest, "rot13") if name == "rot13" else rest.translate(_LEET_LETTERS)
    return View(name, read, places, places + 1, begin, windowed=True)


def _unescaped(text: str) -> View:
    parts: list[str] = []
    starts: list[I64] = []
    ends: list[I64] = []
    at = 0
    for escape in _ESCAPE.finditer(text):
        plain = np.arange(at, escape.start(), dtype=np.int64)
        read = _character(escape.group())
        parts += [text[at : escape.start()], read]
        starts += [plain, np.full(len(read), escape.start(), dtype=np.int64)]
        ends += [plain + 1, np.full(len(read), escape.end(), dtype=np.int64)]
        at = escape.end()
    rest = np.arange(at, len(text), dtype=np.int64)
    return View(
        "escapes",
        "".join((*parts, text[at:])),
        np.concatenate((*starts, rest)),
        np.concatenate((*ends, rest + 1)),
        0,
        windowed=True,
    )


def _character(escape: str) -> str:
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[0] == "%":
        return bytes.fromhex(escape.replace("%", "")).decode("utf-8", "replace")
    if escape[1] in "ux":
        return chr(int(escape[2:], 16))  # noqa: FURB166 - the prefix is not one of Python
    return " " if escape[1] in "nrt" else escape[1]


def _encoded(text: str) -> Iterator[View]:
    """Yield what runs of base64 and hexadecimal digits say; each is read apart."""
    count = 0
    for name, pattern in (("hex", _HEX_RUN), ("base64", _RUN)):
        for run in pattern.finditer(text):
            # A run at the end may go on; what it says is not settled before it is over.
            still_open = _MORE_OF_RUN.match(text, run.end()) is not None
            view = _decoded(name, run.group(), run.start(), run.start() if still_open else None)
            if view is not None or still_open:
                count += 1
                if count > MOST_VIEWS:
                    raise AnswerTooLarge(
                        f"the text holds more than {MOST_VIEWS} encoded passages; it was not looked at"
                    )
                yield view or _nothing(name, run.start())


def _nothing(name: str, start: int) -> View:
    empty = np.zeros(0, dtype=np.int64)
    return View(name, "", empty, empty, start, windowed=False)


def _decoded(name: str, run: str, start: int, held: int | None) -> View | None:
    where = np.array([i for i, char in enumerate(run) if char not in "\r\n =:"], dtype=np.int64) + start
    symbols = "".join(char for char in run if char not in "\r\n =:")
    digits = 2 if name == "hex" else 4
    symbols = symbols[: len(symbols) // digits * digits] if name == "hex" else symbols
    try:
        if name == "hex":
            data = bytes.fromhex(symbols)
        else:
            data = base64.b64decode(symbols.replace("-", "+").replace("_", "/") + "=" * (-len(symbols) % 4))
    except (ValueError, binascii.Error):
        return None
    read = data.decode("utf-8", "replace")
    usual = sum(char.isalnum() or char in " \n\t.,;:'\"()-?!" for char in read if char != "\ufffd")
    if len(read) < _SHORTEST // 2 or usual < _READABLE * len(read):
        return None
    sizes = np.array([len(char.encode()) if char != "\ufffd" else 1 for char in read], dtype=np.int64)
    first = np.minimum(np.cumsum(sizes) - sizes, len(data) - 1)
    last = np.minimum(first + sizes, len(data)) - 1
    bits = 4 if name == "hex" else 6
    return View(
        name,
        read,
        where[np.minimum(first * 8 // bits, len(where) - 1)],
        where[np.minimum((last * 8 + 7) // bits, len(where) - 1)] + 1,
        held,
        windowed=False,
    )
