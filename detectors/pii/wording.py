"""Small questions about words and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TRIM_START: Final = re.compile(r"^[\s\"'`*_(\[>:;,.-]+")
_TRIM_END: Final = re.compile(r"(?:['’]s)?[\s\"'`*_.,;:)\]>-]*$")  # noqa: RUF001 - both apostrophes are meant
_LOWER_WORD: Final = re.compile(r"(?<!\w)[a-zß-öø-ÿ]+(?!\w)")
_UPPER_WORD: Final = re.compile(r"(?<!\w)[A-ZÀ-ÖØ-Þ][\w-]*")


def plain(word: str) -> str:
    """Return *word* in lower case, without punctuation around it and without a possessive."""
    lowered = word.lower().strip(".,;:'\"’()")  # noqa: RUF001
    return lowered.removesuffix("'s").removesuffix("’s")  # noqa: RUF001


def possessive(text: str) -> int:
    """Return the length of the possessive *text* ends with."""
    return 2 if text.endswith(("'s", "’s")) else 0  # noqa: RUF001


def inside_a_sentence(segment: str, start: int, end: int) -> bool:
    """Say whether lower-case words stand before ``[start, end)`` and the segment is no heading or list of terms."""
    before = _LOWER_WORD.findall(segment[:start])
    around = len(before) + len(_LOWER_WORD.findall(segment[end:]))
    capitals = len(_UPPER_WORD.findall(segment))
    return bool(before) and around >= 3 and capitals <= max(2, around // 2)  # noqa: PLR2004 - fewer are no sentence


def edge(segment: str, place: int, *, back: bool) -> int:
    """Return the nearest end of a word at or beyond *place*."""
    if back:
        while place > 0 and not segment[place - 1].isspace():
            place -= 1
    else:
        while place < len(segment) and not segment[place].isspace():
            place += 1
    return place


def parts(segment: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the range without quotes, punctuation and possessive at its ends, cut at line ends."""
    at = start
    for line in segment[start:end].splitlines(keepends=True):
        begin, stop = at, at + len(line)
        at = stop
        lead = _TRIM_START.match(line)
        begin += lead.end() if lead else 0
        tail = _TRIM_END.search(segment[begin:stop])
        stop = begin + tail.start() if tail else stop
        if begin < stop:
            yield begin, stop
