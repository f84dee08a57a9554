"""What an incident and a containment are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from corpora.document import DocumentRef
from guard.access.ledger.keys import digest

Fact = str | int | float


class Severity(IntEnum):
    """How bad it is; the numbers are those of OCSF's ``severity_id``."""

    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    @property
    def word(self) -> str:
        """The severity as it is written in JSON and in settings."""
        return self.name.lower()


State = Literal["watched", "open", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """
    One thing that belongs to an incident.

    Attributes:
        at: Seconds since the epoch.
        kind: Of the signal, or what an operator did.
        reason: One plain sentence.
        request_id: The question it belongs to.
        strength: From 0 (remarkable) to 1 (proof); None for what an operator did.
        documents: Those concerned.
        others: Further users who take part.
        facts: Names and numbers behind the reason.
    """

    at: float
    kind: str
    reason: str
    request_id: str | None = None
    strength: float | None = None
    documents: tuple[DocumentRef, ...] = ()
    others: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the moment as JSON-ready values."""
        return {
            "at": self.at,
            "kind": self.kind,
            "reason": self.reason,
            "request_id": self.request_id,
            "strength": self.strength,
            "documents": [[ref.corpus, ref.id] for ref in self.documents],
            "others": list(self.others),
            "facts": dict(self.facts),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Moment:
        """Return the moment that :meth:`to_dict` told."""
        return cls(
            at=told["at"],
            kind=told["kind"],
            reason=told["reason"],
            request_id=told["request_id"],
            strength=told["strength"],
            documents=tuple(DocumentRef(corpus, document_id) for corpus, document_id in told["documents"]),
            others=tuple(told["others"]),
            facts=told["facts"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """
    What somebody did, or what happened to somebody, that a person should look at.

    Attributes:
        id: For commands.
        group: What its signals have in common: extraction, canary, secret and so on.
        tenant: Of whom it is about.
        user: None for anonymous, and for what concerns a whole tenant.
        severity: The worst of its signals'.
        state: ``watched`` while its rule's count is not reached; such ones are not shown.
        opened: Seconds since the epoch.
        updated: When something was last added.
        count: Signals, those that the timeline does not list included.
        exposure: What the ledger said when it was opened: characters shown per document, and in all.
        held: Whether it is kept whatever its age.
        closed_by: Who closed it.
    """

    id: str
    group: str
    tenant: str
    user: str | None
    severity: Severity
    state: State
    opened: float
    updated: float
    count: int
    exposure: Mapping[str, Any]
    held: bool = False
    closed_by: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the incident as JSON-ready values."""
        return {
            "id": self.id,
            "group": self.group,
            "tenant": self.tenant,
            "user": self.user,
            "severity": self.severity.word,
            "state": self.state,
            "opened": self.opened,
            "updated": self.updated,
            "count": self.count,
            "exposure": dict(self.exposure),
            "held": self.held,
            "closed_by": self.closed_by,
        }


Action = Literal["throttle", "quarantine", "revoke"]
TargetKind = Literal["user", "tenant", "document", "key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    Who or what is contained.

    Attributes:
        kind: Decides which of the others count.
        tenant: Of a user, or the tenant itself; empty otherwise.
        corpus: Of a document.
        name: The user, the document's id or the key's id; empty for a tenant.
    """

    kind: TargetKind
    tenant: str = ""
    corpus: str = ""
    name: str = ""

    @property
    def key(self) -> bytes:
        """Digest that tells any two targets apart, 16 bytes."""
        return digest("target", self.kind, self.tenant, self.corpus, self.name)

    def __str__(self) -> str:
        match self.kind:
            case "user":
                return f"user {self.name} ({self.tenant})"
            case "tenant":
                return f"tenant {self.tenant}"
            case "document":
                return f"document {self.corpus}/{self.name}"
            case "key":
                return f"key {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """
    What is done to somebody or something until it ends.

    Attributes:
        id: For :meth:`release`.
        action: Slow a user down, give somebody nothing or a document to nobody, refuse a key.
        cost: Throttle: as how many questions one question counts.
        budget: Throttle: part of every daily budget that is left, from 0 to 1.
        created: Seconds since the epoch.
        expires: When it ends by itself; None is never.
        by: Who decided it; ``rule:NAME`` where the program did.
        incident: Id of the incident it belongs to.
        released: When somebody ended it.
    """

    id: str
    action: Action
    target: Target
    cost: int = 1
    budget: float = 1.0
    created: float
    expires: float | None
    by: str
    reason: str
    incident: str | None = None
    released: float | None = None

    def active(self, now: float) -> bool:
        """Say whether it holds at *now*."""
        return self.released is None and (self.expires is None or now < self.expires)

    def to_dict(self) -> dict[str, Any]:
        """Return the containment as JSON-ready values."""
        return {
            "id": self.id,
            "action": self.action,
            "target": {
                name: value for name in ("kind", "tenant", "corpus", "name") if (value := getattr(self.target, name))
            },
            "cost": self.cost,
            "budget": self.budget,
            "created": self.created,
            "expires": self.expires,
            "by": self.by,
            "reason": self.reason,
            "incident": self.incident,
            "released": self.released,
        }
