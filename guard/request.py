"""What is asked of the guard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from corpora.document import DocumentRef
from guard.errors import RequestError, TooLarge
from guard.principal import ANONYMOUS, Principal

MAX_ANSWER: Final = 1_000_000
"""Longest answer that is checked, in code points; a longer one is refused, never passed."""
MAX_QUESTION: Final = 200_000
MAX_CONTEXT: Final = 1_000
MAX_REQUEST_ID: Final = 200
MAX_FACT: Final = 256
"""Longest address, key id, endpoint or name of a model, in characters."""
MAX_NAME: Final = 4_096
"""Longest name of a corpus or document that is looked up; none in a corpus is as long."""


def valid_text(value: object, *, what: str, most: int) -> str:
    """
    Return *value* as text that can be encoded and is within its bound.

    Raises:
        RequestError: It is no string, or holds a lone surrogate.
        TooLarge: It has more than *most* code points.
    """
    if not isinstance(value, str):
        raise RequestError(f"{what} must be a string, not {type(value).__name__}")
    if len(value) > most:
        raise TooLarge(f"{what} has {len(value)} characters; at most {most} are checked, so send it in parts")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RequestError(f"{what} is not valid Unicode: lone surrogate at offset {error.start}") from None
    return value


def valid_request_id(value: str | None) -> str | None:
    """
    Return *value* if it can be a request id: 1 to :data:`MAX_REQUEST_ID` printable ASCII characters.

    Raises:
        RequestError: It cannot.
    """
    if value is None:
        return None
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= MAX_REQUEST_ID
        or not (value.isascii() and value.isprintable())
    ):
        raise RequestError(f"request_id must be 1 to {MAX_REQUEST_ID} printable ASCII characters")
    return value


def valid_refs(values: Iterable[DocumentRef], *, what: str) -> tuple[DocumentRef, ...]:
    """
    Return *values* as names of documents, which need not exist.

    Raises:
        RequestError: They cannot be gone through, or one is no :class:`DocumentRef` of two strings.
        TooLarge: There are more than :data:`MAX_CONTEXT`.
    """
    if not isinstance(values, Iterable):
        raise RequestError(f"{what} must be DocumentRef entries, not {type(values).__name__}")
    refs = tuple(islice(values, MAX_CONTEXT + 1))
    if len(refs) > MAX_CONTEXT:
        raise TooLarge(f"{what} names more than {MAX_CONTEXT} documents, which is the most")
    for ref in refs:
        if not isinstance(ref, DocumentRef):
            raise RequestError(f"{what} must be DocumentRef entries, not {type(ref).__name__}")
        valid_text(ref.corpus, what=f"a corpus named in {what}", most=MAX_NAME)
        valid_text(ref.id, what=f"a document id in {what}", most=MAX_NAME)
    return refs


def valid_flag(value: object, *, what: str) -> None:
    """
    Make sure that *value* is True or False and not merely something that counts as one of them.

    Raises:
        RequestError: It is not.
    """
    if not isinstance(value, bool):
        raise RequestError(f"{what} must be True or False, not {type(value).__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    How a question came, as far as a door knows; everything may be left out.

    Attributes:
        address: Network address of the caller; tells anonymous callers apart.
        key: Id of the API key, never its secret.
        endpoint: Route that was called.
        model: Name of the model that is asked.
        choices: How many answers are wanted.
        longest: How long an answer may be, in tokens; 0 where that is not said.
        sampling: Settings of the sampling in one short text, as ``seed=1 temperature=0.7``.
        mixed: Whether the question may hold more than the user's own words, as the messages of a chat do that carry
            retrieved context.

    Raises:
        RequestError: A field is malformed; the message names it.
    """

    address: str | None = None
    key: str | None = None
    endpoint: str | None = None
    model: str | None = None
    choices: int = 1
    longest: int = 0
    sampling: str = ""
    mixed: bool = False

    def __post_init__(self) -> None:
        for name in ("address", "key", "endpoint", "model", "sampling"):
            value = getattr(self, name)
            if value is not None:
                valid_text(value, what=name, most=MAX_FACT)
        if not isinstance(self.choices, int) or self.choices < 1:
            raise RequestError("choices must be a number, 1 or more")
        if not isinstance(self.longest, int) or self.longest < 0:
            raise RequestError("longest must be a number of tokens, 0 where there is none")
        valid_flag(self.mixed, what="mixed")


UNKNOWN_CALL: Final = Call()
"""Nothing is known of how it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """
    One answer to judge, for one principal.

    Attributes:
        answer: What the model said, unchanged.
        principal: Who will see it; anonymous when left out.
        question: What the user wrote, from a caller that knows; exempts short repeats of the user's own words.  Leave
            it out where the message carries retrieved context.
        context: The documents that went into the prompt.
        request_id: Ties the calls of one question together; made up when left out.
        record: False judges without spending budgets; for auditors and operators.

    Raises:
        RequestError: A field is malformed; the message names it.
    """

    answer: str = field(repr=False)
    principal: Principal = ANONYMOUS
    question: str | None = field(default=None, repr=False)
    context: Sequence[DocumentRef] = ()
    request_id: str | None = None
    record: bool = True

    def __post_init__(self) -> None:
        valid_text(self.answer, what="answer", most=MAX_ANSWER)
        if not self.answer:
            raise RequestError("answer is empty: there is nothing to check")
        if self.question is not None:
            valid_text(self.question, what="question", most=MAX_QUESTION)
        if not isinstance(self.principal, Principal):
            raise RequestError(f"principal must be a Principal, not {type(self.principal).__name__}")
        object.__setattr__(self, "context", valid_refs(self.context, what="context"))
        valid_request_id(self.request_id)
        valid_flag(self.record, what="record")
