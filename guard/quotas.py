"""How much one answer has quoted of each document, and whether the next word still fits."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from math import inf

from guard.policy import LabelLimits
from guard.verdict import Action

SAME_RUN = 32
"""Characters between two near-verbatim stretches of a document that still belong to one run."""


@dataclass(slots=True)
class _Quota:
    """
    One account: a family of documents under one label.

    Attributes:
        run: Characters quoted in the run, before the open stretch.
        answer: Characters quoted in the answer, before the open stretch.
        end: Where the last stretch ended.
        open: Stretches that are open here.
        copies: Those of them that are more than short repeats, which are never the reason to end an answer.
        since: What had been quoted of anything when the open stretch began.
        over: Whether the rest of the run is withheld.
        spent: Whether the rest of the answer is withheld.
        turn: Counts the stretches.
    """

    limits: LabelLimits
    run: int = 0
    answer: int = 0
    end: int = -SAME_RUN - 1
    open: int = 0
    copies: int = 0
    since: int = 0
    over: bool = False
    spent: bool = False
    turn: int = 0

    @property
    def full(self) -> bool:
        """Whether what is open here is withheld."""
        return self.open > 0 and (self.over or self.spent)

    @property
    def beyond(self) -> Action:
        """What happens to what is withheld."""
        return self.limits.beyond if self.copies else min(self.limits.beyond, Action.REDACT)


class Quotas:
    """
    What has been quoted on the way through one answer, from left to right.

    What is quoted is quoted of every account that is open, so one running total serves all of them.
    """

    def __init__(self) -> None:
        self._quotas: dict[tuple[str, str], _Quota] = {}
        self._total = 0
        # Totals up to which open accounts allow quoting; accounts that are closed by now are passed over.
        self._bounds: list[tuple[float, tuple[str, str], int]] = []
        # What happens beyond the limits, for the open accounts that have reached theirs.
        self._full: Counter[Action] = Counter()

    def begin(self, key: tuple[str, str], limits: LabelLimits, at: int, *, short: bool = False) -> None:
        """Open a stretch of the account *key* (family and label) at *at*; *short* where it is only a repeat."""
        quota = self._quotas.setdefault(key, _Quota(limits))
        if quota.full:
            self._full[quota.beyond] -= 1
        if not quota.open:
            if at - quota.end > SAME_RUN:
                quota.run, quota.over = 0, False
            quota.since = self._total
            quota.turn += 1
            if not (quota.over or quota.spent):
                run = inf if limits.run is None else limits.run - quota.run
                answer = inf if limits.answer is None else limits.answer - quota.answer
                heapq.heappush(self._bounds, (self._total + min(run, answer), key, quota.turn))
        quota.open += 1
        quota.copies += not short
        if quota.full:
            self._full[quota.beyond] += 1

    def end(self, key: tuple[str, str], at: int, *, short: bool = False) -> None:
        """Close a stretch of the account *key* that ends at *at*."""
        quota = self._quotas[key]
        quota.end = max(quota.end, at)
        if quota.full:
            self._full[quota.beyond] -= 1
        quota.open -= 1
        quota.copies -= not short
        if quota.full:
            self._full[quota.beyond] += 1
        if not quota.open:
            quoted = self._total - quota.since
            quota.run += quoted
            quota.answer += quoted

    def quote(self, size: int) -> Action:
        """
        Count *size* characters against every open account if all allow it; return what happens to them.

        Beyond a limit the rest is withheld, not only the word that did not fit.
        """
        if not self._withheld():
            wanted = self._total + size
            while self._bounds and self._bounds[0][0] < wanted:
                _, key, turn = heapq.heappop(self._bounds)
                quota = self._quotas[key]
                if quota.open and quota.turn == turn:
                    self._reached(quota, wanted - quota.since)
            if not self._withheld():
                self._total = wanted
        return max(self._withheld(), default=Action.ALLOW)

    def _reached(self, quota: _Quota, quoted: int) -> None:
        limits = quota.limits
        quota.over = limits.run is not None and quota.run + quoted > limits.run
        quota.spent = limits.answer is not None and quota.answer + quoted > limits.answer
        self._full[quota.beyond] += 1

    def _withheld(self) -> list[Action]:
        return [action for action, accounts in self._full.items() if accounts]
