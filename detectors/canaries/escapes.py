"""Escapes, tags and numbers of characters read wherever they stand: one marker has too few of them for a disguise."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.text.disguises import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ESCAPE: Final = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|%[0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|</?[A-Za-z][A-Za-z0-9:-]{0,30}(?:\s[^<>]{0,200})?/?>"
)
_NUMBERS: Final = re.compile(
    r"(?<![0-9])(?:(?:[0-9]{2,3}[\s,;|]{1,3}){15,}[0-9]{2,3}|(?:[01]{8}[\s,;|]{0,3}){15,}[01]{8})(?![0-9])"
)
_NUMBER: Final = re.compile(r"[01]{8}|[0-9]{2,3}")
_BITS: Final = 8


def unescaped(text: str) -> View | None:
    """Return *text* with every escape as the character it stands for, tags left out; None where there is none."""
    found = list(_ESCAPE.finditer(text)) if not {"&", "%", "\\", "<"}.isdisjoint(text) else []
    if not found:
        return None
    return _reading(text, [(one.start(), one.end(), _read(one.group())) for one in found])


def numbered(text: str) -> View | None:
    """Return *text* with decimal and binary numbers of characters, 16 or more in a row, as these; None without."""
    found = [
        (one.start(), one.end(), chr(int(one.group(), 2 if len(one.group()) == _BITS else 10)))
        for run in _NUMBERS.finditer(text)
        for one in _NUMBER.finditer(text, run.start(), run.end())
    ]
    return _reading(text, found) if found else None


def _reading(text: str, found: list[tuple[int, int, str]]) -> View:
    """Return *text* with what stands for something else replaced: from where, to where, by what."""
    parts: list[str] = []
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    at = 0
    for begin, end, read in found:
        between = np.arange(at, begin, dtype=np.int64)
        parts += [text[at:begin], read]
        starts += [between, np.full(len(read), begin, dtype=np.int64)]
        ends += [between + 1, np.full(len(read), end, dtype=np.int64)]
        at = end
    rest = np.arange(at, len(text), dtype=np.int64)
    return View(
        "escapes",
        "".join([*parts, text[at:]]),
        np.concatenate([*starts, rest]),
        np.concatenate([*ends, rest + 1]),
        0,
        windowed=True,
    )


def _read(escape: str) -> str:
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[0] == "<":
        return ""
    code = int(escape[1:] if escape[0] == "%" else escape[2:], 16)
    # Half a pair of surrogates and bytes of UTF-8 are no letters of a marker.
    return chr(code) if code < 0x80 else " "  # noqa: PLR2004 - the first character that is not ASCII
