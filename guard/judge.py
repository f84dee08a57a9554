"""One answer under judgement: whole, or growing piece by piece.  Batch and stream are the same code."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from corpora.corpus import Corpus
from corpora.document import DocumentInfo, DocumentRef
from corpora.labels import PUBLIC
from corpora.span import Span
from detectors.finding import Finding
from guard.access.entitlements import BY_READERS, Entitlements, open_to_all
from guard.access.ledger.base import Account, Charge, Ledger
from guard.access.window import NOTHING, FixedWindow
from guard.coverage import VERBATIM_KINDS
from guard.decide import decide
from guard.errors import GuardUnavailable
from guard.exemption import Question
from guard.free import read_freely
from guard.personal import Personal
from guard.policy import Policy
from guard.principal import Principal
from guard.proposal import Atom, Outcome, finish
from guard.rights import UNKNOWN, Right, family_key, slot_of
from guard.tiles import whole_words

PUBLIC_ONLY: Final = "who is held, or the audit, cannot be looked at or written: only public text is shown until it can"


def right_of(principal: Principal, corpus: Corpus | None, document_id: str) -> Right:
    """Return what the document's own readers let *principal* do; nobody may read what no open corpus knows."""
    ref = DocumentRef("" if corpus is None else corpus.name, document_id)
    return rights_of(principal, {} if corpus is None else {corpus.name: corpus}, (ref,))[ref]


def rights_of(
    principal: Principal,
    corpora: Mapping[str, Corpus],
    refs: Iterable[DocumentRef],
    entitlements: Entitlements = BY_READERS,
) -> dict[DocumentRef, Right]:
    """Return what *principal* may do with each document, by one question to the source of rights."""
    infos = {ref: None if (corpus := corpora.get(ref.corpus)) is None else corpus.info(ref.id) for ref in refs}
    readable = entitlements.readable((info for info in infos.values() if info is not None), principal)
    return {ref: UNKNOWN if info is None else _right(info, readable=ref in readable) for ref, info in infos.items()}


def _right(info: DocumentInfo, *, readable: bool) -> Right:
    return Right(
        family=family_key(info.corpus, info.family),
        label=PUBLIC if info.kind == "public" else info.label,
        length=info.length,
        readable=readable,
        free=readable and open_to_all(info),
        training=info.kind == "training",
        slot=slot_of(info.family, info.id),
    )


