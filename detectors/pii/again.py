"""People who were named once and are named again, by a part of their name, further on in the same text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from detectors.pii.candidate import Candidate
from detectors.pii.cues import SURE
from detectors.pii.gazetteer import AMBIGUOUS, PLACES, PRODUCTS, STARTERS
from detectors.pii.known import WORD
from detectors.pii.segments import Segment
from detectors.pii.wording import plain, possessive

SHORTEST: Final = 3
"""Letters a part of a name needs to be looked for alone."""


def again(
    text: str, pieces: Sequence[Segment], found: Sequence[Candidate], ordinary: Callable[[str], bool]
) -> Iterator[Candidate]:
    """
    Yield places behind each sure person of *found* where a part of the name stands alone.

    What is yielded depends only on the text in front of it and on its own segment.
    """
    people = sorted((one for one in found if one.entity == "PERSON" and one.score >= SURE), key=lambda one: one.end)
    if not people:
        return
    names: dict[str, bool] = {}
    at = 0
    for piece in pieces:
        if names:
            yield from _in_segment(text, piece, names)
        while at < len(people) and people[at].end <= piece.end:
            _learn(text[people[at].start : people[at].end], names, ordinary)
            at += 1


def _in_segment(text: str, piece: Segment, names: dict[str, bool]) -> Iterator[Candidate]:
    segment = text[piece.start : piece.end]
    if not any(name in segment for name in names):
        return
    for word in WORD.finditer(segment):
        bare = word.group()[: len(word.group()) - possessive(word.group())]
        # A word of the language, such as Brown, is a name only where no sentence begins with it.
        if bare in names and (names[bare] or any(char.islower() for char in segment[: word.start()])):
            start = piece.start + word.start()
            yield Candidate("PERSON", start, start + len(bare), SURE)


def _learn(name: str, names: dict[str, bool], ordinary: Callable[[str], bool]) -> None:
    words = name.split()
    for index, word in enumerate(words):
        bare = plain(word)
        if len(bare) < SHORTEST or not word[0].isupper() or bare in STARTERS or bare in PRODUCTS or bare in PLACES:
            continue
        common = ordinary(bare) or bare in AMBIGUOUS
        if not common or (index == len(words) - 1 and len(words) > 1):
            names.setdefault(word.strip(".,'\""), not common)
