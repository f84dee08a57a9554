"""The policy: limits per label, rules per kind of finding.  Data and pure questions about it, nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Final

from corpora.labels import CONFIDENTIAL, INTERNAL, PUBLIC, RESTRICTED, known_label
from detectors.finding import Finding, Kind
from guard.masking.allowed import Allowed
from guard.masking.treatment import Treatment
from guard.rights import Right
from guard.verdict import Action

CELL: Final = 32
"""Code points of a document that the ledger accounts for together; all of them count once any of them leaves."""
EVERYTHING: Final = 1 << 32
"""Cells that no account ever holds: no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLimits:
    """
    How much of a document with this label an entitled reader may be shown nearly verbatim.

    Attributes:
        run: Longest near-verbatim run in one answer, in characters; None is no limit.
        answer: Near-verbatim characters per answer and document; None is no limit.
        share: Part of a document, per user, for life, in ``[0, 1]``.
        tenant_share: The same for all users of a tenant together.
        floor: The user's cap is the larger of *share* and this many characters, so that short documents can be read.
        window: Part of a document, always the same one, outside of which nobody is shown anything, in ``[0, 1]``; 1 is
            all of it.
        retrievals: Times a document may go into a prompt, per user and day; None is no limit.
        distinct: Documents with this label per user and day; None is no limit.
        beyond: What happens to text beyond the limits.
        pii: Action per entity for personal values inside quoted passages of documents with this label.
    """

    run: int | None = None
    answer: int | None = None
    share: float = 1.0
    tenant_share: float = 1.0
    floor: int = 0
    window: float = 1.0
    retrievals: int | None = None
    distinct: int | None = None
    beyond: Action = Action.REDACT
    pii: tuple[tuple[str, Action], ...] = ()

    def user_cells(self, length: int) -> int:
        """Return how many cells of a document of *length* characters one user may be shown in all."""
        # One user takes at most a quarter of what the tenant may see.
        return min(
            self._cells(length, self.share, self.floor),
            self._cells(length, self.tenant_share, 4 * self.floor, 4),
            self._window_cells(length),
        )

    def tenant_cells(self, length: int) -> int:
        """Return how many cells of a document of *length* characters a whole tenant may be shown in all."""
        # Four of the user's floor, so that a quarter of it still lets a short document be read.
        return min(self._cells(length, self.tenant_share, 4 * self.floor), self._window_cells(length))

    @property
    def windowed(self) -> bool:
        """Whether something may be shown nearly verbatim, and a window decides what."""
        return self.run != 0 and self.answer != 0 and self.window < 1

    @property
    def exhaustible(self) -> bool:
        """Whether there is less to be shown of a document than there is of it, and yet something."""
        return 0 < self.share < 1 or self.windowed

    def _window_cells(self, length: int) -> int:
        # A window need not begin where a cell does.
        if self.window >= 1.0:
            return EVERYTHING
        cells = -(-int(self.window * length) // CELL)
        return cells + 1 if self.window else 0

    @staticmethod
    def _cells(length: int, share: float, floor: int, parts: int = 1) -> int:
        # Not the cells of one document: its near-duplicates share the account, each with cells of its own.
        if share >= 1.0:
            return EVERYTHING
        return min(-(-length // CELL), int(max(share * length, floor) / parts) // CELL)


DEFAULT_LABELS: Final[Mapping[str, LabelLimits]] = MappingProxyType(
    {
        PUBLIC: LabelLimits(),
        INTERNAL: LabelLimits(run=600, answer=1500),
        CONFIDENTIAL: LabelLimits(
            run=250, answer=500, share=0.16, floor=300, tenant_share=0.5, retrievals=20, distinct=50
        ),
        RESTRICTED: LabelLimits(run=0, answer=0, window=0.05, beyond=Action.BLOCK),
    }
)

DEFAULT_PII: Final[Mapping[str, Action]] = MappingProxyType(
    {
        "PERSON": Action.ALLOW,
        "EMAIL_ADDRESS": Action.REDACT,
        "CREDIT_CARD": Action.BLOCK,
        "default": Action.REDACT,
    }
)

DEFAULT_RULES: Final[Mapping[Kind, Action]] = MappingProxyType(
    {
        Kind.SECRET: Action.BLOCK,
        Kind.CANARY: Action.BLOCK,
        Kind.TRAINING: Action.BLOCK,
    }
)

DEFAULT_NOTICE: Final = "[The rest of this answer was withheld: it would disclose protected content.]"

NER_ENTITIES: Final = frozenset({"PERSON", "LOCATION"})
"""Entities that only a language model sees; looked for where the policy names them with another action than allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    What to do about what was found.

    Attributes:
        labels: Limits per label, for all four labels.
        rules: Action per kind; a kind that is not listed is blocked, so a new detector is never silently ignored.
        pii: Action per entity of personal data; ``default`` for those not listed.
        treatments: How values are redacted, per entity as in *pii*; those not listed are replaced by their entity.
        allowed: Values that are no leak.
        notice: What stands in the place of a blocked answer's rest.
    """

    labels: Mapping[str, LabelLimits] = field(default_factory=lambda: DEFAULT_LABELS)
    rules: Mapping[Kind, Action] = field(default_factory=lambda: DEFAULT_RULES)
    pii: Mapping[str, Action] = field(default_factory=lambda: DEFAULT_PII)
    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    allowed: Allowed = field(default_factory=Allowed)
    notice: str = DEFAULT_NOTICE

    def limits(self, label: str) -> LabelLimits:
        """Return the limits of *label*; those of the strictest label for one nobody knows."""
        return self.labels[known_label(label)]

    def action(self, finding: Finding) -> Action:
        """Return what happens to a finding that is no near-verbatim passage."""
        if finding.kind is Kind.PII:
            if finding.rule in self.pii:
                return self.pii[finding.rule]
            return self.pii.get("default", Action.BLOCK)
        return self.rules.get(finding.kind, Action.BLOCK)

    def treatment(self, entity: str) -> Treatment:
        """Return how values of *entity* are redacted."""
        listed = entity if entity in self.pii else "default"
        return self.treatments.get(listed, Treatment.REDACT)

    @property
    def hashes(self) -> bool:
        """Whether any entity is replaced by keyed pseudonyms."""
        return Treatment.HASH in self.treatments.values()

    @property
    def label_pii(self) -> Mapping[str, Mapping[str, Action]]:
        """Action per label and entity, for the labels that say something of their own."""
        return {label: dict(limits.pii) for label, limits in self.labels.items() if limits.pii}

    @property
    def named_by_model(self) -> frozenset[str]:
        """Entities that need named-entity recognition and that the policy guards."""
        guarded = {name for name, action in self.pii.items() if action is not Action.ALLOW}
        for limits in self.labels.values():
            guarded.update(name for name, action in limits.pii if action is not Action.ALLOW)
        return NER_ENTITIES & guarded

    def caps(self, right: Right) -> tuple[int, int]:
        """Return how many cells of this document the user and the tenant may be shown in all."""
        limits = self.limits(right.label)
        return limits.user_cells(right.length), limits.tenant_cells(right.length)

    @property
    def digest(self) -> str:
        """Twelve hex digits that tell one policy from another."""
        plain: dict[str, Any] = {
            "labels": {label: asdict(limits) for label, limits in self.labels.items()},
            "rules": {str(kind): int(action) for kind, action in self.rules.items()},
            "pii": {entity: int(action) for entity, action in self.pii.items()},
            "treatments": {entity: str(treatment) for entity, treatment in self.treatments.items()},
            "allowed": {
                "domains": sorted(self.allowed.domains),
                "names": sorted(self.allowed.names),
                "numbers": sorted(self.allowed.numbers),
            },
            "notice": self.notice,
        }
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]
