"""Escapes of characters, and tags."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.text.disguises.parts import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

REACH: Final = 40
"""Code points of an escaped word that may stand before its first and after its last escape."""
_ESCAPE: Final = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
    r"|(?:%[0-9A-Fa-f]{2})+|(?:=[0-9A-F]{2})+|=\r?\n"
    r"|(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\U[0-9a-fA-F]{8}|\\x\{[0-9a-fA-F]{1,6}\}|(?:\\x[0-9a-fA-F]{2})+"
    r"|(?:\\[0-3][0-7]{2})+|[Uu]\+[0-9a-fA-F]{4,6}[ ,;]{0,2}"
    r"|\\[nrtfvbae0\"'`/\\]"
    r"|</?[A-Za-z][A-Za-z0-9:-]{0,30}(?:\s[^<>]{0,200})?/?>"
    "|[\U000e0020-\U000e007e]",
)
_HALF: Final = re.compile(
    r"(?:&[#A-Za-z0-9]{0,30}|(?:%[0-9A-Fa-f]{2}){0,3}%[0-9A-Fa-f]{0,2}|(?:=[0-9A-F]{2}){0,3}=[0-9A-F]{0,2}"
    r"|(?:\\u[dD][89abAB][0-9a-fA-F]{2})?(?:\\(?:u\{?[0-9a-fA-F]{0,6}|U[0-9a-fA-F]{0,7}|x\{?[0-9a-fA-F]{0,6}|[0-3][0-7]?)?)?"
    r"|[Uu]\+?[0-9a-fA-F]{0,6}|</?[A-Za-z0-9:-]{0,30})\Z",
)
_READABLE: Final = 0.85
"""Share of printable characters from which on escapes are taken for text."""
_TAGS: Final = 0xE0000
_LONGEST_HALF: Final = 36
_PLAIN: Final = {"n": "\n", "r": " ", "t": " ", "f": " ", "v": " ", "b": "", "a": "", "e": "", "0": ""}


def unfinished(text: str) -> int:
    """Return the offset of an escape at the end of *text* that may not be finished, else its length."""
    half = _HALF.search(text, max(len(text) - _LONGEST_HALF, 0))
    return half.start() if half else len(text)


def escaped(text: str, begin: int, end: int) -> Part | None:
    """Return what a stretch with many escapes says, cut words at both its ends included; None where it says nothing."""
    low = begin
    while low and begin - low < REACH and not text[low - 1].isspace():
        low -= 1
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at, said, usual = low, 0, 0
    for found in _ESCAPE.finditer(text, begin, end):
        first, after = found.span()
        texts.append(text[at:first])
        starts.extend(range(at, first))
        ends.extend(range(at + 1, first + 1))
        for one, other, read in _read(found.group(), first, after):
            texts.append(read)
            starts.extend([one] * len(read))
            ends.extend([other] * len(read))
            said += len(read)
            usual += sum(char.isprintable() or char.isspace() for char in read)
        at = after
    if usual < _READABLE * said:
        return None
    high = at
    while high < min(len(text), end) and not text[high].isspace():
        high += 1
    texts.append(text[at:high])
    starts.extend(range(at, high))
    ends.extend(range(at + 1, high + 1))
    places = np.array([starts, ends], dtype=np.int64)
    return Part("escapes", low, high, "".join(texts), places[0], places[1], grows=high == len(text))


def _read(escape: str, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield what an escape says, character by character where it holds several bytes, and from where to where."""
    first = escape[0]
    if first > "\x7f":
        # Tag characters: invisible twins of ASCII.
        yield begin, end, chr(ord(first) - _TAGS)
    elif first == "<":
        yield begin, end, " "
    elif first == "&":
        yield begin, end, html.unescape(escape)
    elif first in "%=":
        if escape[1] in "\r\n":
            yield begin, end, ""
        else:
            yield from _bytes(bytes.fromhex(escape.replace(first, "")), begin, 3)
    elif first in "Uu":
        yield begin, end, _character(re.sub(r"[^0-9a-fA-F]", "", escape[2:]))
    else:
        yield from _backslashed(escape, begin, end)


def _backslashed(escape: str, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
    if escape[1] == "x" and escape[2] != "{":
        yield from _bytes(bytes.fromhex(escape.replace("\\x", "")), begin, 4)
    elif escape[1] in "0123" and len(escape) > 2:  # noqa: PLR2004 - a backslash and one digit
        yield from _bytes(bytes(int(part, 8) for part in escape.split("\\")[1:]), begin, 4)
    elif escape[1] in "uUx":
        if escape.count("\\") == 2:  # noqa: PLR2004 - both halves of one character
            high, low = int(escape[2:6], 16), int(escape[8:], 16)
            yield begin, end, chr(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF))
        else:
            yield begin, end, _character(escape[2:].strip("{}"))
    else:
        yield begin, end, _PLAIN.get(escape[1], escape[1])


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code < 0x110000 else " "  # noqa: PLR2004 - the last code point of Unicode


def _bytes(data: bytes, begin: int, width: int) -> Iterator[tuple[int, int, str]]:
    """Yield every character of UTF-8, else of Latin-1, each byte of which takes *width* code points."""
    text = data.decode("utf-8", "surrogateescape")
    at = begin
    for char in text:
        size = width * len(char.encode("utf-8", "surrogateescape"))
        # Bytes that are no UTF-8 are read as Latin-1.
        yield at, at + size, chr(ord(char) - 0xDC00) if "\udc80" <= char <= "\udcff" else char
        at += size
