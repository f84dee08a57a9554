"""
Text of the corpora in questions, looked for beside the work.

Comparing a question with every corpus takes milliseconds, so it is done by a thread of its own that works a quarter of
the time at most; what does not fit in its queue is not looked at, and counted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from corpora.corpus import Corpus
    from guard.principal import Principal

_LOG = logging.getLogger(__name__)

LONGEST: Final = 4_000
"""Characters of a question that are looked at."""
FEWEST_WORDS: Final = 10
WAITING: Final = 256
"""Questions that wait at most; the oldest make room."""
REST: Final = 3.0
"""So many times as long as it worked, the thread rests."""


class Waiting(NamedTuple):
    """A question that is to be looked at."""

    at: float
    principal: Principal
    request_id: str
    question: str


class Pasting:
    """
    Looks for text of *corpora* in questions and tells *found* how many characters of which were there.

    Args:
        corpora: Open corpora by name; public ones and those that are not for retrieval are left out.
        found: Called from the thread with the question and the number of its characters that stand in a document.
    """

    def __init__(self, corpora: Mapping[str, Corpus], found: Callable[[Waiting, int], None]) -> None:
        self._corpora = [corpus for corpus in corpora.values() if corpus.kind == "retrieval"]
        self._found = found
        self._waiting: deque[Waiting] = deque(maxlen=WAITING)
        self._woken = threading.Condition()
        self._busy = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self.left_out = 0

    def look(self, waiting: Waiting) -> None:
        """Have a question looked at soon; short ones cannot hold a passage."""
        if not self._corpora or len(waiting.question.split(maxsplit=FEWEST_WORDS)) <= FEWEST_WORDS:
            return
        with self._woken:
            if self._closed:
                return
            self.left_out += len(self._waiting) == WAITING
            self._waiting.append(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="echoguard-pasting", daemon=True)
                self._thread.start()
            self._woken.notify_all()

    def drain(self, seconds: float = 30.0) -> bool:
        """Wait until nothing waits, and say whether that came in time."""
        with self._woken:
            return self._woken.wait_for(lambda: not self._waiting and not self._busy, timeout=seconds)

    def close(self) -> None:
        """Stop; what waits is not looked at any more."""
        with self._woken:
            self._closed = True
            self._waiting.clear()
            self._woken.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _work(self) -> None:
        while True:
            with self._woken:
                self._busy = False
                self._woken.notify_all()
                self._woken.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                waiting = self._waiting.popleft()
                self._busy = True
            began = time.perf_counter()
            try:
                copied = self._copied(waiting.question[:LONGEST])
                if copied:
                    self._found(waiting, copied)
            except Exception as error:  # noqa: BLE001 - a soft signal is lost, and that is said; its message may hold text
                _LOG.warning("a question could not be compared with the corpora: %s", type(error).__name__)
            with self._woken:
                self._woken.wait_for(lambda: self._closed, timeout=REST * (time.perf_counter() - began))

    def _copied(self, question: str) -> int:
        covered = end = 0
        spans = sorted(match.span for corpus in self._corpora for match in corpus.matches(question))
        for span in spans:
            covered += max(0, span.end - max(end, span.start))
            end = max(end, span.end)
        return covered
