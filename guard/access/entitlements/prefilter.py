"""
Readers as metadata of a vector store, and the filter that a store can apply before it searches.

A filter spares the search what the reader may not see; it decides nothing.  Whatever a store returns is filtered again
by the guard, which knows budgets, withdrawn rights and documents that have changed since they were stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Literal

from corpora.document import normal_reader
from guard.access.entitlements.readers import READABLE_KINDS, normal_tenant, open_to_all

if TYPE_CHECKING:
    from corpora.document import DocumentInfo
    from guard.principal import Principal

READERS_KEY: Final = "echoguard_readers"
"""Where a chunk's metadata lists who may read it."""
FLAG: Final = "echoguard_reader_"
"""Beginning of the keys that say the same to stores whose metadata holds no lists."""

Store = Literal["chroma", "pgvector", "pinecone", "qdrant"]
STORES: Final[tuple[Store, ...]] = ("chroma", "pgvector", "pinecone", "qdrant")

_PUBLIC: Final = "public"
_NOBODY: Final = "!*"


def reader_names(info: DocumentInfo) -> list[str]:
    """
    Return the names under which a document is found by its readers, and with ``!`` those who never find it; sorted.

    Names of users and groups carry the document's tenant, so equal names of two tenants stay two.
    """
    tenant = normal_tenant(info.tenant)
    if info.kind not in READABLE_KINDS or tenant is None:
        return [_NOBODY]
    names = {_PUBLIC} if open_to_all(info) else set()
    for reader in info.readers:
        try:
            rule = normal_reader(reader)
        except ValueError:
            if reader.lstrip().startswith("!"):
                return [_NOBODY]
            continue
        deny, body = ("!", rule[1:]) if rule.startswith("!") else ("", rule)
        if rule == _NOBODY:
            return [_NOBODY]
        names.add(f"{deny}{body}" if body.startswith("tenant:") else f"{deny}{tenant}/{body}")
    return sorted(names)


def store_metadata(info: DocumentInfo) -> dict[str, Any]:
    """
    Return what to add to the metadata of each chunk of a document, so that stores can filter by it.

    ``echoguard_readers`` is the list for stores that search lists (Chroma, Pinecone, Qdrant); the flags, one key for
    each name, are for those that do not (pgvector).
    """
    names = reader_names(info)
    return {READERS_KEY: names, **{_flag(name): True for name in names}}


@dataclass(frozen=True, slots=True)
class Prefilter:
    """
    Filters for one principal.

    Attributes:
        may_find: Names under which it finds documents.
        never: Names that shut it out.
    """

    may_find: tuple[str, ...]
    never: tuple[str, ...]

    @classmethod
    def of(cls, principal: Principal) -> Prefilter:
        """Return the filters of *principal*; somebody without an identity finds public documents only."""
        tenant = principal.tenant
        groups = [f"{tenant}/group:{name}" for name in principal.groups]
        own = [*groups, f"tenant:{tenant}"]
        if principal.user is not None:
            own.append(f"{tenant}/user:{principal.user}")
        identified = [] if principal.anonymous else [*own, f"{tenant}/*"]
        return cls(tuple(sorted([_PUBLIC, *identified])), tuple(sorted([_NOBODY, *(f"!{name}" for name in own)])))

    def matches(self, names: object) -> bool:
        """Say whether a list of names as :func:`reader_names` wrote it lets the principal in."""
        held = set(names) if isinstance(names, list | tuple | set | frozenset) else set()
        return not held.isdisjoint(self.may_find) and held.isdisjoint(self.never)

    def expression(self, store: Store, *, key: str = READERS_KEY) -> dict[str, Any]:
        """
        Return the filter in the language of *store*.

        Args:
            store: chroma (``where``), pinecone (``filter``), qdrant (the filter of the REST interface; LangChain keeps
                metadata under ``metadata.``, so give ``key="metadata.echoguard_readers"``), or pgvector (LangChain's
                filter of PGVector, by flags: *key* is then the beginning of their keys).
            key: Where the names stand.

        Raises:
            ValueError: The store is none of these.
        """
        find, never = list(self.may_find), list(self.never)
        if store == "chroma":
            found: list[dict[str, Any]] = [{key: {"$contains": name}} for name in find]
            return {
                "$and": [
                    found[0] if len(found) == 1 else {"$or": found},
                    *({key: {"$not_contains": name}} for name in never),
                ]
            }
        if store == "pinecone":
            return {"$and": [{key: {"$in": find}}, {key: {"$nin": never}}]}
        if store == "qdrant":
            return {
                "must": [{"key": key, "match": {"any": find}}],
                "must_not": [{"key": key, "match": {"any": never}}],
            }
        if store == "pgvector":
            # What shuts out is left to the guard: a key that is missing compares as neither.
            begin = FLAG if key == READERS_KEY else key
            return {"$or": [{_flag(name, begin): {"$eq": True}} for name in find]}
        raise ValueError(f"{store!r} is no store that a filter is known for; known are {', '.join(STORES)}")


def both(store: Store, ours: dict[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filter that lets through what both let through."""
    return {"must": [ours, dict(theirs)]} if store == "qdrant" else {"$and": [ours, dict(theirs)]}


Predicate = Callable[[dict[str, Any]], bool]


def _flag(name: str, begin: str = FLAG) -> str:
    # A digest: names hold characters that keys of metadata may not.
    return begin + blake2b(name.encode(), digest_size=12).hexdigest()
