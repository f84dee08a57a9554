"""The user's own words: short repeats of the question are no disclosure."""

from __future__ import annotations

import re
from typing import Final

from corpora.span import Span

EXEMPT_CHARACTERS: Final = 200
"""Most characters of one answer that the question exempts."""
SHORTEST_REPEAT: Final = 4
"""Words in a row that make a repeat."""

_WORD: Final = re.compile(r"\w+")


class Question:
    """A question, prepared for finding its words again in an answer."""

    def __init__(self, text: str) -> None:
        self._text = text.casefold()
        words = [match.group().casefold() for match in _WORD.finditer(text)]
        self._rows = {tuple(words[at : at + SHORTEST_REPEAT]) for at in range(len(words) - SHORTEST_REPEAT + 1)}
        self._known: dict[str, bool] = {}

    def holds(self, value: str) -> bool:
        """Say whether the question holds *value* as a whole (case does not matter)."""
        if not value.strip() or len(value) > EXEMPT_CHARACTERS:
            return False
        if value not in self._known:
            self._known[value] = self._find(value.casefold())
        return self._known[value]

    def _find(self, value: str) -> bool:
        at = self._text.find(value)
        while at >= 0:
            end = at + len(value)
            if not _WORD.match(self._text[at - 1 : at]) and not _WORD.match(self._text[end : end + 1]):
                return True
            at = self._text.find(value, at + 1)
        return False

    def repeats(self, answer: str, *, final: bool) -> tuple[list[Span], int]:
        """
        Find stretches of *answer* of which every :data:`SHORTEST_REPEAT` words in a row stand so in the question.

        Returns:
            The stretches in order, and the offset up to which they cannot change when more is appended.
        """
        found = list(_WORD.finditer(answer))
        # The very last word may still grow.
        whole = len(found) if final else len(found) - 1
        words = [match.group().casefold() for match in found[: max(whole, 0)]]
        spans: list[Span] = []
        first, last = 0, -1
        for at in range(len(words) - SHORTEST_REPEAT + 1):
            if tuple(words[at : at + SHORTEST_REPEAT]) not in self._rows:
                continue
            if at > last:
                if last >= 0:
                    spans.append(Span(found[first].start(), found[last].end()))
                first = at
            last = at + SHORTEST_REPEAT - 1
        if last >= 0:
            spans.append(Span(found[first].start(), found[last].end()))
        if final or not found:
            return spans, len(answer)
        # The last whole words may yet become the head of a repeat, and so may what stands before them.
        decided = len(words) - SHORTEST_REPEAT + 1
        return spans, found[decided - 1].end() if decided > 0 else found[0].start()
