"""Two LangChain chains over the same documents and the same model: one as people write it, one guarded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from langchain_core.caches import InMemoryCache
from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.outputs import ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnablePassthrough
from langchain_openai import ChatOpenAI
from langsmith.run_helpers import tracing_context
from pydantic import Field, SecretStr

from corpora.document import Document
from guard.doors.cli.demo.knowledge import CORPUS
from guard.doors.langchain import GuardedChatModel, GuardedRetriever, one_request
from guard.engine import Guard
from guard.principal import Principal

if TYPE_CHECKING:
    from langchain_core.vectorstores import VectorStore

CHUNK: Final = 500
"""Longest chunk, in characters; a few of them and the answer fit into the small model's context."""
NEAREST: Final = 3

_PROMPT: Final = ChatPromptTemplate.from_messages(
    [
        ("system", "You are a helpful assistant. Answer from the context."),
        ("user", "Context:\n{context}\n\nQuestion: {question}"),
    ]
)


class WordVectors(Embeddings):
    """Static word vectors (wordllama), from the installed package alone: nothing is downloaded."""

    def __init__(self) -> None:
        import wordllama

        folder = Path(str(wordllama.__file__)).parent
        self._model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector of length 1 per text."""
        vectors: list[list[float]] = self._model.embed(texts, norm=True).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of one text."""
        return self.embed_documents([text])[0]


class OpenChatModel(ChatOpenAI):
    """The chat client, keeping what the model said for the report: that is what the guard saw."""

    said: list[str] = Field(default_factory=list, exclude=True, repr=False)

    def _generate_with_cache(self, *args: Any, **kwargs: Any) -> ChatResult:
        result = super()._generate_with_cache(*args, **kwargs)
        self.said.append(str(result.generations[0].message.text))
        return result

    def take(self) -> str:
        """Return what was said since the last call."""
        whole = "".join(self.said)
        self.said.clear()
        return whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """
    One answer of a chain.

    Attributes:
        shown: What came out of the chain.
        said: What the model said inside it; the same for the bare chain.
        action: What the guard did; None for the bare chain.
        reason: Why.
        findings: As in a verdict with sources; places in :attr:`said`.
        documents: Ids of the documents in the prompt.
        withheld: Retrieved chunks that the guard kept out of the prompt.
    """

    shown: str = field(repr=False)
    said: str = field(repr=False)
    action: str | None = None
    reason: str = "ok"
    findings: tuple[dict[str, Any], ...] = ()
    documents: tuple[str, ...] = ()
    withheld: int = 0


def vector_store(documents: Iterable[Document]) -> VectorStore:
    """
    Return a FAISS store over the chunks of *documents*; each chunk says in its metadata where it comes from.

    A chunk is found by its document's title and its own words; only the words go into a prompt.
    """
    import warnings

    with warnings.catch_warnings():
        # The package announces its successors at import; the store itself is current.
        warnings.simplefilter("ignore", DeprecationWarning)
        from langchain_community.vectorstores import FAISS
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=0)
    chunks = [(document, piece) for document in documents for piece in splitter.split_text(document.text)]
    vectors = WordVectors()
    found_by = vectors.embed_documents([f"{document.title or document.id}. {piece}" for document, piece in chunks])
    store: VectorStore = FAISS.from_embeddings(
        [(piece, vector) for (_, piece), vector in zip(chunks, found_by, strict=True)],
        vectors,
        metadatas=[{"echoguard_corpus": CORPUS, "echoguard_id": document.id} for document, _ in chunks],
    )
    return store


class Chains:
    """
    The bare chain and the guarded one, over one store and one model.

    Nothing of them is traced, whatever the environment says: the demo calls nobody.
    """

    def __init__(self, store: VectorStore, base_url: str, guard: Guard) -> None:
        import httpx

        # No proxy of the environment: the model is on this machine, and nothing else is to be called.
        client = httpx.Client(trust_env=False, timeout=httpx.Timeout(300.0))
        self._model = OpenChatModel(
            base_url=base_url,
            api_key=SecretStr("none"),
            model="SmolLM2-135M-Instruct",
            temperature=0,
            seed=7,
            max_retries=0,
            # One prompt has one answer, for both chains and for everybody; the guard judges it anew each time.
            cache=InMemoryCache(),
            # Nor does it hang on the prompt before: a reused beginning is computed in other batches, rounded otherwise.
            extra_body={"cache_prompt": False},
            http_client=client,
        )
        self._client = client
        self._retriever = store.as_retriever(search_kwargs={"k": NEAREST})
        self._guard = guard

    def bare(self, question: str, tokens: int) -> Said:
        """Answer as chains do without a guard: whole knowledge base, whatever the model says."""
        found: list[Chunk] = []
        model = self._model.bind(max_completion_tokens=tokens)
        with tracing_context(enabled=False):
            shown = str(_chain(self._retriever, model, found).invoke(question).text)
        self._model.take()
        return Said(shown=shown, said=shown, documents=_ids(found))

    def guarded(self, question: str, principal: Principal, tokens: int) -> Said:
        """Answer with the guard around retriever and model."""
        retriever = GuardedRetriever(retriever=self._retriever, guard=self._guard, principal=principal)
        inner = self._model.bind(max_completion_tokens=tokens)
        model = GuardedChatModel(model=inner, guard=self._guard, principal=principal, sources=True)
        found: list[Chunk] = []
        with tracing_context(enabled=False), one_request() as run:
            answer = _chain(retriever, model, found).invoke(question)
        told = answer.response_metadata["echoguard"]
        return Said(
            shown=str(answer.text),
            said=self._model.take(),
            action=str(told["action"]),
            reason=str(told["reason"]),
            findings=tuple(told["findings"]),
            documents=_ids(found),
            withheld=run.withheld,
        )

    def close(self) -> None:
        """Close the connection to the model."""
        self._client.close()


def _chain(retriever: Runnable[str, list[Chunk]], model: Any, found: list[Chunk]) -> Runnable[str, Any]:
    def joined(chunks: list[Chunk]) -> str:
        found.extend(chunks)
        return "\n\n".join(chunk.page_content for chunk in chunks)

    chain: Runnable[str, Any] = {"context": retriever | joined, "question": RunnablePassthrough()} | _PROMPT | model
    return chain


def _ids(chunks: Sequence[Chunk]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(chunk.metadata["echoguard_id"]) for chunk in chunks))
