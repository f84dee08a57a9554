"""Values that are no leak: those the operator lists, and the user's own."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from guard.masking.values import PERSON, normal

_DIGIT: Final = re.compile(r"\d")
SHORTEST_NUMBER: Final = 5
"""Digits of the shortest number that can be listed: with fewer, too many values would be the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """
    Values that everybody may be shown.

    Attributes:
        domains: Domains of e-mail addresses, with those below them.
        names: Names of people, as wholes.
        numbers: Telephone numbers, accounts and other numbers, by their digits and letters.
    """

    domains: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    _names: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())
    _numbers: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        object.__setattr__(self, "domains", frozenset(one.casefold().strip(". ") for one in self.domains))
        object.__setattr__(self, "_names", frozenset(normal(PERSON, one) for one in self.names))
        object.__setattr__(self, "_numbers", frozenset(normal("", one) for one in self.numbers))
        if "" in self.domains or "" in self._names:
            raise ValueError("a listed domain or name is empty")
        short = [one for one in self._numbers if len(one) < SHORTEST_NUMBER]
        if short:
            raise ValueError(f"a listed number has fewer than {SHORTEST_NUMBER} digits and letters")

    def __bool__(self) -> bool:
        return bool(self.domains or self.names or self.numbers)

    def holds(self, entity: str, value: str) -> bool:
        """Say whether *value* is listed."""
        if entity == PERSON:
            return normal(entity, value) in self._names
        if entity == "EMAIL_ADDRESS":
            domain = normal(entity, value).rpartition("@")[2]
            return any(domain == one or domain.endswith(f".{one}") for one in self.domains)
        return bool(_DIGIT.search(value)) and normal(entity, value) in self._numbers


def is_own(entity: str, value: str, own: Collection[str]) -> bool:
    """Say whether *value* is one of the user's *own*; of a name also a part."""
    wanted = normal(entity, value)
    if not wanted:
        return False
    if entity == PERSON:
        words = frozenset(wanted.split(" "))
        return any(words <= frozenset(normal(entity, one).split(" ")) for one in own)
    return any(wanted == normal(entity, one) for one in own)
