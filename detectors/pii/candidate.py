"""What a recogniser of personal data returns: a place, an entity, how sure."""
# ruff: noqa: E501

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

CONTEXT_BEFORE: Final = 100
"""How far back, in characters, words may stand that tell what a value is."""


class Candidate(NamedTuple):
    """One value in ``text[start:end]`` of the text that was searched; *score* in ``[0, 1]``."""

    entity: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Recogniser:
    """
    One pattern recogniser.

    Attributes:
        entities: Everything it can find, by Presidio's names where there is one.
        find: Yields candidates of a folded text.  A candidate holds no line end and no sentence end, is at most
            :data:`LONGEST` characters long, and depends on no character behind the sentence it stands in.
        needs: Characters of which a text must hold at least one, or *find* has nothing to do.
    """

    entities: tuple[str, ...]
    find: Callable[[Searched], Iterable[Candidate]]
    needs: str


LONGEST: Final = 330
"""Longest value, in characters; a longer one is found as far as this."""


_ZONE: Final = re.compile(r"\d(?:[^\d\n]{0,8}\d){3,}+")
_SEVEN_DIGITS: Final = re.compile(r"\d(?:[^\d\n]{0,8}\d){6}")
_SLACK: Final = 40


class Searched:
    """
    A folded text, its lower-case form, where numbers stand in it, and the words around a place.

    Attributes:
        text: What is searched.
        lower: The same in lower case, character by character.
    """

    __slots__ = ("_ends", "_long", "_zones", "lower", "text")

    def __init__(self, text: str, ends: list[int]) -> None:
        """Take *text* and the *ends* of its segments in order."""
        self.text = text
        lowered = text.lower()
        # A few letters become two; offsets must stay the same.
        same = len(lowered) == len(text)
        self.lower = lowered if same else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        self._ends = ends
        self._zones: list[tuple[int, int]] | None = None
        self._long: list[tuple[int, int]] | None = None

    @property
    def zones(self) -> list[tuple[int, int]]:
        """Ranges that hold every value of four or more digits with its surroundings; most text has few."""
        if self._zones is None:
            zones: list[tuple[int, int]] = []
            for match in _ZONE.finditer(self.text):
                start, end = max(0, match.start() - _SLACK), min(len(self.text), match.end() + _SLACK)
                if zones and start <= zones[-1][1]:
                    zones[-1] = (zones[-1][0], end)
                else:
                    zones.append((start, end))
            self._zones = zones
        return self._zones

    @property
    def long_zones(self) -> list[tuple[int, int]]:
        """Those of :attr:`zones` that hold seven digits or more: years and versions do not."""
        if self._long is None:
            self._long = [
                (start, end) for start, end in self.zones if _SEVEN_DIGITS.search(self.text, start, end) is not None
            ]
        return self._long

    def numbers(self, pattern: re.Pattern[str], *, few: bool = False) -> Iterator[re.Match[str]]:
        """Yield the matches of *pattern*, also those that overlap; its values hold seven digits, four where *few*."""
        for start, end in self.zones if few else self.long_zones:
            match = pattern.search(self.text, start, end)
            while match:
                yield match
                match = pattern.search(self.text, match.start() + 1, end)

    def before(self, start: int, length: int = CONTEXT_BEFORE) -> str:
        """Return the lower-case text in front of *start*, at most *length* characters."""
        return self.lower[max(0, start - length) : start]

    def segment_end(self, place: int) -> int:
        """Return where the segment ends in which *place* stands."""
        index = bisect_right(self._ends, place)
        return self._ends[index] if index < len(self._ends) else len(self.text)

    def around(self, start: int, end: int) -> str:
        """Return the lower-case text in front, and behind as far as the segment of *start* goes."""
        close = self.segment_end(start)
        return self.before(start) + " \0 " + self.lower[end : max(end, min(close, end + CONTEXT_BEFORE))]


def overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield every match of *pattern*, one for each place where one begins: a decoy must not swallow the head of a value."""
    match = pattern.search(text)
    while match:
        yield match
        match = pattern.search(text, match.start() + 1)


def found(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the *candidates* that no other candidate at least as sure contains."""
    # A drop needs containment, not mere overlap: containment is transitive, so no character loses all its cover.
    ordered = sorted(set(candidates), key=lambda c: (c.start, -c.end, -c.score, c.entity))
    # A value is at most LONGEST characters long, so what may contain one begins close by.
    for index, one in enumerate(ordered):
        at = index - 1
        swallowed = False
        while at >= 0 and ordered[at].start > one.start - LONGEST and not swallowed:
            swallowed = _swallows(ordered[at], one, earlier=True)
            at -= 1
        at = index + 1
        while at < len(ordered) and ordered[at].start == one.start and not swallowed:
            swallowed = _swallows(ordered[at], one, earlier=False)
            at += 1
        if not swallowed:
            yield one


def _swallows(outer: Candidate, inner: Candidate, *, earlier: bool) -> bool:
    if outer.start > inner.start or outer.end < inner.end:
        return False
    same = outer.start == inner.start and outer.end == inner.end
    return outer.score > inner.score or (outer.score == inner.score and (not same or earlier))
