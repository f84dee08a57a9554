"""A text without the Markdown and HTML that may stand inside a value: ``4111 **1111** 1111 1111`` is a card."""
# ruff: noqa: E501 - patterns

from __future__ import annotations

import re
from typing import Final

from detectors.folding import Folded

_MARK: Final = r"(?:\*{1,3}|~~|`|<(?:/[A-Za-z][A-Za-z0-9]{0,15}|[A-Za-z][^<>\n.!?\u2026\u3002\uff01\uff1f]{0,100})>|&(?:nbsp|#160|#32|#64|commat|shy|#173);)"
_SIGNS: Final = "*~`<&"
_MARKED: Final = re.compile(_MARK)
_RUN: Final = re.compile(rf"{_MARK}{{1,3}}")
_SIGN: Final = re.compile(rf"[{_SIGNS}]")
_VALUE_BEFORE: Final = re.compile(r"(?:[\d@+]|\w[.-])[ ]?\Z")
_VALUE_BEHIND: Final = re.compile(r"[ ]?(?:[\d@+]|[.-]\w)")
_WORD_BEFORE: Final = re.compile(r"[\w@+.:-][ ]?\Z")
_WORD_BEHIND: Final = re.compile(r"[ ]?[\w@+(.:-]")
_UNFINISHED: Final = re.compile(r"(?:<[^<>\n.!?\u2026\u3002\uff01\uff1f]{0,101}|&#?\w{0,6}|\*+|~|`)\Z")
_MEANT: Final = {"&nbsp;": " ", "&#160;": " ", "&#32;": " ", "&#64;": "@", "&commat;": "@"}


def splits(text: str, start: int = 0, end: int | None = None) -> bool:
    """
    Say whether markup in ``text[start:end]`` stands between two characters of what may be one value.

    One of them is a digit, an ``@`` or a sign inside a word, or the markup itself means an ``@``.
    """
    end = len(text) if end is None else end
    for sign in _SIGN.finditer(text, start, end):
        before = text[max(start, sign.start() - 3) : sign.start()]
        if not _WORD_BEFORE.search(before):
            continue
        run = _RUN.match(text, sign.start(), end)
        if run is None or not _WORD_BEHIND.match(text, run.end(), end):
            continue
        at = run.group() in _MEANT and _MEANT[run.group()] == "@"
        if at or _VALUE_BEFORE.search(before) or _VALUE_BEHIND.match(text, run.end(), end):
            return True
    return False


def unmarked(text: str) -> Folded:
    """Return *text* without its markup, and the way back."""
    if not any(sign in text for sign in _SIGNS):
        return Folded(text, None, len(text))
    out: list[str] = []
    origin: list[int] = []
    at = 0
    for mark in _MARKED.finditer(text):
        out.append(text[at : mark.start()])
        origin.extend(range(at, mark.start()))
        meant = _MEANT.get(mark.group(), "")
        out.append(meant)
        origin.extend([mark.start()] * len(meant))
        at = mark.end()
    out.append(text[at:])
    origin.extend(range(at, len(text)))
    return Folded("".join(out), origin, len(text))


def finished(text: str) -> int:
    """Return how much of *text* holds no markup that may still be open at its end."""
    open_mark = _UNFINISHED.search(text, max(0, len(text) - 110))
    return open_mark.start() if open_mark else len(text)
