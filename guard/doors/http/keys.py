"""API keys: whose request this is and what it may ask for."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from guard.doors.http.problems import Problem

if TYPE_CHECKING:
    from starlette.datastructures import Headers

    from guard.settings import ApiKey

CHECK: Final = "check"
SOURCES: Final = "sources"
ASSERT_PRINCIPAL: Final = "assert-principal"
OPERATE: Final = "operate"
AUDIT: Final = "audit"

MAX_SECRET: Final = 1024
"""Longest secret that is hashed, in characters."""


@dataclass(frozen=True, slots=True)
class Caller:
    """
    Who is calling.

    Attributes:
        key: The key that was shown; None where no keys are configured, and then the caller is anonymous.
    """

    key: ApiKey | None

    def may(self, scope: str) -> bool:
        """Say whether the caller holds *scope*; without configured keys everybody may check and nothing else."""
        return scope == CHECK if self.key is None else scope in self.key.scopes

    def need(self, scope: str) -> None:
        """
        Insist on *scope*.

        Raises:
            Problem: 403, the key does not hold it.
        """
        if not self.may(scope):
            raise Problem(403, "scope", f"this needs a key with the scope {scope}")


class Keyring:
    """The configured keys, by the digests of their secrets."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._keys = tuple(keys)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def caller(self, headers: Headers) -> Caller:
        """
        Return who sends *headers* (``Authorization: Bearer`` or ``x-api-key``).

        Raises:
            Problem: 401, keys are configured and this request shows none of them.
        """
        if not self._keys:
            return Caller(None)
        secret = _secret(headers)
        if secret is None:
            raise unknown_key("a key is needed: send Authorization: Bearer SECRET or x-api-key: SECRET")
        digest = hashlib.sha256(secret.encode("latin-1")).hexdigest()
        found: ApiKey | None = None
        for key in self._keys:
            # Every key is compared, in constant time, so that the time tells nothing about which one was close.
            if hmac.compare_digest(key.digest.casefold(), digest):
                found = key
        if found is None:
            raise unknown_key("this key is not known")
        return Caller(found)


def _secret(headers: Headers) -> str | None:
    """Return the one secret that *headers* show; None when there is none, or two that differ."""
    shown = {value.strip() for value in headers.getlist("x-api-key")}
    for value in headers.getlist("authorization"):
        scheme, _, rest = value.strip().partition(" ")
        if scheme.casefold() == "bearer":
            shown.add(rest.strip())
    shown.discard("")
    if len(shown) != 1:
        return None
    secret = shown.pop()
    return secret if len(secret) <= MAX_SECRET else None


def unknown_key(detail: str) -> Problem:
    """Return the answer to a request that shows no key that counts."""
    return Problem(401, "key", detail, headers={"www-authenticate": "Bearer"})
