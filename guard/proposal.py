"""What the policy proposes for an answer before the ledger has spoken, and what becomes of it after."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from corpora.span import Span
from guard.masking.placeholders import Placeholders
from guard.verdict import Action, Reason

PLACEHOLDERS: Mapping[str, str] = {
    "verbatim": "[passage withheld]",
    "training": "[passage withheld]",
    "secret": "[secret withheld]",
    "canary": "[marker withheld]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """
    A stretch of the answer that is shown or withheld as one.

    Attributes:
        start: First code point in the answer.
        end: One past the last.
        action: ALLOW where it may be shown once the ledger grants its cells.
        reason: Why, where the action is not ALLOW.
        cause: What stands there: a kind of finding, or an entity name of personal data.
        cells: Cells of documents that showing it discloses, per ledger account, in document order.
        unconditional: Shown whatever the ledger grants; its cells are marked all the same.
        value: Where the personal value stands of which this is the whole or a part; None for anything else.
    """

    start: int
    end: int
    action: Action
    reason: Reason
    cause: str
    cells: tuple[tuple[str, tuple[int, ...]], ...] = ()
    unconditional: bool = False
    value: Span | None = None

    def placeholder(self, answer: str, written: Placeholders | None) -> str:
        """Return what stands in its place where it is withheld."""
        if self.value is not None and written is not None and self.action is Action.REDACT:
            return written.of(self.cause, self.value.of(answer))
        return PLACEHOLDERS.get(self.cause, f"<{self.cause}>")

    def granted(self, cells: Mapping[str, Collection[int]]) -> bool:
        """Say whether every cell it needs is among *cells*."""
        return self.unconditional or all(set(wanted) <= set(cells.get(family, ())) for family, wanted in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What may be shown of an answer, or of its beginning.

    Attributes:
        text: Everything that may be shown, placeholders included, without the notice of a block.
        action: The strictest of all that was decided.
        reason: Why.
        blocked: Whether the answer ends here.
        shown: The cells that showing *text* discloses, per ledger account.
    """

    text: str
    action: Action
    reason: Reason
    blocked: bool
    shown: Mapping[str, frozenset[int]]


_WEIGHT = {Reason.OK: 0, Reason.BUDGET: 1, Reason.FINDING: 2, Reason.ENTITLEMENT: 3}


def finish(
    answer: str,
    upto: int,
    atoms: tuple[Atom, ...],
    granted: Mapping[str, Collection[int]],
    written: Placeholders | None = None,
) -> Outcome:
    """
    Write what may be shown of ``answer[:upto]``, given what the ledger granted.  Pure.

    Args:
        answer: The original answer.
        upto: How much of it is decided.
        atoms: Disjoint, in order, none reaching beyond *upto*; what lies between them is free.
        granted: Cells that may be shown, per ledger account.
        written: Writes what stands for personal values, fresh for every call; None writes their entity.
    """
    parts: list[str] = []
    shown: dict[str, set[int]] = {}
    action, reason = Action.ALLOW, Reason.OK
    at = 0
    withheld: tuple[int, str] | None = None
    for atom in atoms:
        parts.append(answer[at : atom.start])
        at = atom.end
        own, why = atom.action, atom.reason
        if own is Action.ALLOW and not atom.granted(granted):
            own, why = Action.REDACT, Reason.BUDGET
        if own is not Action.ALLOW and (own, _WEIGHT[why]) > (action, _WEIGHT[reason]):
            action, reason = own, why
        if own is Action.BLOCK:
            return Outcome(text="".join(parts), action=action, reason=reason, blocked=True, shown=_frozen(shown))
        if own is Action.REDACT:
            # One placeholder for a whole stretch, where it begins, so that a stream can write it at once.
            instead = atom.placeholder(answer, written)
            if withheld != (atom.start, instead):
                parts.append(instead)
            withheld = (atom.end, instead)
            continue
        parts.append(answer[atom.start : atom.end])
        for family, cells in atom.cells:
            # An unconditional atom may show more than was granted; only what was granted can be committed.
            shown.setdefault(family, set()).update(set(cells) & set(granted.get(family, ())))
    parts.append(answer[at:upto])
    return Outcome(text="".join(parts), action=action, reason=reason, blocked=False, shown=_frozen(shown))


def _frozen(shown: Mapping[str, set[int]]) -> dict[str, frozenset[int]]:
    return {family: frozenset(cells) for family, cells in shown.items() if cells}
