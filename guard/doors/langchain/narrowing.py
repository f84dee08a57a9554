"""Asking a vector store only for what somebody may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from langchain_core.vectorstores import VectorStoreRetriever

from corpora.document import DocumentRef
from guard.access.entitlements.prefilter import READERS_KEY, Prefilter, both
from guard.errors import ConfigError
from guard.judge import rights_of

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.runnables import Runnable

    from guard.engine import Guard
    from guard.principal import Principal

FETCHED: Final = 50
"""How many times *k* chunks LangChain's FAISS store looks at before it filters, where ``fetch_k`` is not given."""
SMALL: Final = 2_000
"""Chunks of a FAISS store all of which are looked at."""


def narrowed(
    retriever: Runnable[str, list[Document]],
    guard: Guard,
    principal: Principal,
    *,
    store: Literal["faiss", "chroma", "pgvector", "pinecone", "qdrant"],
    corpus_key: str,
    id_key: str,
) -> Runnable[str, list[Document]]:
    """
    Return *retriever* with the filter of *principal* beside its own.

    Where a server or a function says who may read what, the store is asked for everything: readers decide nothing
    then, and a question to the server for every chunk of the store would take longer than the search.

    Raises:
        ConfigError: It is no retriever of a vector store, so it takes no filter.
    """
    if not isinstance(retriever, VectorStoreRetriever):
        raise ConfigError(
            f"prefilter works with the retriever of a vector store, not with {type(retriever).__name__}; leave it out"
        )
    if not guard.entitlements.by_readers:
        return retriever
    given = dict(retriever.search_kwargs)
    if store == "faiss":
        theirs = given.get("filter")
        readable = readable_chunk(guard, principal, corpus_key=corpus_key, id_key=id_key)
        given["filter"] = readable if theirs is None else _and(readable, _predicate(retriever.vectorstore, theirs))
        size = getattr(getattr(retriever.vectorstore, "index", None), "ntotal", SMALL)
        # This store filters what it has found, so it must find more than is wanted.
        given.setdefault("fetch_k", size if size <= SMALL else min(size, max(SMALL, FETCHED * given.get("k", 4))))
    else:
        key = f"metadata.{READERS_KEY}" if store == "qdrant" else READERS_KEY
        ours = Prefilter.of(principal).expression(store, key=key)
        given["filter"] = both(store, ours, given["filter"]) if given.get("filter") else ours
    return retriever.model_copy(update={"search_kwargs": given})


def readable_chunk(
    guard: Guard, principal: Principal, *, corpus_key: str, id_key: str
) -> Callable[[Mapping[str, Any]], bool]:
    """Return a test of a chunk's metadata: whether it names a document that *principal* may read."""
    known: dict[tuple[object, object], bool] = {}

    def may_read(metadata: Mapping[str, Any]) -> bool:
        corpus, name = metadata.get(corpus_key), metadata.get(id_key)
        if not (isinstance(corpus, str) and isinstance(name, str) and corpus and name):
            return False
        if (corpus, name) not in known:
            ref = DocumentRef(corpus, name)
            known[corpus, name] = rights_of(principal, guard.corpora, (ref,), guard.entitlements)[ref].readable
        return known[corpus, name]

    return may_read


def _predicate(store: Any, theirs: Any) -> Callable[[dict[str, Any]], bool]:
    """Return a FAISS store's own filter as a function."""
    if callable(theirs):
        return theirs  # type: ignore[no-any-return]
    found: Callable[[dict[str, Any]], bool] = store._create_filter_func(theirs)  # noqa: SLF001 - its only reading of dicts
    return found


def _and(
    one: Callable[[dict[str, Any]], bool], other: Callable[[dict[str, Any]], bool]
) -> Callable[[dict[str, Any]], bool]:
    return lambda metadata: one(metadata) and other(metadata)
