"""The guard: admission, documents, answers."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from corpora.document import DocumentRef
from corpora.errors import CorpusError
from detectors.base import Detector
from guard.access.entitlements import BY_READERS, Entitlements
from guard.access.limits import Decision, Limiter
from guard.access.tails import Tails
from guard.access.window import FixedWindow
from guard.decoys import Decoys, Withheld
from guard.documents import filter_documents
from guard.errors import GuardUnavailable, RequestError, or_unavailable
from guard.judge import Judge
from guard.nearby import Nearby, recognised
from guard.policy import Policy
from guard.principal import ANONYMOUS, Principal
from guard.request import MAX_NAME, MAX_QUESTION, Call, CheckRequest, valid_refs, valid_request_id, valid_text
from guard.settings import Settings
from guard.stream import GuardStream
from guard.twins import AsyncTwins
from guard.verdict import Admission, Kept, Reason, Verdict
from guard.watch import Asked, Retrieved, Watch
from guard.watch.endings import ending, only_public, with_held

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from guard.access.ledger.base import Ledger


class Guard(AsyncTwins):
    """
    Judges what may be asked, retrieved and shown.  One guard serves all threads and all requests.

    Open it with :meth:`open`; close it, or use it as a context manager.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        corpora: Mapping[str, Corpus],
        ledger: Ledger,
        detectors: Sequence[Detector],
        limiter: Limiter,
        resources: ExitStack,
        watch: Watch | None = None,
        windows: FixedWindow | None = None,
        decoys: Decoys | None = None,
        entitlements: Entitlements = BY_READERS,
    ) -> None:
        self.settings = settings
        self.policy: Policy = settings.policy
        self.corpora: Mapping[str, Corpus] = MappingProxyType(dict(corpora))
        self.ledger = ledger
        self.detectors = tuple(detectors)
        self.watch = watch if watch is not None else Watch()
        self._limiter = limiter
        self._tails = Tails()
        self._windows = windows
        self.decoys = decoys if decoys is not None else Decoys()
        self.entitlements = entitlements
        self._resources = resources
        self._digest = self.policy.digest
        self._closed = False

    @classmethod
    def open(cls, source: str | os.PathLike[str] | Settings | None = None) -> Guard:
        """
        Open everything that an ``echoguard.toml`` (or ready-made settings) names.

        Args:
            source: Path of the file, or settings; None for what ``ECHOGUARD_CONFIG`` names, else the defaults.

        Raises:
            ConfigError: The settings are wrong; the message names the key.
            corpora.errors.CorpusError: An index cannot be opened.
            LedgerUnavailable: The ledger cannot be opened.
        """
        from guard.wiring import build

        return build(source if isinstance(source, Settings) else Settings.load(source))

    def admit(
        self,
        question: str,
        principal: Principal = ANONYMOUS,
        *,
        request_id: str | None = None,
        address: str | None = None,
        call: Call | None = None,
    ) -> Admission:
        """
        Say whether *principal* may ask *question* now.

        Args:
            question: What is asked.
            principal: Who asks.
            request_id: Ties the calls of one question together.
            address: Where it comes from; tells anonymous callers apart.
            call: All that is known of how it came, with the address in it.

        Raises:
            RequestError: The question is malformed.
            GuardUnavailable: It cannot be said; do not answer.
        """
        self._ready(principal)
        valid_text(question, what="question", most=MAX_QUESTION)
        request_id = valid_request_id(request_id) or uuid.uuid4().hex
        call = Call(address=address) if call is None else call
        with or_unavailable("the question could not be admitted"):
            hold = self.watch.hold(principal)
            if hold.quarantined:
                decision, reason = Decision(allowed=False, retry_after=hold.retry_after), Reason.CONTAINED
            else:
                cost = hold.cost * self.settings.prices.asked(question, call)
                decision = self._limiter.admit(principal, cost, call=call, budget=hold.budget)
                reason = Reason.OK if decision.allowed else Reason.LIMIT
        self.watch.tell(
            Asked(
                at=time.time(),
                principal=principal,
                request_id=request_id,
                question=question,
                call=call,
                reason=reason,
            )
        )
        return Admission(
            allowed=decision.allowed,
            reason=reason,
            request_id=request_id,
            retry_after=decision.retry_after,
            quotas=decision.quotas,
            violated=decision.violated,
        )

    def filter_documents(
        self,
        documents: Iterable[DocumentRef],
        principal: Principal = ANONYMOUS,
        *,
        question: str | None = None,
        request_id: str | None = None,
    ) -> Kept:
        """
        Return which of *documents* may go into a prompt for *principal*, and count their retrieval.

        Documents that no open corpus knows are dropped like those the principal may not read.

        Raises:
            RequestError: A reference is malformed.
            TooLarge: There are too many.
            GuardUnavailable: The ledger could not be asked, and none of them is free to read; use none of them.
        """
        self._ready(principal)
        refs = valid_refs(documents, what="documents")
        if question is not None:
            valid_text(question, what="question", most=MAX_QUESTION)
        own_id = valid_request_id(request_id) or uuid.uuid4().hex
        with or_unavailable("the documents could not be filtered"):
            hold = self.watch.hold(principal)
            free = [ref for ref in refs if not hold.quarantined and ref not in hold.documents]
            kept, rights = filter_documents(
                free,
                principal,
                policy=self.policy,
                corpora=self.corpora,
                ledger=self.ledger,
                request_id=own_id,
                question=question or "",
                decoys=self.decoys,
                entitlements=self.entitlements,
                budget=hold.budget,
            )
            if len(free) < len(refs):
                kept = with_held(kept, refs)
            if hold.public_only:
                only_public(kept, rights)
            self._near(principal).met(kept.kept)
        self.watch.tell(
            Retrieved(
                at=time.time(),
                principal=principal,
                request_id=own_id,
                question=question,
                kept=kept.kept,
                dropped=kept.dropped,
                rights=rights,
            )
        )
        return kept

    def check(self, request: CheckRequest) -> Verdict:
        """
        Judge one whole answer and charge what the verdict shows.

        Raises:
            GuardUnavailable: The check could not run; show nothing.
        """
        if not isinstance(request, CheckRequest):
            raise RequestError(f"check takes a CheckRequest, not {type(request).__name__}")
        with self.stream(
            principal=request.principal,
            question=request.question,
            context=request.context,
            request_id=request.request_id,
            record=request.record,
        ) as stream:
            return stream.whole(request.answer)

    def stream(
        self,
        *,
        principal: Principal = ANONYMOUS,
        question: str | None = None,
        context: Sequence[DocumentRef] = (),
        request_id: str | None = None,
        choice: int = 0,
        channel: str = "content",
        record: bool = True,
    ) -> GuardStream:
        """
        Open the guard of one answer that is still being written.

        Args:
            principal: Who will see it.
            question: What the user wrote, from a caller that knows; exempts short repeats of it.
            context: The documents that went into the prompt.
            request_id: Ties the calls of one question together.
            choice: Index of the choice where a request has several; every choice has a stream of its own.
            channel: ``content``, ``reasoning`` or the name of a tool call; every channel has a stream of its own.
            record: False judges without spending budgets.
        """
        self._ready(principal)
        # The request's own checks on question, context and id, in one place.
        request = CheckRequest(
            answer="-", principal=principal, question=question, context=context, request_id=request_id, record=record
        )
        if not isinstance(choice, int) or choice < 0:
            raise RequestError("choice must be a number, counted from 0")
        if not valid_text(channel, what="channel", most=MAX_NAME):
            raise RequestError("channel must have a name")
        own_id = request.request_id or uuid.uuid4().hex
        with or_unavailable("the answer could not be checked"):
            hold = self.watch.hold(principal)
        nearby = self._near(principal, documents=request.context, record=record)
        judge = Judge(
            policy=self.policy,
            corpora=self.corpora,
            ledger=self.ledger,
            principal=principal,
            request_id=own_id,
            question=question,
            record=record,
            held=Withheld(hold.documents, self.decoys),
            windows=self._windows,
            public_only=hold.public_only,
            entitlements=self.entitlements,
            pseudonym_key=self.settings.pseudonym_key,
        )
        return GuardStream(
            judge=judge,
            detectors=self.detectors,
            nearby=nearby,
            notice=self.policy.notice,
            policy=self._digest,
            request_id=own_id,
            contained=hold.quarantined,
            ended=ending(self.watch, request, judge),
        )

    def recognise(self, prompt: str) -> tuple[DocumentRef, ...]:
        """
        Return the documents whose text stands in a *prompt*, to be stated as the context of its answer.

        For callers that do not know what was retrieved.  Where that cannot be done none is returned, for the answer is
        checked whatever its context.
        """
        try:
            return recognised(prompt, self.corpora)
        except CorpusError:
            return ()

    def warm(self) -> None:
        """
        Load every model now, so that the first answer does not wait.

        Raises:
            GuardUnavailable: A detector cannot look.
            corpora.errors.CorpusError: A corpus cannot be read.
        """
        for corpus in self.corpora.values():
            corpus.warm()
        with self.stream(record=False) as stream:
            stream.whole("Warming up: Ann Example wrote to nobody.")

    def close(self) -> None:
        """Close the ledger and the corpora; checks after that raise :class:`GuardUnavailable`."""
        if not self._closed:
            self._closed = True
            self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _near(self, principal: Principal, *, documents: Sequence[DocumentRef] = (), record: bool = True) -> Nearby:
        return Nearby(
            principal=principal,
            corpora=self.corpora,
            ledger=self.ledger,
            tails=self._tails,
            documents=documents,
            record=record,
            entitlements=self.entitlements,
        )

    def _ready(self, principal: Principal) -> None:
        if self._closed:
            raise GuardUnavailable("the guard is closed")
        if not isinstance(principal, Principal):
            raise RequestError(f"principal must be a Principal, not {type(principal).__name__}")
