"""An answer guarded while it is being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, NamedTuple, Self

from corpora.errors import CorpusError
from detectors.base import Detector, Followable
from detectors.errors import DetectorError
from detectors.finding import REPEAT_RULE, Finding
from detectors.merge import merge
from guard.errors import GuardError, GuardUnavailable, RequestError, TooLarge
from guard.judge import Judge
from guard.nearby import Nearby
from guard.request import MAX_ANSWER, valid_text
from guard.verdict import Action, Reason, Verdict

STRIDE: Final = 144
"""
Characters that must arrive before the detectors look again: about as many words as one window of the matching is behind
the next, for before that nothing more is settled.
"""
GROWTH: Final = 16
"""The stride is at least this part of the answer so far, so that a long answer is not looked at ever more often."""


class Ended(NamedTuple):
    """How an answer ended: action (None: given up) and reason, findings, the answer, and how much of it was shown."""

    action: Action | None
    reason: Reason
    findings: tuple[Finding, ...]
    answer: str
    shown: int


def look(detectors: Sequence[Detector], answer: str) -> tuple[Finding, ...]:
    """
    Run all *detectors* over the original answer.

    Raises:
        GuardUnavailable: One of them could not look; the answer is not clean, it is unknown.
    """
    found: list[Finding] = []
    for detector in detectors:
        try:
            found.extend(detector.detect(answer))
        except (DetectorError, CorpusError) as error:
            raise GuardUnavailable(f"the {detector.name} detector could not check the answer: {error}") from error
        except Exception as error:  # noqa: BLE001 - whatever failed, the answer was not checked
            # The message of an unforeseen error may hold text of the answer, so only its type is told.
            raise GuardUnavailable(f"the {detector.name} detector failed: {type(error).__name__}") from None
    return merge(found)


def settled(detectors: Sequence[Detector], answer: str) -> int:
    """Return how much of an unfinished answer no detector can change its mind about."""
    try:
        return min((detector.settled(answer) for detector in detectors), default=len(answer))
    except Exception as error:  # noqa: BLE001 - whatever failed, the answer was not checked
        raise GuardUnavailable(f"a detector failed: {type(error).__name__}") from None


class GuardStream:
    """
    Checks an answer piece by piece and hands out what is safe.

    Guarantee: for every way of cutting an answer into pieces the final action and the text shown are those of
    :meth:`guard.Guard.check` on the whole answer (given the same ledger), and of a forbidden passage no more leaves
    than its label's quote.  Text is held back while a passage is open and is otherwise a few words behind.

    Not thread-safe: one stream, one task.
    """

    def __init__(
        self,
        *,
        judge: Judge,
        detectors: Sequence[Detector],
        nearby: Nearby,
        notice: str,
        policy: str,
        request_id: str,
        contained: bool = False,
        ended: Callable[[Ended], None] | None = None,
    ) -> None:
        self._judge = judge
        self._detectors = detectors
        self._following: tuple[Detector, ...] | None = None
        self._nearby = nearby
        self._notice = notice
        self._policy = policy
        self._request_id = request_id
        self._answer = ""
        self._pieces: list[str] = []
        self._waiting = 0
        self._emitted = ""
        self._blocked: tuple[Action, Reason] | None = (Action.BLOCK, Reason.CONTAINED) if contained else None
        self._ended = ended
        self._findings: tuple[Finding, ...] = ()
        self._failed = False
        self._remembered = False
        self._closed = False
        self._verdict: Verdict | None = None

    @property
    def stopped(self) -> bool:
        """Whether the answer was blocked: stop the upstream, nothing more of it will be shown."""
        return self._blocked is not None

    @property
    def held_back(self) -> int:
        """Characters that have arrived and are not decided yet; 0 once stopped."""
        return 0 if self.stopped else max(0, len(self._answer) + self._waiting - len(self._emitted))

    def feed(self, piece: str) -> str:
        """
        Take the next piece of the answer and return what may be shown now; often nothing.

        Raises:
            RequestError: The piece is no valid text.
            TooLarge: The answer is longer than is checked; nothing more may be shown.
            GuardUnavailable: A check could not run; nothing more may be shown.
        """
        self._ready()
        self._hold(piece)
        if self.stopped or self._waiting < self._stride:
            return ""
        before = len(self._emitted)
        self._outcome(final=False)
        return self._emitted[before:]

    def finish(self) -> Verdict:
        """
        End the answer and return the verdict; its ``tail`` is still to be shown.

        Raises:
            GuardUnavailable: A check could not run; nothing more may be shown.
        """
        if self._verdict is not None:
            return self._verdict
        self._ready()
        emitted = len(self._emitted)
        action, reason = Action.ALLOW, Reason.OK
        if not self.stopped and (self._answer or self._pieces):
            action, reason = self._outcome(final=True)
        self._remember()
        if self._blocked is not None:
            action, reason = self._blocked
            self._emitted += ("\n\n" if self._emitted else "") + self._notice
        try:
            self._end(action, reason)
        except GuardError:
            self._failed = True
            raise
        self.close()
        self._verdict = Verdict(
            action=action,
            reason=reason,
            text=self._emitted,
            findings=tuple(f for f in self._findings if self._told(f, action)),
            request_id=self._request_id,
            policy=self._policy,
            tail=self._emitted[emitted:],
        )
        return self._verdict

    def whole(self, answer: str) -> Verdict:
        """Judge a whole answer at once: the detectors look a single time."""
        self._ready()
        self._hold(answer)
        return self.finish()

    def close(self) -> None:
        """End the answer here and give back what is only reserved; leaving the ``with`` block does it."""
        if not self._closed and self._verdict is None:
            # The stream is given up: what has left is remembered, and what cannot be is no reason to fail now.
            with suppress(GuardError):
                self._remember()
            with suppress(GuardError):
                self._end(None, Reason.OK)
        self._closed = True
        self._judge.close()

    def _told(self, finding: Finding, action: Action) -> bool:
        """Say whether a verdict names *finding*: not what anybody may read, nor what was too short and only charged."""
        if finding.rule == REPEAT_RULE and action is Action.ALLOW:
            return False
        return not self._judge.disclosed_only_freely(finding)

    def _remember(self) -> None:
        """Keep what was shown for the next answer, once."""
        if not self._remembered:
            self._remembered = True
            try:
                self._nearby.shown(self._emitted, self._findings)
            except GuardError:
                self._failed = True
                raise

    def _end(self, action: Action | None, reason: Reason) -> None:
        """Tell how it ended, once."""
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(Ended(action, reason, self._findings, self._answer, len(self._emitted)))

    async def afeed(self, piece: str) -> str:
        """Do as :meth:`feed`, without blocking the event loop."""
        self._ready()
        if self._blocked is None and self._waiting + len(piece) < self._stride:
            self._hold(piece)
            return ""
        import asyncio  # late: with ssl it is a fifth of what importing the guard takes

        return await asyncio.to_thread(self.feed, piece)

    async def afinish(self) -> Verdict:
        """Do as :meth:`finish`, without blocking the event loop."""
        import asyncio

        return await asyncio.to_thread(self.finish)

    @property
    def _stride(self) -> int:
        return max(STRIDE, len(self._answer) // GROWTH)

    def _ready(self) -> None:
        if self._failed:
            raise GuardUnavailable("an earlier check of this answer failed; nothing more of it may be shown")
        if self._verdict is not None:
            raise RequestError("this answer is finished; open a new stream for the next one")
        if self._closed:
            raise RequestError("this stream was closed before the answer ended; open a new one")

    def _hold(self, piece: str) -> None:
        """Keep the piece for the next look."""
        try:
            valid_text(piece, what="piece", most=MAX_ANSWER)
            if len(self._answer) + self._waiting + len(piece) > MAX_ANSWER:
                raise TooLarge(
                    f"the answer has more than {MAX_ANSWER} characters; the rest is not checked and not shown"
                )
        except RequestError:
            self._failed = True
            raise
        if not self.stopped:
            self._pieces.append(piece)
            self._waiting += len(piece)

    def _outcome(self, *, final: bool) -> tuple[Action, Reason]:
        self._answer += "".join(self._pieces)
        self._pieces.clear()
        self._waiting = 0
        try:
            detectors = (*self._followed(), *self._nearby.detectors())
            ready = len(self._answer) if final else settled(detectors, self._answer)
            self._findings = look(detectors, self._answer)
            outcome = self._judge.step(self._answer, self._findings, settled=ready, final=final)
        except GuardError:
            self._failed = True
            self.close()
            raise
        except CorpusError as error:
            self._failed = True
            self.close()
            raise GuardUnavailable(f"the answer could not be checked: {error}") from error
        except Exception as error:  # noqa: BLE001 - whatever failed, the answer was not checked
            self._failed = True
            self.close()
            raise GuardUnavailable(f"the check failed: {type(error).__name__}") from None
        if not outcome.text.startswith(self._emitted):
            # A detector broke its promise about what is settled.  What left cannot be taken back; nothing more leaves.
            self._blocked = (Action.BLOCK, Reason.FINDING)
            return self._blocked
        self._emitted = outcome.text
        if outcome.blocked:
            self._blocked = (outcome.action, outcome.reason)
        return outcome.action, outcome.reason

    def _followed(self) -> tuple[Detector, ...]:
        """Return the detectors of this answer: those that can go on where they stopped do."""
        if self._following is None:
            self._following = tuple(one.follow() if isinstance(one, Followable) else one for one in self._detectors)
        return self._following

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import asyncio

        await asyncio.to_thread(self.close)
