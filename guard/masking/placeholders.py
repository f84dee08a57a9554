"""What is written in the place of the personal values of one answer."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Final

from guard.masking.treatment import Treatment
from guard.masking.values import PERSON, normal

_LETTER: Final = re.compile(r"[^\W_]")
PSEUDONYM_DIGITS: Final = 12
"""Hex digits of a pseudonym: 48 bits, so that a million values have no two alike, as good as ever."""


class Placeholders:
    """
    Writes placeholders for the values of one answer, in the order in which they stand there.

    What is written for a value depends on the values in front of it only, so that a stream writes what a whole answer
    would get.

    Args:
        treatment: How values of an entity are treated.
        key: Key of the pseudonyms; needed where an entity is hashed.
        scope: Pseudonyms of two scopes have nothing in common; the tenant.
    """

    def __init__(self, treatment: Callable[[str], Treatment], key: bytes | None, scope: str) -> None:
        self._treatment = treatment
        self._key = key
        self._scope = scope
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}

    def of(self, entity: str, value: str) -> str:
        """
        Return what stands in the place of *value*.

        Raises:
            RuntimeError: The entity is hashed and there is no key; settings with such a policy are refused.
        """
        treatment = self._treatment(entity)
        if treatment is Treatment.MASK:
            return f"<{entity}_{self._number(entity, normal(entity, value))}>"
        if treatment is Treatment.HASH:
            return f"<{entity}:{self._pseudonym(entity, normal(entity, value))}>"
        if treatment is Treatment.FORMAT:
            return _LETTER.sub("*", value)
        return f"<{entity}>"

    def _number(self, entity: str, value: str) -> int:
        known = self._numbers.get((entity, value))
        if known is None:
            known = self._named_before(value) if entity == PERSON else None
            if known is None:
                known = self._counts[entity] = self._counts.get(entity, 0) + 1
            self._numbers[entity, value] = known
        return known

    def _named_before(self, value: str) -> int | None:
        """Return the number of the one person in front whose given or family name *value* is."""
        numbers = {
            number
            for (entity, name), number in self._numbers.items()
            if entity == PERSON and value in {name.split(" ")[0], name.split(" ")[-1]}
        }
        return numbers.pop() if len(numbers) == 1 else None

    def _pseudonym(self, entity: str, value: str) -> str:
        if self._key is None:
            raise RuntimeError("the policy hashes values, and there is no key of pseudonyms")
        message = hashlib.sha256()
        for part in (self._scope, entity, value):
            data = part.encode("utf-8", "surrogatepass")
            message.update(len(data).to_bytes(8, "big"))
            message.update(data)
        return hmac.new(self._key, message.digest(), "sha256").hexdigest()[:PSEUDONYM_DIGITS]
