"""Near-verbatim passages of the corpora, and short repeats of some documents: matches in, findings out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from corpora.corpus import Corpus
from corpora.document import DocumentRef
from corpora.match import Match
from corpora.span import Span
from detectors.finding import REPEAT_RULE, Finding, Kind, Source

if TYPE_CHECKING:
    from corpora.matching.follower import Follower


JOINT: Final = 32
"""Characters of an answer that join two passages and say nothing of what stands between them in the document."""
OMITTED: Final = 3
"""A stretch of the document this many times longer than what stands for it, and more, was left out, not retold."""


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
        return _findings((corpus.kind, corpus.matches(answer)) for corpus in self._corpora)

    def settled(self, answer: str) -> int:
        """Return the offset up to which no continuation changes the passages found."""
        return min((corpus.settled(answer) for corpus in self._corpora), default=len(answer))

    def follow(self) -> FollowingVerbatim:
        """Return a detector that follows one growing answer."""
        return FollowingVerbatim([(corpus.kind, corpus.follow()) for corpus in self._corpora])


class FollowingVerbatim:
    """Finds the same in one answer that grows, without looking at its beginning again; not thread-safe."""

    name = VerbatimDetector.name

    def __init__(self, followers: Sequence[tuple[str, Follower]]) -> None:
        self._followers = followers

    def detect(self, answer: str) -> list[Finding]:
        """See :meth:`VerbatimDetector.detect`."""
        return _findings((kind, follower.look(answer)[0]) for kind, follower in self._followers)

    def settled(self, answer: str) -> int:
        """See :meth:`VerbatimDetector.settled`."""
        return min((follower.look(answer)[1] for _, follower in self._followers), default=len(answer))


class RepeatDetector:
    """
    Finds short repeats of documents that are known to be near; see :meth:`corpora.Corpus.context_matches`.

    They are no leaks by themselves: their rule is :data:`detectors.finding.REPEAT_RULE`, and they are to be charged.

    Args:
        corpora: Open corpora by name.
        documents: Which documents are near, the nearest first; those of no open corpus are passed over.
    """

    name = "repeats"

    def __init__(self, corpora: Mapping[str, Corpus], documents: Iterable[DocumentRef]) -> None:
        self._named: dict[str, list[str]] = {}
        for ref in documents:
            if ref.corpus in corpora:
                self._named.setdefault(ref.corpus, []).append(ref.id)
        self._corpora = corpora

    def detect(self, answer: str) -> list[Finding]:
        """
        Return every repeat in *answer*, in order.

        Raises:
            corpora.errors.CorpusError: An index cannot be read, or the answer is too large to be looked at.
        """
        grouped: dict[Span, list[Match]] = {}
        for name, ids in self._named.items():
            for match in self._corpora[name].context_matches(answer, ids):
                grouped.setdefault(match.span, []).append(match)
        return [
            Finding(
                kind=Kind.VERBATIM,
                rule=REPEAT_RULE,
                span=span,
                documents=tuple(sorted(_source(match) for match in matches)),
            )
            for span, matches in sorted(grouped.items())
        ]

    def settled(self, answer: str) -> int:
        """Return the offset up to which no continuation changes the repeats found."""
        from corpora.matching.context import context_settled

        return context_settled(answer) if self._named else len(answer)


def _findings(found: Iterable[tuple[str, list[Match]]]) -> list[Finding]:
    """Return one finding for all matches that cover the same characters; *found* says of which kind each corpus is."""
    grouped: dict[tuple[Kind, Span], list[Match]] = {}
    for corpus_kind, matches in found:
        kind = Kind.TRAINING if corpus_kind == "training" else Kind.VERBATIM
        for match in matches:
            grouped.setdefault((kind, match.span), []).append(match)
    return [
        Finding(
            kind=kind,
            rule=kind.value if all(match.view == "plain" for match in matches) else f"{kind.value}-{matches[0].view}",
            span=span,
            confidence=max(match.similarity for match in matches),
            documents=tuple(sorted(_source(match) for match in matches)),
        )
        for (kind, span), matches in sorted(grouped.items(), key=lambda item: (item[0][1], item[0][0]))
    ]


def _said(match: Match) -> tuple[tuple[Span, Span], ...]:
    """
    Return the pieces of *match* without what the answer leaves out of the document.

    Between two passages of one match stands the stretch that was skipped, beside the few characters that join them: an
    ellipsis, a space, "and then".  Those do not disclose it.
    """
    if match.estimated or match.view != "plain" or len(match.pieces) < 3:  # noqa: PLR2004 - a gap and its two sides
        return match.pieces
    first, *inner, last = match.pieces
    kept = (one for one in inner if len(one[0]) > JOINT or len(one[1]) <= JOINT + OMITTED * len(one[0]))
    return (first, *kept, last)


def _source(match: Match) -> Source:
    return Source(
        corpus=match.corpus,
        id=match.document_id,
        start=match.source.start,
        end=match.source.end,
        similarity=match.similarity,
        pieces=_said(match),
        estimated=match.estimated,
    )
