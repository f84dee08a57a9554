"""Digests that name accounts: no separator to smuggle in, no length to exceed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from guard.access.ledger.base import Account

KEY_SIZE: Final = 16
"""Bytes.  Two names that share a key would share an account; finding such a pair takes about 2**64 tries."""
TENANT_SCOPE: Final = b""
"""Stands for the user in the keys of a tenant's scope; no user's key is empty."""


def digest(*parts: str | bytes) -> bytes:
    """Return a digest of :data:`KEY_SIZE` bytes that tells apart any two different sequences of *parts*."""
    state = blake2b(digest_size=KEY_SIZE)
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        state.update(len(raw).to_bytes(8, "little"))
        state.update(raw)
    return state.digest()


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """The keys of one account's rows."""

    tenant: bytes
    user: bytes


def account_keys(account: Account) -> AccountKeys:
    """Return the keys under which *account* is stored."""
    return AccountKeys(tenant_key(account.tenant), user_key(account.tenant, account.user))


def tenant_key(tenant: str) -> bytes:
    """Return the key of a tenant."""
    return digest("tenant", tenant)


def user_key(tenant: str, user: str) -> bytes:
    """Return the key of a user, who is another one in another tenant."""
    return digest("user", tenant, user)


def family_key(family: str) -> bytes:
    """Return the key of a family; the tenant's key stands beside it in every row."""
    return digest("family", family)
