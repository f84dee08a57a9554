"""
Who may read a document.

Pure: no clock, no disk, no cache that outlives its key.  The rules, strictest first:

1. Training text and prompts are nobody's.
2. A deny rule (``!user:bob``) that names the principal wins over everything that allows.
3. Public documents, and every document of a public corpus, are everybody's, identified or not.
4. Anonymous reads nothing else.
5. ``user:`` and ``group:`` mean people of the document's own tenant; ``tenant:ID`` every identified user of that
   tenant; ``*`` every identified user of the document's tenant.
6. What no rule allows is denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from corpora.document import normal_reader
from corpora.identity import normal_identity
from corpora.labels import PUBLIC, known_label

if TYPE_CHECKING:
    from corpora.document import DocumentInfo
    from guard.principal import Principal

READABLE_KINDS: Final = frozenset({"retrieval", "public"})
"""Kinds of corpora that people may read at all; training, prompt, and any kind nobody knows are not among them."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Whom one half (allow or deny) of a document's readers names."""

    everybody: bool
    users: frozenset[str]
    groups: frozenset[str]
    tenants: frozenset[str]

    def cover(self, principal: Principal, *, native: bool) -> bool:
        """Say whether *principal* is named; *native* is whether its tenant is the document's."""
        if principal.tenant in self.tenants:
            return True
        return native and (principal.user in self.users or not self.groups.isdisjoint(principal.groups))


def _names(rules: list[str]) -> _Names:
    parts = [rule.partition(":") for rule in rules]
    return _Names(
        everybody="*" in rules,
        users=frozenset(name for scope, _, name in parts if scope == "user"),
        groups=frozenset(name for scope, _, name in parts if scope == "group"),
        tenants=frozenset(name for scope, _, name in parts if scope == "tenant"),
    )


# A corpus repeats few different reader sets over many documents, and this runs for every retrieved one.
@lru_cache(maxsize=4096)
def _compiled(readers: frozenset[str]) -> tuple[_Names, _Names]:
    allow: list[str] = []
    deny: list[str] = []
    for reader in readers:
        try:
            rule = normal_reader(reader)
        except ValueError:
            # A rule that nobody can read: as an allow it names nobody, as a deny it may have meant anybody.
            if reader.lstrip().startswith("!"):
                deny.append("*")
            continue
        if rule.startswith("!"):
            deny.append(rule[1:])
        else:
            allow.append(rule)
    return _names(allow), _names(deny)


@lru_cache(maxsize=1024)
def normal_tenant(name: str) -> str | None:
    """Return the one spelling of a tenant, None where it can have none and so is nobody's."""
    try:
        return normal_identity(name)
    except ValueError:
        return None


def open_to_all(info: DocumentInfo) -> bool:
    """Say whether the document is public, or stands in a public corpus."""
    return info.kind == "public" or known_label(info.label) == PUBLIC


def settled(info: DocumentInfo, principal: Principal) -> bool | None:
    """
    Say whether *principal* may read the document where that does not depend on who grants rights, else None.

    Nobody reads training text and prompts, a deny rule is final, public documents are open, and somebody without an
    identity reads nothing else: whatever source of rights is asked, it is asked only after this.
    """
    if info.kind not in READABLE_KINDS:
        return False
    _, deny = _compiled(frozenset(info.readers))
    if deny.everybody or deny.cover(principal, native=principal.tenant == normal_tenant(info.tenant)):
        return False
    if open_to_all(info):
        return True
    return False if principal.anonymous else None


def granted(info: DocumentInfo, principal: Principal) -> bool:
    """Say whether a rule of the document's own readers lets the identified *principal* read it."""
    allow, _ = _compiled(frozenset(info.readers))
    native = principal.tenant == normal_tenant(info.tenant)
    return (allow.everybody and native) or allow.cover(principal, native=native)


def may_read(info: DocumentInfo, principal: Principal) -> bool:
    """
    Say whether *principal* may read the document, going by the document's own readers.

    ``!*`` denies everybody, also people without an identity; ``!tenant:ID`` also those of whom only the tenant is
    known.  A deny rule cannot keep somebody from reading a *public* document anonymously: do not label it public.

    Guarantee:
        One more deny rule never lets anybody in, one more allow rule never shuts anybody out, and order is irrelevant.
    """
    decided = settled(info, principal)
    return granted(info, principal) if decided is None else decided


def free_to_read(info: DocumentInfo, principal: Principal) -> bool:
    """Say whether *principal* may read the document and no budget bounds it: public documents and public corpora."""
    return open_to_all(info) and may_read(info, principal)
