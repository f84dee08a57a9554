"""Cutting a text into sentences and lines from left to right, so that a finished piece never changes."""
# ruff: noqa: E501 - patterns and words

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from detectors.pii.candidate import LONGEST

SOFT_LENGTH: Final = 600
"""From this length on, in characters, a segment ends at the next white space."""
HARD_LENGTH: Final = 900

_END: Final = re.compile(
    r"""\n | [.!?\u2026][)\]"'\u2019\u201d\u00bb]{0,3}[ \t]+(?=[^\s\W]|["'(\u201c\u00ab\u2018*\-]) | [\u3002\uff01\uff1f]""",
    re.VERBOSE,
)
_SPACE: Final = re.compile(r"\s")
_SHORT: Final = re.compile(r"(?:^|[^\w])(\w{1,5})$")
_ABBREVIATED_TEXT: Final = (
    "mr mrs ms dr prof st no nr tel fax ext inc ltd co corp dept jr sr vs hr fr dra sra mme mlle sig dott dhr "
    "mevr bzw ca art str rd ave blvd apt ste fig vol ed al eg ie etc approx gen col sgt capt lt rev hon gov "
    "sen rep jan feb mar apr jun jul aug sep sept oct nov dec usw geb"
)
_ABBREVIATED: Final = frozenset(_ABBREVIATED_TEXT.split())


class Segment(NamedTuple):
    """``text[start:end]``; *natural* when a line or sentence ended there, not the patience with a long one."""

    start: int
    end: int
    natural: bool
    closed: bool


def segments(text: str) -> list[Segment]:
    """
    Return the segments of *text*, in order, without gaps; the last is open.

    Guarantee: the closed segments of a prefix are segments of the whole text.
    """
    result: list[Segment] = []
    start = 0
    for end in _natural_ends(text):
        while end - start > SOFT_LENGTH and (cut := _forced(text, start)) and cut < end:
            result.append(Segment(start, cut, natural=False, closed=True))
            start = cut
        result.append(Segment(start, end, natural=True, closed=True))
        start = end
    while (cut := _forced(text, start)) and cut < len(text):
        result.append(Segment(start, cut, natural=False, closed=True))
        start = cut
    result.append(Segment(start, len(text), natural=True, closed=False))
    return result


def settled(text: str) -> int:
    """Return the offset before which no finding that respects the segments of *text* can change any more."""
    pieces = segments(text)
    last = pieces[-1]
    if len(pieces) == 1:
        return 0
    # Behind a forced end the value that stands across it must be complete too.
    return last.start if pieces[-2].natural else max(pieces[-2].start, min(last.start, len(text) - 2 * LONGEST))


def _natural_ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if text[match.start()] == "." and _abbreviation(text, match.start()):
            continue
        yield match.end()


def _abbreviation(text: str, dot: int) -> bool:
    word = _SHORT.search(text, max(0, dot - 6), dot)
    if word is None:
        return False
    short = word.group(1)
    return (len(short) == 1 and short.isalpha()) or short.casefold() in _ABBREVIATED


def _forced(text: str, start: int) -> int:
    """Return where a segment that begins at *start* ends at the latest, 0 when *text* is too short to tell."""
    if len(text) - start <= SOFT_LENGTH:
        return 0
    space = _SPACE.search(text, start + SOFT_LENGTH, min(len(text), start + HARD_LENGTH))
    if space:
        return space.end()
    return start + HARD_LENGTH if len(text) >= start + HARD_LENGTH else 0
