"""What the parts of one chain share while one question is answered: the request id and the documents in the prompt."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from corpora.document import DocumentRef
from guard.request import valid_request_id


def new_request_id() -> str:
    """Return an id that no other request has."""
    return uuid.uuid4().hex


@dataclass(slots=True)
class Run:
    """
    One question on its way through a chain.

    Attributes:
        request_id: Shared by the retriever's and the model's calls to the guard.
        documents: What the guarded retriever let into the prompt, in order, without repeats.
        withheld: How many retrieved chunks it kept out.
    """

    request_id: str = field(default_factory=new_request_id)
    documents: list[DocumentRef] = field(default_factory=list)
    withheld: int = 0

    def note(self, kept: list[DocumentRef], withheld: int) -> None:
        """Remember what one retrieval let through and how many chunks it kept out."""
        self.documents.extend(ref for ref in kept if ref not in self.documents)
        self.withheld += withheld


_RUN: Final[ContextVar[Run | None]] = ContextVar("echoguard_run", default=None)


@contextmanager
def one_request(request_id: str | None = None) -> Iterator[Run]:
    """
    Make everything guarded inside one request: one id, and the model's check knows what the retriever let through.

    Use it around one question (``with one_request(): chain.invoke(...)``), in sync and in async code alike; LangChain
    hands it on to the threads and tasks of the chain.  Without it every guarded part counts as a request of its own
    unless the run's metadata names one (``config={"metadata": {"echoguard_request_id": ...}}``).

    Raises:
        RequestError: The id is no printable ASCII of 1 to 200 characters.
    """
    valid_request_id(request_id)
    token = _RUN.set(Run(request_id=request_id) if request_id else Run())
    try:
        run = _RUN.get()
        assert run is not None
        yield run
    finally:
        _RUN.reset(token)


def current_run() -> Run | None:
    """Return the run of the enclosing :func:`one_request`, if any."""
    return _RUN.get()
