"""Which documents may go into a prompt: readers, spent budgets, retrieval budgets, in this order."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from corpora.corpus import Corpus
from corpora.document import DocumentRef
from guard.access.entitlements import BY_READERS, Entitlements
from guard.access.ledger.base import Account, Ledger, Retrieval
from guard.errors import LedgerUnavailable
from guard.judge import rights_of
from guard.policy import Policy
from guard.principal import Principal
from guard.rights import UNKNOWN, Right
from guard.verdict import Dropped, Kept, Reason


def filter_documents(
    refs: Sequence[DocumentRef],
    principal: Principal,
    *,
    policy: Policy,
    corpora: Mapping[str, Corpus],
    ledger: Ledger,
    request_id: str,
    question: str,
    decoys: Container[DocumentRef] = (),
    entitlements: Entitlements = BY_READERS,
    budget: float = 1.0,
) -> tuple[Kept, Mapping[DocumentRef, Right]]:
    """
    Sort *refs* into those that may go into a prompt for *principal* and those that may not, and count the retrievals.

    Decoys are dropped like documents that nobody knows, and count for nothing.  *budget* is the part of daily budgets
    that the principal keeps, from 0 to 1.

    Returns:
        The two lists, and what the principal may do with each document.

    Raises:
        guard.errors.GuardUnavailable: The ledger could not be asked, and none of them is free to read; use none.
    """
    known = rights_of(principal, corpora, refs, entitlements)
    rights = {ref: UNKNOWN if ref in decoys else right for ref, right in known.items()}
    reasons: dict[DocumentRef, Reason] = {
        ref: Reason.ENTITLEMENT for ref, right in rights.items() if not right.readable
    }
    counted = {ref: right for ref, right in rights.items() if right.readable and not right.free}
    if principal.user is None:
        # Without an account nothing could be counted.
        reasons.update(dict.fromkeys(counted, Reason.ENTITLEMENT))
    elif counted:
        account = Account(principal.tenant, principal.user)
        try:
            for ref in _spent(counted, account, policy, ledger):
                reasons[ref] = Reason.BUDGET
                del counted[ref]
            allowed = _retrieve(counted, account, policy, ledger, request_id, question, budget)
        except LedgerUnavailable:
            if not any(right.free for right in rights.values()):
                raise
            # What needs no account goes on.
            reasons.update(dict.fromkeys(counted, Reason.UNAVAILABLE))
        else:
            reasons.update({ref: Reason.LIMIT for ref, right in counted.items() if right.family not in allowed})
    kept = Kept(
        kept=tuple(ref for ref in refs if ref not in reasons),
        dropped=tuple(Dropped(ref=ref, reason=reasons[ref]) for ref in refs if ref in reasons),
        request_id=request_id,
    )
    return kept, rights


def _spent(counted: Mapping[DocumentRef, Right], account: Account, policy: Policy, ledger: Ledger) -> list[DocumentRef]:
    """Return the documents of which the user, or the whole tenant, has been shown all that may be shown."""
    limited = {ref: right for ref, right in counted.items() if policy.limits(right.label).exhaustible}
    if not limited:
        return []
    shown = ledger.counts(account, {right.family for right in limited.values()})

    def spent(right: Right) -> bool:
        user_cap, tenant_cap = policy.caps(right)
        seen = shown[right.family]
        return seen.user >= max(1, user_cap) or seen.tenant >= max(1, tenant_cap)

    return [ref for ref, right in limited.items() if spent(right)]


def _retrieve(
    counted: Mapping[DocumentRef, Right],
    account: Account,
    policy: Policy,
    ledger: Ledger,
    request_id: str,
    question: str,
    budget: float,
) -> frozenset[str]:
    retrievals: dict[str, Retrieval] = {}
    distinct: list[int] = []
    for right in counted.values():
        limits = policy.limits(right.label)
        if limits.distinct is not None:
            distinct.append(_part(limits.distinct, budget))
        per_day = None if limits.retrievals is None else _part(limits.retrievals, budget)
        retrievals[right.family] = Retrieval(right.family, per_day, limits.distinct is not None)
    if not retrievals:
        return frozenset()
    return ledger.retrieve(
        account,
        list(retrievals.values()),
        distinct_cap=min(distinct, default=None),
        request_id=request_id,
        payload=question,
    )


def _part(limit: int, budget: float) -> int:
    """Return what is left of a daily limit; of one that allows anything at least 1."""
    return min(limit, max(1, int(limit * budget)))
