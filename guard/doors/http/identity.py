"""From a key and a stated principal to the principal that counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from corpora.document import DEFAULT_TENANT
from guard.doors.http.keys import ASSERT_PRINCIPAL, Caller
from guard.doors.http.problems import Problem
from guard.principal import Principal

if TYPE_CHECKING:
    from guard.doors.http.shapes import PrincipalBody
    from guard.settings import ApiKey

_FIELD = "principal"


def principal_of(caller: Caller, stated: PrincipalBody | None, users: Mapping[str, Principal]) -> Principal:
    """
    Return on whose behalf *caller* asks.

    Args:
        caller: Who holds the connection.
        stated: The principal in the body, if any.
        users: The users that the configuration lists; empty when it lists none.

    Raises:
        Problem: 403, the caller may not speak for that principal, or nobody knows that user; 422, a name is malformed.
    """
    try:
        if caller.key is None:
            return _keyless(stated)
        if stated is not None and caller.may(ASSERT_PRINCIPAL):
            return _listed(_asserted(caller.key, stated, users), users)
        return _own(caller.key, stated, users)
    except ValueError as error:
        # The messages of Principal name the field and the fault, never the value.
        raise Problem(422, "invalid", f"principal: {error}", field=_FIELD) from None


def _keyless(stated: PrincipalBody | None) -> Principal:
    if stated is not None:
        raise Problem(
            403,
            "principal",
            "without configured keys everybody is anonymous; configure [keys.NAME] to say who asks",
            field=_FIELD,
        )
    return Principal()


def _asserted(key: ApiKey, stated: PrincipalBody, users: Mapping[str, Principal]) -> Principal:
    fields = stated.model_dump(exclude_none=True)
    for name in ("groups", "own"):
        if name in fields:
            fields[name] = frozenset(fields[name])
    principal = Principal(**fields)
    if stated.tenant is None:
        # The key's tenant, else the one that the table of users gives this user.
        known = users.get(principal.user) if principal.user is not None else None
        tenant = key.tenant or (known.tenant if known is not None else principal.tenant)
        principal = replace(principal, tenant=tenant)
    if key.tenant is not None and principal.tenant != Principal(tenant=key.tenant).tenant:
        raise Problem(403, "principal", "this key speaks for another tenant", field=_FIELD)
    return principal


def _own(key: ApiKey, stated: PrincipalBody | None, users: Mapping[str, Principal]) -> Principal:
    groups = key.groups if key.user is not None else frozenset()
    tenant = DEFAULT_TENANT if key.tenant is None else key.tenant
    own = _listed(Principal(user=key.user, groups=groups, tier=key.tier, tenant=tenant), users)
    if stated is None:
        return own
    # A key without assert-principal may repeat what it is and name its conversation, nothing more.
    repeated = Principal(
        user=own.user if stated.user is None else stated.user,
        tenant=own.tenant if stated.tenant is None else stated.tenant,
        groups=own.groups if stated.groups is None else frozenset(stated.groups),
        tier=own.tier if stated.tier is None else stated.tier,
        session=stated.session,
        own=own.own if stated.own is None else frozenset(stated.own),
    )
    if repeated != replace(own, session=repeated.session) or own.anonymous:
        raise Problem(403, "principal", "this key speaks for itself only; assert-principal is needed", field=_FIELD)
    return repeated


def _listed(principal: Principal, users: Mapping[str, Principal]) -> Principal:
    """Return *principal* with the rights that the table of users gives it."""
    if not users or principal.user is None:
        return principal
    known = users.get(principal.user)
    if known is None or known.tenant != principal.tenant:
        raise Problem(403, "unknown-user", "unknown user: the configuration lists its users, and not this one")
    return replace(known, session=principal.session)
