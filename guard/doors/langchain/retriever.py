"""A retriever that hands out only what the person who asks may read."""

# ruff: noqa: A002 - the base class names the parameter

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final, Literal, Self

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import Field, InstanceOf

from corpora.document import DocumentRef
from guard.doors.langchain.below import unheard
from guard.doors.langchain.errors import NotAdmitted
from guard.doors.langchain.identity import stated
from guard.doors.langchain.narrowing import narrowed
from guard.doors.langchain.run import current_run, new_request_id
from guard.engine import Guard
from guard.principal import ANONYMOUS, Principal
from guard.verdict import Admission, Kept

CORPUS_KEY: Final = "echoguard_corpus"
ID_KEY: Final = "echoguard_id"
_LOG: Final = logging.getLogger(__name__)


class GuardedRetriever(BaseRetriever):
    """
    Wraps a retriever: admits the question, then drops every chunk that may not go into the prompt.

    A chunk names its document in its metadata; one that does not is dropped.  Decoys are dropped as well, and planted
    markers are taken out, so that one in an answer proves that its text took another way.  How many chunks were dropped
    is logged and stands in :attr:`guard.doors.langchain.Run.withheld`; which and why is not told.  The wrapped
    retriever's own run is not shown to callback handlers, since it holds what was dropped.

    Attributes:
        retriever: Any retriever, or any Runnable from a question to documents.
        guard: The open guard.
        principal: Who will read the answer; anonymous when left out.
        corpus_key: Where a chunk's metadata names its corpus.
        id_key: Where it names its document in that corpus.
        trust_config: As in :class:`GuardedChatModel`.
        prefilter: Language of the store behind a :class:`VectorStoreRetriever`: faiss, chroma, pgvector, pinecone or
            qdrant; None asks it for everything.  See docs/entitlements.md for what the chunks must carry.

    Raises:
        NotAdmitted: (when called) The question was refused: limited or contained.
        GuardUnavailable: (when called) The guard could not decide; nothing is handed out.
    """

    retriever: InstanceOf[Runnable[str, list[Document]]] = Field(exclude=True, repr=False)
    guard: InstanceOf[Guard] = Field(exclude=True, repr=False)
    principal: InstanceOf[Principal] = ANONYMOUS
    corpus_key: str = CORPUS_KEY
    id_key: str = ID_KEY
    trust_config: bool = False
    prefilter: Literal["faiss", "chroma", "pgvector", "pinecone", "qdrant"] | None = None
    request_id: str | None = None

    def for_principal(self, principal: Principal) -> Self:
        """Return the same retriever for somebody else."""
        if not isinstance(principal, Principal):
            raise TypeError(f"principal must be a Principal, not {type(principal).__name__}")
        return self.model_copy(update={"principal": principal})

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:
        """Return the documents that may go into the prompt, nearest first."""
        return super(GuardedRetriever, self._for(config)).invoke(input, config, **kwargs)

    async def ainvoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> list[Document]:
        """Return the documents that may go into the prompt, nearest first."""
        return await super(GuardedRetriever, self._for(config)).ainvoke(input, config, **kwargs)

    def _for(self, config: RunnableConfig | None) -> Self:
        said = stated(config, trust_config=self.trust_config)
        update: dict[str, Any] = {"principal": said.principal, "request_id": said.request_id}
        update = {key: value for key, value in update.items() if value is not None}
        return self.model_copy(update=update) if update else self

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - it would hear what is dropped
    ) -> list[Document]:
        request = self._request()
        self._admitted(self.guard.admit(query, self.principal, request_id=request))
        with unheard():
            found = self._narrowed().invoke(query, config={"callbacks": []})
        refs = self._refs(found)
        if not any(refs):
            return self._settle(found, refs, Kept(kept=(), dropped=(), request_id=request))
        kept = self.guard.filter_documents(_once(refs), self.principal, question=query, request_id=request)
        return self._settle(found, refs, kept)

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        request = self._request()
        self._admitted(await self.guard.aadmit(query, self.principal, request_id=request))
        with unheard():
            found = await self._narrowed().ainvoke(query, config={"callbacks": []})
        refs = self._refs(found)
        if not any(refs):
            return self._settle(found, refs, Kept(kept=(), dropped=(), request_id=request))
        kept = await self.guard.afilter_documents(_once(refs), self.principal, question=query, request_id=request)
        return self._settle(found, refs, kept)

    def _narrowed(self) -> Runnable[str, list[Document]]:
        if self.prefilter is None:
            return self.retriever
        return narrowed(
            self.retriever,
            self.guard,
            self.principal,
            store=self.prefilter,
            corpus_key=self.corpus_key,
            id_key=self.id_key,
        )

    def _request(self) -> str:
        run = current_run()
        return self.request_id or (run.request_id if run is not None else new_request_id())

    @staticmethod
    def _admitted(admission: Admission) -> None:
        if not admission.allowed:
            raise NotAdmitted(admission)

    def _refs(self, found: Sequence[Document]) -> list[DocumentRef | None]:
        """Return the name of each chunk's document, None where its metadata does not tell."""
        names = [(chunk.metadata.get(self.corpus_key), chunk.metadata.get(self.id_key)) for chunk in found]
        return [
            DocumentRef(corpus, name) if isinstance(corpus, str) and isinstance(name, str) and corpus and name else None
            for corpus, name in names
        ]

    def _settle(self, found: Sequence[Document], refs: Sequence[DocumentRef | None], kept: Kept) -> list[Document]:
        allowed = frozenset(kept.kept)
        candidates = [chunk for chunk, ref in zip(found, refs, strict=True) if ref is not None and ref in allowed]
        shown = [bare for chunk in candidates if (bare := self._bare(chunk)) is not None]
        withheld = len(found) - len(shown)
        if withheld:
            _LOG.info("withheld %d of %d retrieved chunks (request %s)", withheld, len(found), kept.request_id)
        run = current_run()
        if run is not None:
            run.note([ref for ref in refs if ref is not None and ref in allowed], withheld)
        return shown

    def _bare(self, chunk: Document) -> Document | None:
        """Return *chunk* without planted markers; None where it is a decoy's."""
        text = self.guard.decoys.for_prompt(chunk.page_content)
        if text is None or text == chunk.page_content:
            return None if text is None else chunk
        return chunk.model_copy(update={"page_content": text})


def _once(refs: Sequence[DocumentRef | None]) -> list[DocumentRef]:
    return list(dict.fromkeys(ref for ref in refs if ref is not None))
