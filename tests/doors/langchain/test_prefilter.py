"""A vector store asked only for what somebody may read."""

from __future__ import annotations

import pytest
from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.runnables import RunnableLambda
from langchain_core.vectorstores import InMemoryVectorStore, VectorStoreRetriever

from corpora import Corpus, Document
from guard import Guard, Principal
from guard.access.entitlements.prefilter import Prefilter, store_metadata
from guard.doors.langchain import GuardedRetriever
from guard.errors import ConfigError

ANN = Principal(user="ann", tenant="acme")
COUNT = 300


@pytest.fixture(scope="module")
def guard(tmp_path_factory):
    """Ann may read every fiftieth document."""
    folder = tmp_path_factory.mktemp("prefilter")
    documents = [
        Document(
            id=f"d{number}",
            text=f"Document number {number} says that item {number * 7} lies in hall {number % 13}.",
            readers=frozenset({"user:ann" if number % 50 == 7 else "user:bob"}),
            tenant="acme",
        )
        for number in range(COUNT)
    ]
    Corpus.build(folder / "files", documents, name="files").close()
    path = folder / "echoguard.toml"
    path.write_text('[[corpora]]\nname = "files"\npath = "files"\n[ledger]\nurl = "sqlite:///ledger.db"\n')
    with Guard.open(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def chunks(guard):
    corpus = guard.corpora["files"]
    return [
        Chunk(
            page_content=corpus.text(info.id),
            metadata={
                "echoguard_corpus": "files",
                "echoguard_id": info.id,
                "half": number % 100 // 50,
                **store_metadata(info),
            },
        )
        for number, info in enumerate(corpus.documents())
    ]


@pytest.fixture(scope="module")
def faiss(chunks):
    pytest.importorskip("langchain_community")
    from langchain_community.vectorstores import FAISS

    return FAISS.from_documents(chunks, DeterministicFakeEmbedding(size=16))


def names(found):
    return sorted(chunk.metadata["echoguard_id"] for chunk in found)


def test_what_others_read_pushes_nothing_out_of_the_nearest(guard, faiss):
    """Without it the four nearest of 300 are nearly always others'."""
    bare = GuardedRetriever(retriever=faiss.as_retriever(search_kwargs={"k": 4}), guard=guard, principal=ANN)
    asked = GuardedRetriever(
        retriever=faiss.as_retriever(search_kwargs={"k": 4}), guard=guard, principal=ANN, prefilter="faiss"
    )
    found = [len(bare.invoke(f"question {number}")) for number in range(5)]

    assert max(found) < 4
    for number in range(5):
        assert len(asked.invoke(f"question {number}")) == 4
    assert names(asked.for_principal(Principal(user="eve", tenant="acme")).invoke("question")) == []


def test_the_stores_own_filter_still_holds(guard, faiss):
    for theirs in ({"half": 1}, lambda metadata: metadata["half"] == 1):
        retriever = faiss.as_retriever(search_kwargs={"k": 50, "filter": theirs})
        found = GuardedRetriever(retriever=retriever, guard=guard, principal=ANN, prefilter="faiss").invoke("question")

        assert names(found) == names(chunk for chunk in found if chunk.metadata["half"] == 1)
        assert len(found) == sum(number % 50 == 7 and number % 100 >= 50 for number in range(COUNT))


class Recorder(InMemoryVectorStore):
    """Keeps the filter it was given."""

    def similarity_search(self, query, k=4, filter=None, **kwargs):  # noqa: A002 - its name there
        self.given = filter
        return super().similarity_search(query, k=k)


@pytest.mark.parametrize("store", ["chroma", "pgvector", "pinecone", "qdrant"])
def test_other_stores_are_given_the_filter_in_their_language(guard, chunks, store):
    recorder = Recorder.from_documents(chunks, DeterministicFakeEmbedding(size=16))
    retriever = GuardedRetriever(retriever=recorder.as_retriever(), guard=guard, principal=ANN, prefilter=store)
    found = retriever.invoke("question")

    key = "metadata.echoguard_readers" if store == "qdrant" else "echoguard_readers"
    assert recorder.given == Prefilter.of(ANN).expression(store, key=key)
    assert all(int(name[1:]) % 50 == 7 for name in names(found)), "whatever the store returns is filtered again"


def test_their_own_filter_is_kept_beside_it(guard, chunks):
    recorder = Recorder.from_documents(chunks, DeterministicFakeEmbedding(size=16))
    own = recorder.as_retriever(search_kwargs={"filter": {"half": {"$eq": 1}}})
    GuardedRetriever(retriever=own, guard=guard, principal=ANN, prefilter="pinecone").invoke("question")

    assert recorder.given == {"$and": [Prefilter.of(ANN).expression("pinecone"), {"half": {"$eq": 1}}]}
    assert own.search_kwargs == {"filter": {"half": {"$eq": 1}}}, "the caller's retriever is left as it is"


async def asked(retriever):
    return await retriever.ainvoke("question")


def test_async_asks_the_same(guard, faiss):
    import asyncio

    retriever = GuardedRetriever(
        retriever=faiss.as_retriever(search_kwargs={"k": 4}), guard=guard, principal=ANN, prefilter="faiss"
    )
    assert len(asyncio.run(asked(retriever))) == 4


def test_what_takes_no_filter_is_told_so(guard):
    retriever = GuardedRetriever(
        retriever=RunnableLambda(lambda question: []), guard=guard, principal=ANN, prefilter="faiss"
    )
    with pytest.raises(ConfigError, match="prefilter"):
        retriever.invoke("question")


def test_a_retriever_of_a_store_is_what_it_works_with(faiss):
    assert isinstance(faiss.as_retriever(), VectorStoreRetriever)
