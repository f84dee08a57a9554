"""Who asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from corpora.document import DEFAULT_TENANT
from corpora.identity import normal_identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """
    The person or service on whose behalf a question is asked.

    Names are stored in one spelling (NFKC, case folded, trimmed), so ``"Ann "`` and ``"ann"`` are one account.

    Attributes:
        user: Unique in its tenant; None is anonymous, who reads public documents only.
        tenant: The organisation; names of users and groups mean something only inside it.
        groups: Groups of the user in that tenant.
        tier: Name of the rate-limit tier.
        session: Anything that tells one conversation from another; not an identity.

    Raises:
        ValueError: A name is empty, too long, or holds control or invisible characters.
    """

    user: str | None = None
    tenant: str = DEFAULT_TENANT
    groups: frozenset[str] = frozenset()
    tier: str = "standard"
    session: str | None = None

    def __post_init__(self) -> None:
        for name in ("user", "tenant", "tier", "session"):
            value: Any = getattr(self, name)
            if value is None and name in {"user", "session"}:
                continue
            if not isinstance(value, str):
                raise ValueError(f"{name} must be a string, not {type(value).__name__}")
            object.__setattr__(self, name, normal_identity(value, what=name))
        groups: Any = self.groups
        if isinstance(groups, str):
            raise ValueError("groups is a set of names, not one string")
        if not isinstance(groups, Iterable):
            raise ValueError(f"groups is a set of names, not {type(groups).__name__}")
        names = tuple(groups)
        for name in names:
            if not isinstance(name, str):
                raise ValueError(f"a group must be a string, not {type(name).__name__}")
        object.__setattr__(self, "groups", frozenset(normal_identity(name, what="group") for name in names))

    @property
    def anonymous(self) -> bool:
        """Whether nobody vouched for an identity."""
        return self.user is None


ANONYMOUS = Principal()
"""Nobody in particular: public documents only."""
