"""The one interface every detector has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from detectors.finding import Finding


@runtime_checkable
class Detector(Protocol):
    """
    Finds leaks in an answer.  Knows nothing of users, policies or verdicts.

    Implementations are called from several threads at once, keep no state between calls, do not change *answer*, and do
    not log any part of it.
    """

    @property
    def name(self) -> str:
        """Stable name for messages and metrics."""
        ...

    def detect(self, answer: str) -> Sequence[Finding]:
        """
        Return every leak in *answer*, in any order; empty when clean.

        Raises:
            DetectorUnavailable: A model or index is missing.  A detector never answers "clean" when it could not look.
        """
        ...

    def settled(self, answer: str) -> int:
        """
        Return the offset up to which the findings of this unfinished *answer* are final.

        Guarantee: for every continuation ``c`` and every position ``p < settled(answer)``, the findings of
        ``detect(answer)`` and of ``detect(answer + c)`` that cover ``p`` have the same kind and rule, begin at the same
        place, and name the same documents with the same source position for ``p``.  Ends at or after ``settled`` may
        still grow.  Never decreases as the answer grows.  0 is always right; larger lets a stream release earlier.
        """
        ...


@runtime_checkable
class Followable(Protocol):
    """A detector that can follow one growing answer at a fraction of the work."""

    def follow(self) -> Detector:
        """
        Return a detector for one answer that grows; it says at every length what this one says.

        It may keep state, and is called from one thread at a time.
        """
        ...