class Judge:
    """
    Decides what may be shown of one answer, and keeps its account.

    Not thread-safe: one answer, one judge.  What was once decided for a place stays, so that a stream and a whole
    answer come to the same end.
    """

    def __init__(
        self,
        *,
        policy: Policy,
        corpora: Mapping[str, Corpus],
        ledger: Ledger,
        principal: Principal,
        request_id: str,
        question: str | None = None,
        record: bool = True,
        held: Container[DocumentRef] = (),
        windows: FixedWindow | None = None,
        public_only: bool = False,
        entitlements: Entitlements = BY_READERS,
        pseudonym_key: bytes | None = None,
    ) -> None:
        self._personal = Personal(policy, principal, self._source_text, pseudonym_key)
        self._windows = windows
        self._entitlements = entitlements
        self._policy = policy
        self._corpora = corpora
        self._ledger = ledger
        self._principal = principal
        self.request_id = request_id
        self._question = Question(question) if question else None
        self._record = record
        self._held = held
        self._public_only = public_only
        self._rights: dict[tuple[str, str], Right] = {}
        self._texts: dict[tuple[str, str], str | None] = {}
        self._granted: dict[str, set[int]] = {}
        self._asked: dict[str, set[int]] = {}
        self._committed: dict[str, set[int]] = {}
        self._open: list[str] = []

    def step(self, answer: str, findings: Sequence[Finding], *, settled: int, final: bool) -> Outcome:
        """
        Decide ``answer[:settled]``, charge the ledger for what that newly shows, and return what may be shown.

        Args:
            answer: The answer so far.
            findings: All findings in it.
            settled: How much of it no continuation can change, as far as the detectors know.
            final: Whether nothing follows; then all of it is decided.

        Raises:
            GuardUnavailable: The ledger could not be asked; nothing new may be shown.
        """
        repeats: list[Span] = []
        if self._question is not None:
            repeats, known = self._question.repeats(answer, final=final)
            settled = min(settled, known)
        if not final:
            # What is said of a whole value can be said only once it is sure where it ends.
            open_values = [
                finding.span.start
                for finding in findings
                if finding.span.start < settled <= finding.span.end and self._needs_whole(finding)
            ]
            settled = min([settled, *open_values])
        upto = len(answer) if final else whole_words(answer, settled)
        self._look_up(findings)
        atoms = decide(
            answer,
            findings,
            self._rights,
            policy=self._policy,
            upto=upto,
            free=self._free(answer, findings),
            question=self._question,
            repeats=repeats,
            action=self._personal.actions(answer, findings, self._rights),
        )
        reservation = self._reserve(atoms)
        try:
            outcome = finish(answer, upto, atoms, self._granted, self._personal.placeholders())
        except BaseException:
            if reservation:
                self._ledger.release(reservation)
            raise
        self._settle(reservation, outcome)
        return outcome

    @property
    def rights(self) -> Mapping[tuple[str, str], Right]:
        """What the principal may do with the documents met so far, by corpus and id."""
        return self._rights

    @property
    def charged(self) -> dict[str, int]:
        """Cells that this answer charged, per ledger account."""
        return {family: len(cells) for family, cells in self._committed.items()}

    def disclosed_only_freely(self, finding: Finding) -> bool:
        """Say whether every document of *finding* is free to read: then it is no leak and is not reported."""
        return (
            finding.kind in VERBATIM_KINDS
            and bool(finding.documents)
            and all(self._rights.get((source.corpus, source.id), UNKNOWN).free for source in finding.documents)
        )

    def _needs_whole(self, finding: Finding) -> bool:
        """Say whether what happens to *finding* depends on all of its value."""
        if finding.kind in VERBATIM_KINDS:
            return False
        return self._question is not None or self._personal.needs_whole(finding)

    def _source_text(self, corpus: str, document_id: str) -> str | None:
        opened = self._corpora.get(corpus)
        return None if opened is None else opened.text(document_id)

    def _look_up(self, findings: Sequence[Finding]) -> None:
        sources = (source for finding in findings for source in finding.documents)
        new = {DocumentRef(*key) for source in sources if (key := (source.corpus, source.id)) not in self._rights}
        for ref, right in rights_of(self._principal, self._corpora, new, self._entitlements).items():
            mine = replace(right, readable=False, free=False) if ref in self._held else self._within(right, ref)
            self._rights[ref.corpus, ref.id] = mine

    def _within(self, right: Right, ref: DocumentRef) -> Right:
        """Return *right* with the window of the document where its label has one."""
        limits = self._policy.limits(right.label)
        if right.free or not right.readable or not limits.windowed:
            return right
        corpus = self._corpora[ref.corpus]
        info = corpus.info(ref.id)
        if info is None or self._windows is None:
            return replace(right, window=NOTHING)
        return replace(right, window=self._windows.of(corpus, info, limits.window))

    def _free(self, answer: str, findings: Sequence[Finding]) -> list[Span]:
        """Return what may be read freely, where that matters: beside text that may not."""
        free = [right.free for right in self._rights.values()]
        return [] if all(free) or not any(free) else read_freely(answer, findings, self._text_of)

    def _text_of(self, corpus: str, document_id: str) -> str | None:
        key = (corpus, document_id)
        if not self._rights.get(key, UNKNOWN).free:
            return None
        if key not in self._texts:
            self._texts[key] = self._corpora[corpus].text(document_id)
        return self._texts[key]

    def _reserve(self, atoms: Sequence[Atom]) -> str | None:
        """Ask the ledger for the cells not asked for before; what it refused once stays refused for this answer."""
        wanted: dict[str, dict[int, None]] = {}
        for atom in atoms:
            for family, cells in atom.cells:
                asked = self._asked.setdefault(family, set())
                for cell in cells:
                    if cell not in asked:
                        asked.add(cell)
                        wanted.setdefault(family, {})[cell] = None
        if not wanted:
            return None
        if self._public_only or self._principal.user is None:
            raise GuardUnavailable(PUBLIC_ONLY if self._public_only else "an anonymous reader has no account to charge")
        caps: dict[str, list[tuple[int, int]]] = {family: [] for family in wanted}
        for right in self._rights.values():
            if right.family in caps:
                caps[right.family].append(self._policy.caps(right))
        charges = [
            # Of several documents of one family the strictest bounds it.
            Charge(
                family, tuple(cells), min(user for user, _ in caps[family]), min(tenant for _, tenant in caps[family])
            )
            for family, cells in wanted.items()
        ]
        account = Account(self._principal.tenant, self._principal.user)
        reservation = self._ledger.reserve(account, charges, request_id=self.request_id)
        for family, granted in reservation.granted.items():
            self._granted.setdefault(family, set()).update(granted)
        return reservation.id

    def _settle(self, reservation: str | None, outcome: Outcome) -> None:
        """Commit exactly what is newly shown, before it leaves, and give the rest back."""
        if reservation is None:
            return
        if not self._record:
            # Held until the end, so that a judgement without record comes to the same grants as one with it.
            self._open.append(reservation)
            return
        new = {family: cells - self._committed.get(family, set()) for family, cells in outcome.shown.items()}
        self._ledger.commit(reservation, {family: cells for family, cells in new.items() if cells})
        for family, cells in new.items():
            self._committed.setdefault(family, set()).update(cells)
        for family, granted in self._granted.items():
            # What was granted and not shown went back; a later place that needs it asks anew.
            back = granted - self._committed.get(family, set())
            granted.difference_update(back)
            self._asked[family] -= back

    def close(self) -> None:
        """Give back what was only reserved; what cannot be given back expires."""
        while self._open:
            with suppress(GuardUnavailable):
                self._ledger.release(self._open.pop())
