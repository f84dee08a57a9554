"""
What is near an answer: documents that the caller states or the user has lately met, and text shown to the user before.

Text that comes in drops too small to be called a copy is charged where it repeats one of these documents, and what is
split over turns is put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from corpora.document import DocumentRef
from detectors.base import Detector
from detectors.finding import Finding, Kind
from detectors.joined import SHORT_HEAD, JoinedDetector
from detectors.verbatim import RepeatDetector, VerbatimDetector
from guard.access.entitlements import BY_READERS, Entitlements
from guard.access.ledger.base import Account, Ledger
from guard.errors import LedgerUnavailable
from guard.judge import rights_of
from guard.rights import Right, document_key, document_ref

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from guard.access.tails import Tails
    from guard.principal import Principal

MAX_PROMPT: Final = 48_000
"""Characters of a prompt in which documents are recognised: about 8,000 words."""
MOST_COMPARED: Final = 256
"""Documents that one answer is compared with, those stated first."""


def recognised(prompt: str, corpora: Mapping[str, Corpus]) -> tuple[DocumentRef, ...]:
    """
    Return the documents whose text stands in *prompt*, in the order of their first passage.

    For callers that cannot say what they retrieved: it stands in the prompt.  Of one longer than :data:`MAX_PROMPT`
    both ends are looked at.

    Raises:
        corpora.errors.CorpusError: An index cannot be read, or the prompt holds more than can be looked at.
    """
    if len(prompt) > MAX_PROMPT:
        # A long question at the end must not push out what was retrieved, nor a long history before it.
        prompt = f"{prompt[: MAX_PROMPT // 2]}\n\n{prompt[-MAX_PROMPT // 2 :]}"
    private = [corpus for corpus in corpora.values() if corpus.kind == "retrieval"]
    sources = (source for finding in VerbatimDetector(private).detect(prompt) for source in finding.documents)
    return tuple(islice(dict.fromkeys(DocumentRef(source.corpus, source.id) for source in sources), MOST_COMPARED))


def charged(right: Right) -> bool:
    """Say whether showing a document is charged to an account at all."""
    return right.readable and not right.free and not right.training


class Nearby:
    """
    What is near one answer.  Not thread-safe: one answer, one of these.

    Args:
        principal: Who will see the answer.
        corpora: Open corpora by name.
        ledger: Remembers the documents that users met, for all processes.
        tails: Remembers the text shown to users by this process.
        documents: What the caller says went into the prompt.
        record: False looks, and remembers nothing.
        entitlements: Who says who may read what.
    """

    def __init__(
        self,
        *,
        principal: Principal,
        corpora: Mapping[str, Corpus],
        ledger: Ledger,
        tails: Tails,
        documents: Sequence[DocumentRef] = (),
        record: bool = True,
        entitlements: Entitlements = BY_READERS,
    ) -> None:
        self._principal = principal
        self._entitlements = entitlements
        self._corpora = corpora
        self._ledger = ledger
        self._tails = tails
        self._documents = documents
        self._record = record
        self._found: tuple[Detector, ...] | None = None
        private = principal.user is not None and any(corpus.kind != "public" for corpus in corpora.values())
        self._account = Account(principal.tenant, principal.user) if private and principal.user is not None else None

    def detectors(self) -> Sequence[Detector]:
        """
        Return what looks for text of documents that are near; the first call decides which they are.

        Raises:
            guard.errors.GuardUnavailable: The ledger could not be asked.
        """
        if self._found is None:
            self._found = self._open()
        return self._found

    def met(self, documents: Iterable[DocumentRef]) -> Sequence[DocumentRef]:
        """
        Remember that the principal meets *documents* now, and return them with all met lately; only what is charged.

        A document that the principal may not read is no part of it, whoever states it: what stands in it is found and
        blocked as a copy, and five words must not tell that it exists.

        Raises:
            guard.errors.GuardUnavailable: The ledger could not be asked, and documents are stated that need an account.
        """
        if self._account is None:
            return ()
        stated = self._charged(documents)
        try:
            known = self._ledger.near(self._account, [document_key(ref) for ref in stated] if self._record else ())
        except LedgerUnavailable:
            if stated:
                raise
            # Nothing that needs an account was put into this prompt, and nothing will be while the ledger is away.
            return ()
        return list(dict.fromkeys([*stated, *self._charged(map(document_ref, known))]))[:MOST_COMPARED]

    def shown(self, text: str, findings: Iterable[Finding]) -> None:
        """
        Remember what the principal is shown of this answer.

        Args:
            text: What is shown.
            findings: In the original answer; documents that were quoted are near from now on.
        """
        if self._account is None or not self._record or not text:
            return
        self._tails.add(self._account, text)
        quoted = [
            DocumentRef(source.corpus, source.id)
            for finding in findings
            if finding.kind is Kind.VERBATIM
            for source in finding.documents
        ]
        if quoted:
            # Whatever needed an account was charged before this; what is lost is attention to the next answers.
            with suppress(LedgerUnavailable):
                self.met(quoted)

    def _open(self) -> tuple[Detector, ...]:
        if self._account is None:
            return ()
        repeats = RepeatDetector(self._corpora, self.met(self._documents))
        before = self._tails.of(self._account)
        if not before:
            return (repeats,)
        copies = VerbatimDetector(tuple(self._corpora.values()))
        return (repeats, JoinedDetector(copies, before), JoinedDetector(repeats, before, reach=SHORT_HEAD))

    def _charged(self, documents: Iterable[DocumentRef]) -> list[DocumentRef]:
        rights = rights_of(self._principal, self._corpora, dict.fromkeys(documents), self._entitlements)
        refs = (ref for ref, right in rights.items() if charged(right))
        return list(islice(refs, MOST_COMPARED))
