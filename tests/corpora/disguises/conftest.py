"""English text of the project's own: what is indexed, and what is not."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from corpora import Corpus, Document
from corpora.readers import read_documents
from corpora.sample import sample_path

PASSAGE = 60
"""Words of a planted passage."""


@dataclass(frozen=True)
class Library:
    """Indexed documents of at least 200 words, and the words of others."""

    corpus: Corpus
    documents: list[Document]
    elsewhere: list[str]

    def passage(self, rnd: random.Random, words: int = PASSAGE) -> tuple[Document, str]:
        """Return a document and words in a row from it."""
        document = rnd.choice(self.documents)
        every = document.text.split()
        start = rnd.randrange(len(every) - words)
        return document, " ".join(every[start : start + words])

    def clean(self, rnd: random.Random, words: int) -> str:
        """Return words that are not indexed."""
        start = rnd.randrange(len(self.elsewhere) - words)
        return " ".join(self.elsewhere[start : start + words])


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Library:
    every = sorted(read_documents([sample_path()], on_skip=pytest.fail), key=lambda document: document.id)
    long = [document for document in every if len(document.text.split()) >= 200]
    documents = long[::2]
    elsewhere = [word for document in long[1::2] for word in document.text.split()]
    corpus = Corpus.build(tmp_path_factory.mktemp("english"), iter(documents), name="english")
    return Library(corpus, documents, elsewhere)
