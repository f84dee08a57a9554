"""The matches of a text that grows, without looking at its beginning again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from corpora.errors import LONGEST_TEXT, AnswerTooLarge
from corpora.matching.matcher import Known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpora.match import Match
    from corpora.matching.matcher import Matcher


class Follower:
    """
    Follows one text.

    Guarantee: whatever the steps in which the text grows, :meth:`look` returns what :meth:`corpora.Corpus.matches` and
    :meth:`corpora.Corpus.settled` return for it.  Windows that are full are looked through once.

    Not thread-safe: one text, one follower.

    Args:
        matchers: One for each segment.
        estimated: Whether the corpus keeps no texts.
    """

    def __init__(self, matchers: Sequence[Matcher], *, estimated: bool) -> None:
        self._matchers = matchers
        self._estimated = estimated
        self._text = ""
        self._known = [Known() for _ in matchers]
        self._last: tuple[list[Match], int] | None = None

    def look(self, text: str) -> tuple[list[Match], int]:
        """
        Return the matches of *text*, and the offset up to which they are final.

        A text that does not go on where the last one ended is looked at from its beginning.

        Raises:
            AnswerTooLarge: The text has more than :data:`corpora.errors.LONGEST_TEXT` code points.
        """
        if len(text) > LONGEST_TEXT:
            raise AnswerTooLarge(f"the text has {len(text)} characters; at most {LONGEST_TEXT} are looked at")
        if self._last is not None and text == self._text:
            return self._last
        if not text.startswith(self._text):
            self._known = [Known() for _ in self._matchers]
        # Should a look fail half way, the next one starts anew.
        self._text, self._last = "", None
        known, self._known = self._known, [Known() for _ in self._matchers]
        looked = [matcher.look(text, here) for matcher, here in zip(self._matchers, known, strict=True)]
        self._text, self._known = text, known
        matches = together([found for found, _ in looked], estimated=self._estimated)
        self._last = matches, min((settled for _, settled in looked), default=len(text))
        return self._last


def together(parts: Sequence[list[Match]], *, estimated: bool) -> list[Match]:
    """Return the matches of several segments in the order of the text; *estimated* where no texts are kept."""
    found = [match for part in parts for match in part]
    if estimated:
        found = [replace(match, estimated=True) for match in found]
    if len(parts) > 1:
        found.sort(key=lambda match: (match.span, -match.similarity, match.document_id, match.view))
    return found
