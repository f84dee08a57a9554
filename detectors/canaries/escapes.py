"""Escapes and tags read wherever they stand: a few between the groups of a marker are too few to make a disguise."""

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


def unescaped(text: str) -> View | None:
    """Return *text* with every escape as the character it stands for, tags left out; None where there is none."""
    found = list(_ESCAPE.finditer(text)) if not {"&", "%", "\\", "<"}.isdisjoint(text) else []
    if not found:
        return None
    parts: list[str] = []
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    at = 0
    for one in found:
        read = _read(one.group())
        between = np.arange(at, one.start(), dtype=np.int64)
        parts += [text[at : one.start()], read]
        starts += [between, np.full(len(read), one.start(), dtype=np.int64)]
        ends += [between + 1, np.full(len(read), one.end(), dtype=np.int64)]
        at = one.end()
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
