"""Documents and words shared by the tests of matching."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from corpora import Corpus, Document


def invented_words(count: int, seed: int) -> list[str]:
    """Return different pronounceable words; few of them are English."""
    rnd = random.Random(seed)
    words: dict[str, None] = {}
    while len(words) < count:
        syllables = (rnd.choice("bdfgklmnprstvz") + rnd.choice("aeiou") for _ in range(rnd.randint(2, 4)))
        words["".join(syllables) + rnd.choice(["", "n", "s", "r"])] = None
    return list(words)


COMMON = ("the of and to in is that for it as was with be by on not he his are this or had an they which one").split()  # noqa: SIM905 - a line reads better than a column


def invented_text(words: int, seed: int, vocabulary: list[str]) -> str:
    """Return sentences in which common words and invented ones alternate at random."""
    rnd = random.Random(seed)
    drawn = [rnd.choice(COMMON) if rnd.random() < 0.45 else rnd.choice(vocabulary) for _ in range(words)]
    for start in range(0, words, 14):
        drawn[start] = drawn[start].capitalize()
        drawn[min(start + 13, words - 1)] += "."
    return " ".join(drawn)


@pytest.fixture(scope="session")
def write() -> Callable[[int, int, list[str]], str]:
    """Return :func:`invented_text`."""
    return invented_text


@pytest.fixture(scope="session")
def vocabulary() -> list[str]:
    return invented_words(4000, seed=11)


@pytest.fixture(scope="session")
def library(vocabulary: list[str]) -> list[Document]:
    """60 documents of 500 words."""
    labels = ("public", "internal", "confidential", "restricted")
    return [
        Document(
            id=f"doc/{number}",
            text=invented_text(500, number, vocabulary),
            label=labels[number % 4],
            readers=frozenset({"group:hr"}) if number % 2 else frozenset(),
            title=f"Document {number}",
        )
        for number in range(60)
    ]


@pytest.fixture(scope="session")
def corpus(library: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus.build(tmp_path_factory.mktemp("library"), iter(library), name="library")


@pytest.fixture(scope="session")
def elsewhere(vocabulary: list[str]) -> list[str]:
    """Words of texts that are not indexed, in the same language."""
    return " ".join(invented_text(500, 1000 + number, vocabulary) for number in range(20)).split()
