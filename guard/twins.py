"""The guard's calls for event loops: the same, in a thread."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from corpora.document import DocumentRef
from guard.principal import ANONYMOUS, Principal
from guard.request import Call, CheckRequest
from guard.verdict import Admission, Kept, Verdict


class AsyncTwins(ABC):
    """Gives every blocking call a twin that does not block the event loop."""

    @abstractmethod
    def admit(
        self,
        question: str,
        principal: Principal = ANONYMOUS,
        *,
        request_id: str | None = None,
        address: str | None = None,
        call: Call | None = None,
    ) -> Admission:
        """Say whether *principal* may ask *question* now."""

    @abstractmethod
    def filter_documents(
        self,
        documents: Iterable[DocumentRef],
        principal: Principal = ANONYMOUS,
        *,
        question: str | None = None,
        request_id: str | None = None,
    ) -> Kept:
        """Return which of *documents* may go into a prompt for *principal*."""

    @abstractmethod
    def check(self, request: CheckRequest) -> Verdict:
        """Judge one whole answer."""

    async def aadmit(
        self,
        question: str,
        principal: Principal = ANONYMOUS,
        *,
        request_id: str | None = None,
        address: str | None = None,
        call: Call | None = None,
    ) -> Admission:
        """Do as :meth:`admit`, without blocking the event loop."""
        import asyncio  # late: with ssl it is a fifth of what importing the guard takes

        return await asyncio.to_thread(
            self.admit, question, principal, request_id=request_id, address=address, call=call
        )

    async def afilter_documents(
        self,
        documents: Iterable[DocumentRef],
        principal: Principal = ANONYMOUS,
        *,
        question: str | None = None,
        request_id: str | None = None,
    ) -> Kept:
        """Do as :meth:`filter_documents`, without blocking the event loop."""
        import asyncio

        return await asyncio.to_thread(
            self.filter_documents, documents, principal, question=question, request_id=request_id
        )

    async def acheck(self, request: CheckRequest) -> Verdict:
        """Do as :meth:`check`, without blocking the event loop."""
        import asyncio

        return await asyncio.to_thread(self.check, request)
