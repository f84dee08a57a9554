"""A text without the Markdown and HTML that may stand inside a value: ``4111 **1111** 1111 1111`` is a card."""
# ruff: noqa: E501 - patterns

from __future__ import annotations

import re
from typing import Final

from detectors.folding import Folded

_MARK: Final = r"(?:\*{1,3}|~~|`|<(?:/[A-Za-z][A-Za-z0-9]{0,15}|[A-Za-z][^<>\n.!?\u2026\u3002\uff01\uff1f]{0,100})>|&(?:nbsp|#160|#32|#64|commat|shy|#173);)"
_SIGNS: Final = "*~`<&"
_MARKED: Final = re.compile(_MARK)
_INSIDE: Final = re.compile(rf"[\w@+.:-][ ]?{_MARK}{{1,3}}[ ]?[\w@+(.:-]")
"""Markup between two characters of what may be one value."""
_UNFINISHED: Final = re.compile(r"(?:<[^<>\n.!?\u2026\u3002\uff01\uff1f]{0,101}|&#?\w{0,6}|\*+|~|`)\Z")
_MEANT: Final = {"&nbsp;": " ", "&#160;": " ", "&#32;": " ", "&#64;": "@", "&commat;": "@"}


def splits(text: str, start: int = 0, end: int | None = None) -> bool:
    """Say whether markup splits something like a value in ``text[start:end]``."""
    signs = any(text.find(sign, start, end) >= 0 for sign in _SIGNS)
    return signs and _INSIDE.search(text, start, len(text) if end is None else end) is not None


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
