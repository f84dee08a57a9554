"""Documents, their chunks with vectors, and the questions that people ask about them."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.matching.texts import library
from guard.regurgitation.rouge import cut, word_spans

SENTENCE = re.compile(r"[^.!?\n]+[.!?]*\s*|\n+")
LONGEST = 200
"""Characters of a sentence: tables and lists have no full stops."""
_PART = re.compile(rf"\S.{{0,{LONGEST}}}(?!\S)")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One hundred words of a document, in code points of its text."""

    document: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A natural question, and the document that answers it."""

    text: str
    document: int


class World:
    """
    A corpus that is asked about.

    Args:
        texts: (id, text) of documents.
        questions: (text, id of the answering document); those about other documents are left out.
    """

    def __init__(self, texts: Sequence[tuple[str, str]], questions: Sequence[tuple[str, str]]) -> None:
        self.ids = [name for name, _ in texts]
        self.texts = [text for _, text in texts]
        places = {name: number for number, name in enumerate(self.ids)}
        self.questions = [Question(text, places[name]) for text, name in questions if name in places]
        self.chunks: list[Chunk] = []
        for number, text in enumerate(self.texts):
            spans = word_spans(text)
            for first, last in cut(len(spans)):
                self.chunks.append(Chunk(number, spans[first][1], spans[last - 1][2]))

    @cached_property
    def embed(self) -> Callable[[Sequence[str]], np.ndarray]:
        """Return what makes vectors: float32, shape ``(n, dim)``, rows of length 1."""
        import wordllama

        folder = Path(str(wordllama.__file__)).parent
        model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
        return lambda texts: np.asarray(model.embed(list(texts), norm=True), dtype=np.float32)

    @cached_property
    def vectors(self) -> np.ndarray:
        """Vectors of all chunks, float32, shape ``(chunks, dim)``."""
        return self.embed([self.text(number) for number in range(len(self.chunks))])

    def text(self, chunk: int) -> str:
        """Return the text of a chunk."""
        one = self.chunks[chunk]
        return self.texts[one.document][one.start : one.end]

    def nearest(self, question: str, k: int) -> list[int]:
        """Return the *k* chunks nearest to a question, nearest first."""
        scores = self.vectors @ self.embed([question])[0]
        top = np.argpartition(-scores, min(k, len(scores) - 1))[:k]
        return [int(number) for number in top[np.argsort(-scores[top])]]

    def sentences(self, chunk: int) -> list[tuple[int, int]]:
        """Return the sentences of a chunk as ranges of its document."""
        one = self.chunks[chunk]
        text = self.texts[one.document]
        return [
            part.span()
            for found in SENTENCE.finditer(text, one.start, one.end)
            for part in _PART.finditer(text, *found.span())
        ]


def rows(path: Path) -> list[dict]:
    """Return the rows of a JSON Lines file, packed or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def from_files(documents: Path, questions: Path | None, most: int) -> World:
    """Return the first *most* documents of a file (rows with ``doc_id``, ``text``) and the questions about them."""
    # Some collections name documents twice; the first of each name stands.
    first: dict[str, str] = {}
    for row in rows(documents):
        first.setdefault(row["doc_id"], row["text"])
    texts = list(first.items())[:most]
    asked = [] if questions is None else [(row["text"], row["doc_id"]) for row in rows(questions)]
    known = {name for name, _ in texts}
    asked = [one for one in asked if one[1] in known]
    return World(texts, asked or made_up_questions(texts))


def fetched(most: int) -> World:
    """Return documents of public packages, fetched where they are not kept yet, and questions made of their words."""
    chosen = [(name, text[:8_000]) for name, text in library().indexed if len(text) >= 800][:most]
    return World(chosen, made_up_questions(chosen))


def made_up_questions(texts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return two questions for each document: about its beginning, and about a passage somewhere in it."""
    chance = random.Random(11)
    asked = []
    for name, text in texts:
        found = [one.group().split() for one in SENTENCE.finditer(text)]
        sentences = [words for words in found if len(words) > 7]
        for words in (sentences[:1] or [text.split()[:12]]) + ([chance.choice(sentences)] if sentences else []):
            content = [word.strip(".,;:()\"'") for word in words if len(word) > 3][:6]
            asked.append((f"What does it say about {' '.join(content)}?", name))
    return asked
