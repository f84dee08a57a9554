"""Text with invisible characters and odd widths undone, one character at a time, and the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from corpora.span import Span

_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_ODD: Final = re.compile(
    f"[{_INVISIBLE}\u00a0\u2000-\u200a\u202f\u205f\u3000\u2010-\u2015\u2212\uff01-\uff5e"
    "\U0001d400-\U0001d7ff\U0001fbf0-\U0001fbf9\u24b6-\u24e9]"
)
_GONE: Final = re.compile(f"[{_INVISIBLE}]")


@dataclass(frozen=True, slots=True)
class Folded:
    """
    A text to search in and where each of its characters stands in the original.

    Attributes:
        text: The folded text; never longer than the original.
        origin: For each character of :attr:`text` its offset in the original; None where nothing changed places.
        length: Length of the original.
    """

    text: str
    origin: Sequence[int] | None
    length: int

    def back(self, start: int, end: int) -> Span:
        """Return the span of the original that holds the non-empty ``[start, end)`` of :attr:`text`."""
        if self.origin is None:
            return Span(start, end)
        return Span(self.origin[start], self.origin[end - 1] + 1)

    def place(self, offset: int) -> int:
        """Return where *offset*, at most the length of :attr:`text`, stands in the original."""
        if self.origin is None:
            return offset
        return self.origin[offset] if offset < len(self.origin) else self.length


def fold(text: str) -> Folded:
    """
    Return *text* without invisible characters, with wide, mathematical and circled letters as plain ones.

    Guarantee: what stands for a prefix of *text* is a prefix of what stands for *text*, and each character that is left
    comes from one character of the original.
    """
    odd = _ODD.findall(strange(text))
    if not odd:
        return Folded(text, None, len(text))
    plain = {char: _plain(char) for char in odd}
    if all(plain.values()):
        # One for one: nothing changes places.
        for char, one in plain.items():
            text = text.replace(char, one)
        return Folded(text, None, len(text))
    out: list[str] = []
    origin: list[int] = []
    at = 0
    for found in _ODD.finditer(text):
        if found.start() > at:
            out.append(text[at : found.start()])
            origin.extend(range(at, found.start()))
        at = found.end()
        one = plain[found.group()]
        if one:
            out.append(one)
            origin.append(found.start())
    out.append(text[at:])
    origin.extend(range(at, len(text)))
    return Folded("".join(out), origin, len(text))


_ASCII: Final = bytes(range(128))


def strange(text: str) -> str:
    """Return the characters of *text* that are not ASCII, in order; far cheaper than looking at each in turn."""
    if text.isascii():
        return ""
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def lowered(text: str) -> str:
    """Return *text* in lower case with every character at its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _plain(char: str) -> str:
    """Return the plain form of *char*: one character, or none for an invisible one."""
    if _GONE.match(char):
        return ""
    if "\u2010" <= char <= "\u2015" or char == "\u2212":
        return "-"
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char
