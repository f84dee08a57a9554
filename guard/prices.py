"""
What a question costs, in questions: by its length, by how much is wanted, and by what it turned out to fetch.

The first part is known when it is asked, the rest when documents were chosen and when the answer has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from guard.request import Call

_CHARACTERS_PER_TOKEN: Final = 4
"""About; a caller says how long an answer may be in tokens of a model that nobody here knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """
    What counts as one question more.

    Attributes:
        question: Characters of a question, for each after the first such stretch.
        answer: Characters of an answer, likewise.
        documents: Confidential or restricted documents that go into a prompt, for each such number.
    """

    question: int = 8_000
    answer: int = 8_000
    documents: int = 4

    def asked(self, question: str, call: Call) -> int:
        """Return what a question costs when it is asked: its length, and every answer that is wanted."""
        wanted = self._stretches(call.longest * _CHARACTERS_PER_TOKEN, self.answer)
        return 1 + self._stretches(len(question), self.question) + (call.choices - 1) + call.choices * wanted

    def fetched(self, sensitive: int) -> int:
        """Return what *sensitive* documents in the prompt cost on top."""
        return sensitive // self.documents

    def answered(self, characters: int) -> int:
        """Return what an answer of so many characters costs on top."""
        return self._stretches(characters, self.answer)

    @staticmethod
    def _stretches(length: int, each: int) -> int:
        return max(0, length - 1) // each
