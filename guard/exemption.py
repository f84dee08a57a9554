"""The user's own words: short repeats of the question are no disclosure."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from corpora.span import Span

EXEMPT_CHARACTERS: Final = 200
"""Most characters of one answer that the question exempts."""
SHORTEST_REPEAT: Final = 4
"""Words in a row that make a repeat."""

_WORD: Final = re.compile(r"\w+")


class Question:
    """
    A question, prepared for finding its words again in an answer.

    Repeats are found from left to right, each as long as it can be, so a repeat that has ended before the end of an
    unfinished answer is the same in the finished one.
    """

    def __init__(self, text: str) -> None:
        self._text = text.casefold()
        self._words = [match.group().casefold() for match in _WORD.finditer(text)]
        self._starts: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for start in range(len(self._words) - SHORTEST_REPEAT + 1):
            self._starts[tuple(self._words[start : start + SHORTEST_REPEAT])].append(start)

    def holds(self, value: str) -> bool:
        """Say whether the question holds *value* as a whole (case does not matter)."""
        if not value.strip():
            return False
        return re.search(rf"(?<!\w){re.escape(value.casefold())}(?!\w)", self._text) is not None

    def repeats(self, answer: str, *, final: bool) -> tuple[list[Span], int]:
        """
        Find stretches of *answer* that repeat the question.

        Returns:
            The stretches in order, and the offset up to which they cannot change when more is appended.
        """
        found = list(_WORD.finditer(answer))
        words = [match.group().casefold() for match in found]
        spans: list[Span] = []
        at = 0
        while at + SHORTEST_REPEAT <= len(words):
            longest = max(
                (
                    self._common(words, at, start)
                    for start in self._starts.get(tuple(words[at : at + SHORTEST_REPEAT]), ())
                ),
                default=0,
            )
            if longest:
                # The very last word may still grow, so a repeat that reaches the one before it is still open.
                if at + longest >= len(words) - 1 and not final:
                    break
                spans.append(Span(found[at].start(), found[at + longest - 1].end()))
                at += longest
            else:
                at += 1
        if final:
            return spans, len(answer)
        # The last words may yet become the head of a repeat, and the very last may yet grow.
        open_from = min(at, max(0, len(words) - SHORTEST_REPEAT))
        return spans, found[open_from].start() if found else len(answer)

    def _common(self, words: list[str], at: int, start: int) -> int:
        length = 0
        while (
            at + length < len(words)
            and start + length < len(self._words)
            and words[at + length] == self._words[start + length]
        ):
            length += 1
        return length
