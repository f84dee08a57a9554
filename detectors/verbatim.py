"""Near-verbatim passages of the corpora: matches in, findings out."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.corpus import Corpus
from corpora.match import Match
from corpora.span import Span
from detectors.finding import Finding, Kind, Source


class VerbatimDetector:
    """
    Finds passages that reproduce a document of any of *corpora*.

    Matches that cover the same characters become one finding that names every document.
    """

    name = "verbatim"

    def __init__(self, corpora: Sequence[Corpus]) -> None:
        self._corpora = tuple(corpora)

    def detect(self, answer: str) -> list[Finding]:
        """
        Return every near-verbatim passage of *answer*, in order.

        Raises:
            corpora.errors.CorpusError: An index cannot be read, or the answer is too large to be looked at.
        """
        grouped: dict[tuple[Kind, Span], list[Match]] = {}
        for corpus in self._corpora:
            kind = Kind.TRAINING if corpus.kind == "training" else Kind.VERBATIM
            for match in corpus.matches(answer):
                grouped.setdefault((kind, match.span), []).append(match)
        return [
            Finding(
                kind=kind,
                rule=kind.value
                if all(match.view == "plain" for match in matches)
                else f"{kind.value}-{matches[0].view}",
                span=span,
                confidence=max(match.similarity for match in matches),
                documents=tuple(sorted(_source(match) for match in matches)),
            )
            for (kind, span), matches in sorted(grouped.items(), key=lambda item: (item[0][1], item[0][0]))
        ]

    def settled(self, answer: str) -> int:
        """Return the offset up to which no continuation changes the passages found."""
        return min((corpus.settled(answer) for corpus in self._corpora), default=len(answer))


def _source(match: Match) -> Source:
    return Source(
        corpus=match.corpus,
        id=match.document_id,
        start=match.source.start,
        end=match.source.end,
        similarity=match.similarity,
        pieces=match.pieces,
    )
