"""One demo session: every question asked of both chains, and what is to be learnt from the two answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from corpora.labels import CONFIDENTIAL, INTERNAL, strictness
from corpora.span import Span
from corpora.spans import united
from guard.access.entitlements import may_read
from guard.doors.cli.demo.knowledge import CORPUS
from guard.doors.cli.demo.people import Question
from guard.request import CheckRequest
from guard.verdict import Action, Verdict

if TYPE_CHECKING:
    from guard.doors.cli.demo.chain import Chains, Said
    from guard.engine import Guard

SHORTEST_QUOTE: Final = 8
"""Words from which a copied passage counts as a quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """
    What an answer repeats of one document, nearly verbatim.

    Attributes:
        document: Its id.
        readable: Whether the person who asked may read it.
        spans: Where in the answer; disjoint, in order.
        words: Words of the answer in them.
    """

    document: str
    title: str
    label: str
    readable: bool
    spans: tuple[Span, ...]
    words: int

    @property
    def sensitive(self) -> bool:
        """Whether the document is confidential or restricted."""
        return strictness(self.label) >= strictness(CONFIDENTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    One question and both answers.

    Attributes:
        bare: What the chain without a guard said.
        guarded: What the guarded chain said.
        judged: What the guard says of the bare chain's answer, were it shown to this person; None for an empty answer.
        leaked: What the bare answer copies.
        quoted: What the guarded answer still quotes.
        seconds: How long both took.
    """

    question: Question
    bare: Said
    guarded: Said
    judged: Verdict | None = field(repr=False)
    leaked: tuple[Copied, ...]
    quoted: tuple[Copied, ...]
    seconds: float

    @property
    def worst(self) -> Copied | None:
        """The confidential or restricted document that the bare answer copied most of."""
        return max((one for one in self.leaked if one.sensitive), key=lambda one: one.words, default=None)

    @property
    def carried(self) -> int:
        """Words of :attr:`worst` in the bare answer."""
        return 0 if self.worst is None else self.worst.words

    @property
    def label(self) -> str:
        """Label of :attr:`worst`."""
        return "" if self.worst is None else self.worst.label

    @property
    def readable(self) -> bool:
        """Whether the person may read :attr:`worst`."""
        return self.worst is not None and self.worst.readable

    @property
    def still_shown(self) -> int:
        """Words of :attr:`worst` that got through the guard."""
        worst = self.worst
        return 0 if worst is None else sum(one.words for one in self.quoted if one.document == worst.document)

    @property
    def stopped(self) -> bool:
        """Whether the guard refused the bare answer and let through none of it, or no more than the allowed quote."""
        worst = self.worst
        if worst is None or self.judged is None or self.judged.action is Action.ALLOW:
            return False
        return self.still_shown < worst.words / 2 if worst.readable else self.still_shown == 0

    @property
    def unchanged(self) -> bool:
        """Whether the guard let the model's answer pass as it was."""
        return self.guarded.action == "allow" and bool(self.guarded.shown) and self.guarded.shown == self.guarded.said

    @property
    def quotes(self) -> tuple[Copied, ...]:
        """Quotes of documents that are not public and that this person may read, passed on unchanged."""
        if not self.unchanged:
            return ()
        return tuple(
            one
            for one in self.quoted
            if one.readable and one.words >= SHORTEST_QUOTE and strictness(one.label) >= strictness(INTERNAL)
        )


def sessions(questions: Iterable[Question], chains: Chains, guard: Guard, clock: Callable[[], float]) -> Iterator[Turn]:
    """Ask every question of both chains and yield what came of it."""
    for question in questions:
        began = clock()
        principal = question.person.principal
        bare = chains.bare(question.text, question.tokens)
        guarded = chains.guarded(question.text, principal, question.tokens)
        judged = guard.check(CheckRequest(answer=bare.shown, principal=principal, record=False)) if bare.shown else None
        yield Turn(
            question=question,
            bare=bare,
            guarded=guarded,
            judged=judged,
            leaked=copied(guard, bare.shown, question),
            quoted=copied(guard, guarded.shown, question),
            seconds=clock() - began,
        )


def copied(guard: Guard, answer: str, question: Question) -> tuple[Copied, ...]:
    """Return what *answer* repeats of each document of the knowledge base, the most first."""
    corpus = guard.corpora[CORPUS]
    spans: dict[str, list[Span]] = {}
    for match in corpus.matches(answer) if answer else ():
        spans.setdefault(match.document_id, []).append(match.span)
    found: list[Copied] = []
    for document_id, places in spans.items():
        info = corpus.info(document_id)
        if info is None:
            continue
        joined = tuple(united(places))
        found.append(
            Copied(
                document=document_id,
                title=info.title or document_id,
                label=info.label,
                readable=may_read(info, question.person.principal),
                spans=joined,
                words=sum(len(span.of(answer).split()) for span in joined),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.words, one.document)))
