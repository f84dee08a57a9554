from __future__ import annotations

import os

os.environ["LANGSMITH_TRACING"] = "false"

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore

from corpora import Corpus, Document
from guard import Guard, Principal
from guard.settings import CorpusSetting, LedgerSetting, PiiSetting, Settings
from tests.doors.langchain.texts import CONTRACT, HANDBOOK, PRODUCT

DOCUMENTS = (
    Document(id="legal/contract", text=CONTRACT, label="confidential", readers=frozenset({"group:legal"})),
    Document(id="hr/handbook", text=HANDBOOK, label="internal", readers=frozenset({"*"})),
    Document(id="web/product", text=PRODUCT, label="public"),
)


@pytest.fixture(scope="session")
def corpus_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("langchain") / "handbook"
    Corpus.build(directory, DOCUMENTS, name="handbook").close()
    return directory


@pytest.fixture
def open_guard(corpus_directory: Path, tmp_path: Path) -> Iterator[Callable[..., Guard]]:
    opened: list[Guard] = []

    def build(**changes: object) -> Guard:
        settings = Settings(
            corpora=(CorpusSetting("handbook", corpus_directory),),
            ledger=LedgerSetting(f"sqlite:///{tmp_path}/ledger-{len(opened)}.db"),
            pii=PiiSetting(ner=False),
        )
        opened.append(Guard.open(replace(settings, **changes)))
        return opened[-1]

    yield build
    for guard in opened:
        guard.close()


@pytest.fixture
def guard(open_guard: Callable[..., Guard]) -> Guard:
    return open_guard()


@pytest.fixture(scope="session")
def ann() -> Principal:
    """Reads the contract."""
    return Principal(user="ann", groups=frozenset({"legal"}))


@pytest.fixture(scope="session")
def bob() -> Principal:
    """Reads the handbook only."""
    return Principal(user="bob")


class WordVectors(Embeddings):
    """The real static word vectors of wordllama, from the installed package alone."""

    def __init__(self) -> None:
        import wordllama

        self._model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._model.embed(texts, norm=True).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


@pytest.fixture(scope="session")
def word_vectors() -> WordVectors:
    return WordVectors()


@pytest.fixture(scope="session")
def store(word_vectors: WordVectors) -> InMemoryVectorStore:
    filled = InMemoryVectorStore(word_vectors)
    filled.add_documents(
        [
            Chunk(page_content=document.text, metadata={"echoguard_corpus": "handbook", "echoguard_id": document.id})
            for document in DOCUMENTS
        ]
    )
    return filled
