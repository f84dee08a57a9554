"""Long runs without white space that could hold a credential; prose has few of them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from detectors.secrets.rule import SHORTEST

_RANDOM: Final = re.compile(r"\d|[A-Z]{4}|[a-z][A-Z]|://|[a-z]{20}")


class Run(NamedTuple):
    """A run without white space that begins at *start*."""

    start: int
    text: str


def long_runs(text: str, start: int = 0) -> list[Run]:
    """Return the runs of *text* from *start* on (an end of a word) that are long and not plainly made of words."""
    runs: list[Run] = []
    place = start
    for word in text[start:].split() if start else text.split():
        if len(word) >= SHORTEST and _RANDOM.search(word):
            # What holds this word also is a run of this list, so the first place behind the last run is the right one.
            place = text.find(word, place)
            runs.append(Run(place, word))
            place += len(word)
    return runs
