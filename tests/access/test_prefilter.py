"""Filters for vector stores say what the entitlements say, each in its own language."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from corpora import DocumentInfo
from guard import Principal
from guard.access.entitlements import may_read
from guard.access.entitlements.prefilter import FLAG, READERS_KEY, Prefilter, both, reader_names, store_metadata

NAMES = ["ann", "bob", "hr"]
TENANTS = ["acme", "zeta"]
RULES = ["*", *(f"{scope}:{name}" for scope in ("user", "group") for name in NAMES), *(f"tenant:{t}" for t in TENANTS)]

readers = st.frozensets(st.sampled_from([*RULES, *(f"!{rule}" for rule in RULES), "nonsense", "!nonsense"]), max_size=4)
documents = st.builds(
    lambda **values: DocumentInfo(corpus="c", id="d", length=9, family="d", **values),
    kind=st.sampled_from(["retrieval", "retrieval", "public", "training", "prompt"]),
    label=st.sampled_from(["public", "internal", "confidential", "restricted"]),
    readers=readers,
    tenant=st.sampled_from(TENANTS),
)
principals = st.builds(
    lambda user, tenant, groups: Principal(user=user, tenant=tenant, groups=groups),
    user=st.sampled_from([None, "ann", "bob"]),
    tenant=st.sampled_from(TENANTS),
    groups=st.frozensets(st.sampled_from(NAMES), max_size=2),
)


def chroma(where, metadata):
    """Judge as Chroma's reference says: one key per level, arrays tested for one value."""
    ((key, value),) = where.items()
    if key == "$and":
        return all(chroma(part, metadata) for part in value)
    if key == "$or":
        return any(chroma(part, metadata) for part in value)
    ((operator, wanted),) = value.items()
    return (wanted in metadata[key]) == {"$contains": True, "$not_contains": False}[operator]


def pinecone(where, metadata):
    """Judge as Pinecone's reference says: a list matches where any of its values does."""
    ((key, value),) = where.items()
    if key == "$and":
        return all(pinecone(part, metadata) for part in value)
    ((operator, wanted),) = value.items()
    return bool(set(metadata[key]) & set(wanted)) == {"$in": True, "$nin": False}[operator]


def qdrant(where, metadata):
    """Judge as Qdrant's reference says: conditions and nested filters, a list matches where any of its values does."""

    def holds(condition):
        if "match" in condition:
            return bool(set(metadata[condition["key"]]) & set(condition["match"]["any"]))
        return qdrant(condition, metadata)

    return all(map(holds, where.get("must", []))) and not any(map(holds, where.get("must_not", [])))


def pgvector(where, metadata):
    ((key, value),) = where.items()
    if key in {"$or", "$and"}:
        return {"$or": any, "$and": all}[key](pgvector(part, metadata) for part in value)
    return metadata.get(key) == value["$eq"]


@given(document=documents, principal=principals)
@example(
    document=DocumentInfo(
        corpus="c", id="d", length=9, family="d", kind="retrieval", label="public",
        readers=frozenset({"!tenant:acme"}), tenant="zeta",
    ),
    principal=Principal(user=None, tenant="acme"),
)  # fmt: skip
def test_every_store_lets_through_what_may_be_read(document, principal):
    allowed = may_read(document, principal)
    metadata = store_metadata(document)
    mine = Prefilter.of(principal)

    assert mine.matches(metadata[READERS_KEY]) == allowed
    assert chroma(mine.expression("chroma"), metadata) == allowed
    assert pinecone(mine.expression("pinecone"), metadata) == allowed
    assert qdrant(mine.expression("qdrant"), metadata) == allowed
    # Without a way to say "has no such key" what shuts out is left to the guard.
    assert pgvector(mine.expression("pgvector"), metadata) >= allowed


@given(document=documents, principal=principals)
def test_two_filters_together_let_through_what_both_do(document, principal):
    metadata = {**store_metadata(document), "year": ["2026"]}
    ours = Prefilter.of(principal)
    for store, judge, theirs in (
        ("chroma", chroma, {"year": {"$contains": "2025"}}),
        ("pinecone", pinecone, {"year": {"$in": ["2025"]}}),
        ("qdrant", qdrant, {"must": [{"key": "year", "match": {"any": ["2025"]}}]}),
    ):
        assert not judge(both(store, ours.expression(store), theirs), metadata)
    same = both("qdrant", ours.expression("qdrant"), {"must": [{"key": "year", "match": {"any": ["2026"]}}]})
    assert qdrant(same, metadata) == may_read(document, principal)


def info(**values):
    return DocumentInfo(**{"corpus": "c", "id": "d", "length": 9, "family": "d", "kind": "retrieval",
                           "label": "internal", "readers": frozenset(), "tenant": "acme", **values})  # fmt: skip


def test_golden_names():
    assert reader_names(info(readers=frozenset({"user:Ann ", "group:hr", "*", "tenant:zeta", "!group:kitchen"}))) == [
        "!acme/group:kitchen",
        "acme/*",
        "acme/group:hr",
        "acme/user:ann",
        "tenant:zeta",
    ]
    assert reader_names(info(label="public")) == ["public"]
    assert reader_names(info(kind="training", readers=frozenset({"*"}))) == ["!*"]
    assert reader_names(info()) == []


def test_golden_expressions():
    nobody = Prefilter.of(Principal())

    assert nobody.expression("chroma") == {
        "$and": [
            {"echoguard_readers": {"$contains": "public"}},
            {"echoguard_readers": {"$not_contains": "!*"}},
            {"echoguard_readers": {"$not_contains": "!tenant:default"}},
        ]
    }
    assert nobody.expression("qdrant", key="metadata.r") == {
        "must": [{"key": "metadata.r", "match": {"any": ["public"]}}],
        "must_not": [{"key": "metadata.r", "match": {"any": ["!*", "!tenant:default"]}}],
    }
    (flag,) = nobody.expression("pgvector")["$or"]
    assert list(flag.values()) == [{"$eq": True}]
    assert all(key.startswith(FLAG) for key in flag)


def test_a_store_nobody_knows_gets_no_filter():
    with pytest.raises(ValueError, match="chroma, pgvector"):
        Prefilter.of(Principal()).expression("milvus")


@pytest.mark.parametrize("names", [None, "public", 7, {"public": 1}, []])
def test_what_is_no_list_of_names_lets_nobody_in(names):
    assert not Prefilter.of(Principal(user="ann")).matches(names)
