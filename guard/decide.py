"""The decision: findings and rights in, a proposal out.  No clock, no disk, no ledger, no logging."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from corpora.span import Span
from corpora.spans import united
from detectors.finding import Finding, Kind
from guard.coverage import VERBATIM_KINDS, Held, held_ranges
from guard.exemption import EXEMPT_CHARACTERS, Question
from guard.markers import judged_markers
from guard.policy import Policy
from guard.proposal import Atom
from guard.quotas import Quotas
from guard.rights import SLOT_CELLS, Right
from guard.tiles import tile_ends
from guard.verdict import Action, Reason


def decide(
    answer: str,
    findings: Iterable[Finding],
    rights: Mapping[tuple[str, str], Right],
    *,
    policy: Policy,
    upto: int,
    free: Sequence[Span] = (),
    question: Question | None = None,
    repeats: Sequence[Span] = (),
    action: Callable[[Finding], Action] | None = None,
) -> tuple[Atom, ...]:
    """
    Propose what may be shown of ``answer[:upto]``.  Pure.

    The strictest action wins at every place, order never matters, and what is decided for a place depends only on the
    text up to it, so the beginning of an answer is judged alike however much of it is known.

    Args:
        answer: The original answer.
        findings: All findings in it.
        rights: The principal's rights on the documents found, by corpus and id.
        policy: The policy in force.
        upto: How much of the answer to decide; the end of a word.
        free: Stretches of the answer that the principal may read without limit; disjoint, in order.
        question: The user's own words, from a trusted caller; its values are no disclosure.
        repeats: Stretches of the answer that repeat the question; disjoint, in order.
        action: What happens to a finding that is no passage, where that is not the policy's alone to say.

    Returns:
        Disjoint atoms in order, the last one that which blocks; what lies between them is free.
    """
    found = list(findings)
    held = held_ranges(answer, found, rights, free)
    judged = policy.action if action is None else action
    acted = [(one, judged(one)) for one in found if one.kind not in {*VERBATIM_KINDS, Kind.CANARY}]
    acted += judged_markers(found, rights, policy.rules.get(Kind.CANARY, Action.BLOCK))
    values = [(finding, action) for finding, action in acted if action is not Action.ALLOW]
    cuts = {upto}
    for one in held:
        cuts.update((one.start, one.end))
    for finding, _ in values:
        cuts.update((finding.span.start, finding.span.end))
    if held:
        cuts.update(tile_ends(answer, united(Span(one.start, one.end) for one in held)))
        for span in repeats:
            cuts.update((span.start, span.end))
    sweep = _Sweep(answer, policy, held, values, question, repeats)
    atoms: list[Atom] = []
    for start, end in itertools.pairwise(sorted(cut for cut in cuts if cut <= upto)):
        atom = sweep.judge(start, end)
        if atom is None:
            continue
        if atoms and _one_stretch(atoms[-1], atom):
            atoms[-1] = replace(atom, start=atoms[-1].start)
        else:
            atoms.append(atom)
        if atom.action is Action.BLOCK:
            break
    return tuple(atoms)


def _one_stretch(left: Atom, right: Atom) -> bool:
    """Say whether two atoms are withheld as one, and for one reason."""
    return (
        left.end == right.start
        and left.action is right.action is not Action.ALLOW
        and (left.reason, left.cause, left.value) == (right.reason, right.cause, right.value)
    )


class _Sweep:
    """Goes through one answer from left to right and keeps what covers the place and what has been used up."""

    def __init__(
        self,
        answer: str,
        policy: Policy,
        held: Iterable[Held],
        values: Iterable[tuple[Finding, Action]],
        question: Question | None,
        repeats: Sequence[Span],
    ) -> None:
        self._answer = answer
        self._policy = policy
        self._question = question
        # The next one stands last.  What reaches beyond the settled part may still grow: no order depends on an end.
        self._held = sorted(held, key=lambda one: one.start, reverse=True)
        self._values = sorted(values, key=lambda pair: (pair[0].span.start, pair[0].kind, pair[0].rule), reverse=True)
        self._repeats = list(reversed(repeats))
        self._open: dict[int, Held] = {}
        self._windowed: dict[int, Held] = {}
        self._ends: list[tuple[int, int]] = []
        self._marks: list[tuple[int, int, str, str, int]] = []
        self._numbers = itertools.count()
        self._readable = self._closed = self._training = 0
        self._quotas = Quotas()
        self._exempt_left = EXEMPT_CHARACTERS
        self._exempt_upto = 0

    def judge(self, start: int, end: int) -> Atom | None:
        """Judge ``[start, end)``, in which nothing begins or ends; None where nothing covers it."""
        self._move(start)
        if not self._open and not self._marks:
            return None
        action, reason, cause = Action.ALLOW, Reason.OK, Kind.VERBATIM.value
        value: Span | None = None
        rule = ""
        if self._marks:
            strictness, first, kind, rule, last = self._marks[0]
            action, reason, cause = Action(-strictness), Reason.FINDING, rule if kind == Kind.PII.value else kind
            value = Span(first, last) if kind == Kind.PII.value else None
        exempt = self._readable > 0 and self._exempt_passage(start, end)
        if self._training:
            training = self._policy.rules.get(Kind.TRAINING, Action.BLOCK)
            if training > action:
                action, reason, cause = training, Reason.FINDING, Kind.TRAINING.value
        if self._readable and not exempt:
            # Counted in any case, so that one more document never makes room for others.
            beyond = max(self._quotas.quote(end - start), self._outside(start, end))
            if beyond > action:
                action, reason, cause = beyond, Reason.FINDING, Kind.VERBATIM.value
        if self._closed:
            action, reason, cause = Action.BLOCK, Reason.ENTITLEMENT, Kind.VERBATIM.value
        cells = self._cells(start, end) if action is Action.ALLOW else ()
        return Atom(
            start=start,
            end=end,
            action=action,
            reason=reason,
            cause=cause,
            cells=cells,
            unconditional=exempt,
            # Only where the value itself is why the place is withheld.
            value=value if value is not None and cause == rule else None,
        )

    def _move(self, at: int) -> None:
        """Leave what ends at or before *at*, then enter what begins there."""
        while self._ends and self._ends[0][0] <= at:
            _, number = heapq.heappop(self._ends)
            self._count(one := self._open.pop(number), -1)
            self._windowed.pop(number, None)
            if _readable(one):
                self._quotas.end((one.right.family, one.right.label), one.end, short=one.short)
        while self._held and self._held[-1].start <= at:
            one = self._held.pop()
            number = next(self._numbers)
            self._open[number] = one
            heapq.heappush(self._ends, (one.end, number))
            self._count(one, 1)
            if _readable(one):
                key = (one.right.family, one.right.label)
                if one.right.window is not None:
                    self._windowed[number] = one
                self._quotas.begin(key, self._policy.limits(one.right.label), one.start, short=one.short)
        while self._values and self._values[-1][0].span.start <= at:
            finding, action = self._values.pop()
            if not self._exempt_value(finding):
                mark = (-action, finding.span.start, finding.kind.value, finding.rule, finding.span.end)
                heapq.heappush(self._marks, mark)
        while self._marks and self._marks[0][-1] <= at:
            heapq.heappop(self._marks)

    def _count(self, one: Held, change: int) -> None:
        if one.kind is Kind.TRAINING or one.right.training:
            self._training += change
        elif one.right.readable:
            self._readable += change
        else:
            self._closed += change

    def _outside(self, start: int, end: int) -> Action:
        """Return what happens to what is in no window."""
        found = Action.ALLOW
        for one in self._windowed.values():
            if one.outside(start, end):
                beyond = self._policy.limits(one.right.label).beyond
                found = max(found, min(beyond, Action.REDACT) if one.short else beyond)
        return found

    def _exempt_value(self, finding: Finding) -> bool:
        """Say whether the question holds the value; a value is exempt as a whole or not at all."""
        return (
            self._question is not None
            and finding.kind is not Kind.CANARY
            and self._affordable(finding.span.start, finding.span.end)
            and self._question.holds(finding.span.of(self._answer))
            and self._exempt(finding.span.start, finding.span.end)
        )

    def _exempt_passage(self, start: int, end: int) -> bool:
        if self._training:
            return False
        while self._repeats and self._repeats[-1].end <= start:
            self._repeats.pop()
        inside = bool(self._repeats) and self._repeats[-1].start <= start and end <= self._repeats[-1].end
        return inside and self._exempt(start, end)

    def _affordable(self, start: int, end: int) -> bool:
        return end - max(start, self._exempt_upto) <= self._exempt_left

    def _exempt(self, start: int, end: int) -> bool:
        """Take the stretch from the exempt characters; what was taken before is not taken twice."""
        if not self._affordable(start, end):
            return False
        self._exempt_left -= max(0, end - max(start, self._exempt_upto))
        self._exempt_upto = max(self._exempt_upto, end)
        return True

    def _cells(self, start: int, end: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Return the cells disclosed, per family: of its members that hold the text one is charged, always the same."""
        members: dict[str, dict[tuple[int, str], set[int]]] = {}
        for one in self._open.values():
            if _readable(one) and (found := one.cells(start, end)):
                member = members.setdefault(one.right.family, {})
                member.setdefault((one.right.slot, one.source.id), set()).update(found)
        cells = []
        for family, holders in sorted(members.items()):
            (slot, _), shown = min(holders.items())
            cells.append((family, tuple(slot * SLOT_CELLS + cell for cell in sorted(shown))))
        return tuple(cells)


def _readable(one: Held) -> bool:
    return one.right.readable and not one.right.training and one.kind is not Kind.TRAINING
