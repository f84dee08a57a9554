"""One leak, in one place: a place, never a string."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from corpora.span import Span


class Kind(StrEnum):
    """What leaked."""

    VERBATIM = "verbatim"
    TRAINING = "training"
    PII = "pii"
    SECRET = "secret"  # noqa: S105 - the name of a kind, not a credential
    CANARY = "canary"


REPEAT_RULE: Final = "verbatim-repeat"
"""Rule of a passage too short to be called a copy, which is charged because its document is known to be near."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Source:
    """
    Where a finding's text stands in one document.

    Attributes:
        corpus: Name of the corpus.
        id: Document id there.
        start: First code point of the passage in the document.
        end: One past its last code point.
        similarity: In ``[0, 1]``.
        pieces: ``(answer span, source span)`` pairs as in :class:`corpora.match.Match`.
        estimated: Place and similarity are estimates: the corpus keeps no texts.
    """

    corpus: str
    id: str
    start: int
    end: int
    similarity: float
    pieces: tuple[tuple[Span, Span], ...] = ()
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One leak, in one place, as one detector saw it.

    Attributes:
        kind: What leaked.
        rule: Stable name of the rule, such as ``github-token``; for personal data Presidio's entity name.
        span: Where, in code points of the *original* answer.
        confidence: In ``[0, 1]``; 1 is certain.
        documents: Every corpus document that holds this text; empty for what no corpus is needed to see.

    Raises:
        ValueError: The span is empty or the confidence outside ``[0, 1]``.
    """

    kind: Kind
    rule: str
    span: Span
    confidence: float = 1.0
    documents: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        if len(self.span) == 0:
            raise ValueError("a finding covers at least one character")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is outside [0, 1]")
