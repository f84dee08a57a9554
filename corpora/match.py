"""A near-verbatim passage: where it stands in the answer and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from corpora.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """
    One passage of an answer that reproduces a document nearly verbatim.

    Attributes:
        span: The passage in the answer; the first and the last character belong to the copy.
        document_id: The document it reproduces; every document that holds the passage has a match of its own.
        corpus: Name of that document's corpus.
        source: The passage in the document.
        similarity: In ``[0, 1]``; 1 is equal after normalisation.
        pieces: ``(answer span, source span)`` pairs in answer order, disjoint in the answer.  Where both spans of a
            pair have the same length they correspond character by character; else the whole pair corresponds as one,
            outward where the alignment is unsure.
        estimated: The corpus keeps no texts: similarity and the ends of the spans are estimates from marks.
        view: The decoding under which it was found: ``"plain"``, or the name of the disguise undone.
    """

    span: Span
    document_id: str
    corpus: str
    source: Span
    similarity: float
    pieces: tuple[tuple[Span, Span], ...]
    view: str = "plain"
    estimated: bool = False
