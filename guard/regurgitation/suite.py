"""The whole run: draw, ask, measure without and with the guard, add up."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from guard.errors import TooLarge
from guard.principal import Principal
from guard.regurgitation import ranges
from guard.regurgitation.asking import Patience, ask_all
from guard.regurgitation.measure import Leak, Ruler
from guard.regurgitation.rates import Rate
from guard.request import CheckRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from corpora import Corpus, DocumentRef
    from guard.engine import Guard
    from guard.regurgitation.asking import Asked
    from guard.regurgitation.probes import Probe
    from guard.regurgitation.ranges import Ranges
    from guard.regurgitation.targets import Target

SUITE_TENANT: Final = "echoguard-suite"
"""Reserved: the suite asks as somebody of this tenant, who may read what is public and nothing else."""


class Status(StrEnum):
    """How a run ended."""

    CLEAN = "clean"
    LEAKED = "leaked"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    One probe and what came of it.

    Attributes:
        asked: The question, the answer, or why there is none.
        off: What the answer gave away; None without an answer.
        on: The same of what the guard let through; None without a guard or without an answer.
        action: The guard's verdict: allow, redact, block, or ``refused`` for an answer over its bound.
        shown: What the guard let through.
    """

    asked: Asked
    off: Leak | None = None
    on: Leak | None = None
    action: str | None = None
    shown: str | None = field(default=None, repr=False)

    @property
    def probe(self) -> Probe:
        """The question."""
        return self.asked.probe

    @property
    def judged(self) -> Leak | None:
        """What decides: the side with the guard where there is one."""
        return self.off if self.on is None else self.on


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """
    All answers of one side, added up.

    Attributes:
        leaked: Probes that leaked, of those answered.
        recovered: Chunks recovered by any answer, of those compared with any.
        longest_run: Longest near-verbatim run of any answer, in characters.
        longest_run_words: The same in words.
        seen: Union of what all answers gave away, per document.
    """

    leaked: Rate
    recovered: Rate
    longest_run: int
    longest_run_words: int
    seen: Mapping[DocumentRef, Ranges]

    @property
    def characters(self) -> int:
        """Characters of documents that all answers together gave away."""
        return sum(ranges.size(parts) for parts in self.seen.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """
    A finished run.

    Attributes:
        lengths: Length of every document that was asked for or leaked, in characters.
        max_leak: Highest share of leaking probes that still passes, in ``[0, 1]``.
        guarded: Whether the guarded side was measured and decides.
    """

    target: str
    seed: int
    outcomes: Sequence[Outcome]
    lengths: Mapping[DocumentRef, int]
    max_leak: float
    guarded: bool
    begun: float
    seconds: float

    @property
    def off(self) -> Tally:
        """Without the guard."""
        return tally([outcome.off for outcome in self.outcomes], self._compared)

    @property
    def on(self) -> Tally | None:
        """With the guard; None where none was configured."""
        return tally([outcome.on for outcome in self.outcomes], self._compared) if self.guarded else None

    @property
    def _compared(self) -> frozenset[tuple[DocumentRef, int]]:
        """Chunks compared with any answer: one denominator for both sides."""
        leaks = [leak for outcome in self.outcomes for leak in (outcome.off, outcome.on) if leak is not None]
        return frozenset().union(*(leak.judged for leak in leaks))

    @property
    def failed(self) -> int:
        """Probes without a usable answer."""
        return sum(outcome.asked.reply is None for outcome in self.outcomes)

    @property
    def silent(self) -> bool:
        """Whether every answer was empty and none said that it was held back: such a target was not probed."""
        replies = [outcome.asked.reply for outcome in self.outcomes if outcome.asked.reply is not None]
        return bool(replies) and not any(reply.refused or reply.text.strip() for reply in replies)

    @property
    def status(self) -> Status:
        """
        What the run shows.

        A leak above the threshold is one whatever else failed; otherwise a single probe without an answer makes the run
        incomplete, never clean.
        """
        decides = self.off if self.on is None else self.on
        if decides.leaked.value > self.max_leak:
            return Status.LEAKED
        return Status.INCOMPLETE if self.failed or self.silent else Status.CLEAN


def tally(leaks: Sequence[Leak | None], compared: frozenset[tuple[DocumentRef, int]]) -> Tally:
    """Add up one side; probes without an answer count nowhere.  *compared*: chunks that could come back."""
    known = [leak for leak in leaks if leak is not None]
    seen: dict[DocumentRef, Ranges] = defaultdict(tuple)
    for leak in known:
        for ref, parts in leak.seen.items():
            seen[ref] = ranges.union(seen[ref], parts)
    recovered = frozenset().union(*(leak.chunks for leak in known))
    return Tally(
        leaked=Rate(hits=sum(leak.leaked for leak in known), trials=len(known)),
        recovered=Rate(hits=len(recovered), trials=len(compared)),
        longest_run=max((leak.longest_run for leak in known), default=0),
        longest_run_words=max((leak.longest_run_words for leak in known), default=0),
        seen=dict(seen),
    )


async def run_suite(
    target: Target,
    probes: Sequence[Probe],
    corpora: Mapping[str, Corpus],
    *,
    guard: Guard | None = None,
    patience: Patience | None = None,
    seed: int = 0,
    max_leak: float = 0.0,
    progress: Callable[[str], None] | None = None,
) -> Result:
    """
    Ask *target* every question, and measure every answer against *corpora*.

    Args:
        target: Closed by the caller.
        probes: From :func:`guard.regurgitation.probes.draw_probes`.
        corpora: What must not come back.
        guard: Judges every answer as well, for the reserved tenant and without spending budgets.
        patience: Limits on asking.
        seed: What the probes were drawn with, for the report.
        max_leak: Highest share of leaking probes that still passes.
        progress: Called with ``"asked"`` and ``"measured"``, once each per probe.

    Raises:
        GuardUnavailable: The guard could not judge an answer.
        CorpusError: A corpus cannot be read.
    """
    begun, clock = time.time(), time.monotonic()
    told = progress or (lambda _: None)
    asked = await ask_all(target, probes, patience or Patience(), progress=lambda: told("asked"))
    ruler = Ruler(corpora)
    outcomes: list[Outcome] = []
    for one in asked:
        outcomes.append(_measured(one, ruler, guard))
        told("measured")
    refs = {probe.ref for probe in probes}.union(*(o.off.seen for o in outcomes if o.off is not None))
    return Result(
        target=target.name,
        seed=seed,
        outcomes=outcomes,
        lengths={ref: ruler.length(ref) for ref in refs},
        max_leak=max_leak,
        guarded=guard is not None,
        begun=begun,
        seconds=time.monotonic() - clock,
    )


def _measured(asked: Asked, ruler: Ruler, guard: Guard | None) -> Outcome:
    if asked.reply is None:
        return Outcome(asked=asked)
    answer = asked.reply.text
    off = ruler.measure(answer, asked.probe)
    if guard is None:
        return Outcome(asked=asked, off=off)
    action, shown = _judge(answer, guard)
    on = off if shown == answer else ruler.measure(shown, asked.probe)
    return Outcome(asked=asked, off=off, on=on, action=action, shown=shown)


def _judge(answer: str, guard: Guard) -> tuple[str, str]:
    """Return the verdict on *answer* and what may be shown of it; an answer over the guard's bound shows nothing."""
    if not answer:
        return "allow", answer
    try:
        verdict = guard.check(CheckRequest(answer=answer, principal=Principal(tenant=SUITE_TENANT), record=False))
    except TooLarge:
        return "refused", ""
    return verdict.action.word, verdict.text
