"""Who asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from corpora.document import DEFAULT_TENANT
from corpora.identity import normal_identity

MOST_OWN: Final = 64
"""Own values of one user."""
SHORTEST_OWN: Final = 2
LONGEST_OWN: Final = 256
"""Characters of an own value."""


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
        own: The user's own personal values (name, addresses, numbers), which are no leak to this user.

    Raises:
        ValueError: A name is empty, too long, or holds control or invisible characters; an own value is too short or
            too long to be one, or there are too many.
    """

    user: str | None = None
    tenant: str = DEFAULT_TENANT
    groups: frozenset[str] = frozenset()
    tier: str = "standard"
    session: str | None = None
    own: frozenset[str] = field(default=frozenset(), repr=False)

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

        self._check_own()

    def _check_own(self) -> None:
        own: Any = self.own
        if isinstance(own, str) or not isinstance(own, Iterable):
            raise ValueError("own is a set of the user's values, not one value")
        values = tuple(own)
        if len(values) > MOST_OWN:
            raise ValueError(f"own lists more than {MOST_OWN} values")
        for value in values:
            if not isinstance(value, str) or not SHORTEST_OWN <= len(value) <= LONGEST_OWN:
                raise ValueError(f"an own value must be text of {SHORTEST_OWN} to {LONGEST_OWN} characters")
        object.__setattr__(self, "own", frozenset(values))

    @property
    def own_values(self) -> frozenset[str]:
        """The user's own values, with the name of the account itself; nothing for somebody anonymous."""
        return frozenset() if self.user is None else self.own | {self.user}

    @property
    def anonymous(self) -> bool:
        """Whether nobody vouched for an identity."""
        return self.user is None


ANONYMOUS = Principal()
"""Nobody in particular: public documents only."""
