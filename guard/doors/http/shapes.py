"""What goes in and out of the check API, as pydantic models: strict about types, no unknown fields on the way in."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from corpora.document import MAX_ID_LENGTH, DocumentRef
from corpora.identity import MAX_IDENTITY_LENGTH
from guard.principal import LONGEST_OWN, MOST_OWN, SHORTEST_OWN
from guard.request import MAX_CONTEXT, MAX_REQUEST_ID

MAX_GROUPS: Final = 1_000

Name = Annotated[str, Field(min_length=1, max_length=4 * MAX_IDENTITY_LENGTH)]
RequestId = Annotated[str, Field(min_length=1, max_length=MAX_REQUEST_ID)]


class _In(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class RefBody(_In):
    """The name of one document."""

    corpus: Name
    id: Annotated[str, Field(min_length=1, max_length=MAX_ID_LENGTH)]

    def ref(self) -> DocumentRef:
        """Return it as the guard knows it."""
        return DocumentRef(self.corpus, self.id)


class PrincipalBody(_In):
    """Who asks; only a key with assert-principal may state it."""

    user: Name | None = None
    tenant: Name | None = None
    groups: Annotated[list[Name], Field(max_length=MAX_GROUPS)] | None = None
    tier: Name | None = None
    session: Name | None = None
    own: (
        Annotated[
            list[Annotated[str, Field(min_length=SHORTEST_OWN, max_length=LONGEST_OWN)]], Field(max_length=MOST_OWN)
        ]
        | None
    ) = Field(default=None, description="the user's own personal values, which are no leak to this user")


class _Asked(_In):
    principal: PrincipalBody | None = None
    request_id: RequestId | None = None


class CheckBody(_Asked):
    """One answer to judge."""

    answer: str
    question: str | None = None
    context: Annotated[list[RefBody], Field(max_length=MAX_CONTEXT)] = []
    record: bool = Field(default=True, description="false judges without spending budgets; scope audit or operate")


class AdmitBody(_Asked):
    """One question to admit."""

    question: str


class DocumentsBody(_Asked):
    """Documents that a retriever found."""

    documents: Annotated[list[RefBody], Field(max_length=MAX_CONTEXT)]
    question: str | None = None


class SourceOut(BaseModel):
    """Where a finding's text stands in one document."""

    corpus: str
    id: str
    start: int
    end: int
    similarity: float
    estimated: bool = Field(default=False, description="place and similarity are estimates: the corpus keeps no texts")


class FindingOut(BaseModel):
    """One leak: a place in the answer, in code points, half-open."""

    kind: str
    rule: str | None = Field(description="with scope sources only")
    start: int
    end: int
    confidence: float | None = Field(description="with scope sources only")
    documents: list[SourceOut] = Field(description="with scope sources only")


class VerdictOut(BaseModel):
    """The judgement on one answer."""

    action: Literal["allow", "redact", "block"]
    reason: str
    text: str = Field(description="everything that may be shown")
    findings: list[FindingOut]
    request_id: str
    policy: str
    partial: bool


class AdmissionOut(BaseModel):
    """The question may be asked; one that may not is answered with 429."""

    allowed: bool
    reason: str
    retry_after: float
    request_id: str


class RefOut(BaseModel):
    """The name of one document."""

    corpus: str
    id: str


class DroppedOut(RefOut):
    """A document that may not go into the prompt."""

    reason: str | None = Field(default=None, description="with scope sources only")


class KeptOut(BaseModel):
    """What may go into the prompt, in the order asked, and what may not."""

    kept: list[RefOut]
    dropped: list[DroppedOut]
    request_id: str


class ProblemOut(BaseModel):
    """An error, after RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
