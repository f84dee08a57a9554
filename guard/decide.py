"""The decision: findings and rights in, a proposal out.  No clock, no disk, no ledger, no logging."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpora.span import Span
from detectors.finding import Finding, Kind
from guard.coverage import VERBATIM_KINDS, Held, held_ranges, united
from guard.exemption import EXEMPT_CHARACTERS, Question
from guard.policy import Policy
from guard.proposal import Atom
from guard.rights import Right
from guard.tiles import tile_ends
from guard.verdict import Action, Reason

SAME_RUN = 32
"""Characters between two near-verbatim stretches of a document that still belong to one run."""


@dataclass(slots=True)
class _Quota:
    """What one answer has quoted so far of one family of documents."""

    run: int = 0
    answer: int = 0
    end: int = -SAME_RUN - 1
    over: bool = False
    spent: bool = False

    def fits(self, start: int, size: int, run: int | None, answer: int | None) -> bool:
        if start - self.end > SAME_RUN:
            self.run, self.over = 0, False
        if self.spent or self.over:
            return False
        # Beyond a limit the rest is withheld, not only the word that did not fit.
        self.spent = answer is not None and self.answer + size > answer
        self.over = run is not None and self.run + size > run
        return not (self.spent or self.over)


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
        repeats: Stretches of the answer that repeat the question.

    Returns:
        Disjoint atoms in order; what lies between them is free.
    """
    found = list(findings)
    held = held_ranges(answer, found, rights, free)
    acted = ((finding, policy.action(finding)) for finding in found if finding.kind not in VERBATIM_KINDS)
    values = [(finding, action) for finding, action in acted if action is not Action.ALLOW]
    cuts = {upto}
    for span in united(Span(one.start, one.end) for one in held):
        cuts.update((span.start, span.end), tile_ends(answer, span.start, span.end))
    for one in held:
        cuts.update((one.start, one.end))
    for finding, _ in values:
        cuts.update((finding.span.start, finding.span.end))
    if held:
        for span in repeats:
            cuts.update((span.start, span.end))
    edges = sorted(cut for cut in cuts if cut <= upto)
    state = _State(answer, policy, question, united(repeats))
    atoms: list[Atom] = []
    held.sort(key=lambda one: (one.start, one.end, one.source))
    values.sort(key=lambda pair: (pair[0].span.start, pair[0].span.end, pair[0].kind, pair[0].rule))
    here: list[Held] = []
    marks: list[tuple[Finding, Action]] = []
    next_held = next_value = 0
    for start, end in itertools.pairwise(edges):
        here = [one for one in here if one.end > start]
        while next_held < len(held) and held[next_held].start <= start:
            here.append(held[next_held])
            next_held += 1
        marks = [pair for pair in marks if pair[0].span.end > start]
        while next_value < len(values) and values[next_value][0].span.start <= start:
            marks.append(values[next_value])
            next_value += 1
        if here or marks:
            atoms.append(state.atom(start, end, here, marks))
    return tuple(atoms)


class _State:
    """What has been used up on the way through one answer, from left to right."""

    def __init__(self, answer: str, policy: Policy, question: Question | None, repeats: Sequence[Span]) -> None:
        self._answer = answer
        self._policy = policy
        self._question = question
        self._repeats = repeats
        self._exempt_left = EXEMPT_CHARACTERS
        self._quotas: dict[str, _Quota] = {}

    def atom(self, start: int, end: int, held: Sequence[Held], marks: Sequence[tuple[Finding, Action]]) -> Atom:
        action, reason, cause = Action.ALLOW, Reason.OK, ""
        for finding, wanted in marks:
            if not self._exempt_value(finding, end - start) and wanted > action:
                action, reason = wanted, Reason.FINDING
                cause = finding.rule if finding.kind is Kind.PII else finding.kind.value
        exempt = bool(held) and self._exempt_passage(start, end, held)
        for one in held:
            own, why = self._passage(one)
            if (own, why is Reason.ENTITLEMENT) > (action, reason is Reason.ENTITLEMENT):
                action, reason, cause = own, why, one.kind.value
        readable = [one for one in held if one.right.readable and one.kind is not Kind.TRAINING]
        cells = self._cells(start, end, readable)
        if readable and not exempt:
            beyond = self._spend(start, end, readable)
            if beyond > action:
                action, reason, cause = beyond, Reason.FINDING, Kind.VERBATIM.value
        return Atom(
            start=start,
            end=end,
            action=action,
            reason=reason,
            cause=cause or Kind.VERBATIM.value,
            cells=cells if action is Action.ALLOW else (),
            unconditional=exempt,
        )

    def _passage(self, one: Held) -> tuple[Action, Reason]:
        if one.kind is Kind.TRAINING or one.right.training:
            return self._policy.rules.get(Kind.TRAINING, Action.BLOCK), Reason.FINDING
        if not one.right.readable:
            return Action.BLOCK, Reason.ENTITLEMENT
        return Action.ALLOW, Reason.OK

    def _exempt_value(self, finding: Finding, size: int) -> bool:
        if self._question is None or finding.kind is Kind.CANARY or size > self._exempt_left:
            return False
        if not self._question.holds(finding.span.of(self._answer)):
            return False
        self._exempt_left -= size
        return True

    def _exempt_passage(self, start: int, end: int, held: Sequence[Held]) -> bool:
        if not all(one.right.readable and one.kind is Kind.VERBATIM for one in held):
            return False
        if end - start > self._exempt_left or not any(
            span.start <= start and end <= span.end for span in self._repeats
        ):
            return False
        self._exempt_left -= end - start
        return True

    def _spend(self, start: int, end: int, held: Sequence[Held]) -> Action:
        """Count the stretch against every family that holds it; return what happens where one is over its limit."""
        strictest = Action.ALLOW
        by_family = {one.right.family: one.right for one in held}
        fits = True
        for family, right in by_family.items():
            limits = self._policy.limits(right.label)
            quota = self._quotas.setdefault(family, _Quota())
            if not quota.fits(start, end - start, limits.run, limits.answer):
                fits = False
                strictest = max(strictest, limits.beyond)
        for family in by_family:
            quota = self._quotas[family]
            quota.end = end
            if fits:
                quota.run += end - start
                quota.answer += end - start
        return strictest

    def _cells(self, start: int, end: int, held: Sequence[Held]) -> tuple[tuple[str, tuple[int, ...]], ...]:
        cells: dict[str, set[int]] = {}
        for one in held:
            cells.setdefault(one.right.family, set()).update(one.cells(start, end))
        return tuple((family, tuple(sorted(found))) for family, found in sorted(cells.items()) if found)
