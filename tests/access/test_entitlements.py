"""Who may read a document: rows that pin the meaning, and laws."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from corpora.document import Document, DocumentInfo
from guard.access.entitlements import free_to_read, may_read
from guard.principal import ANONYMOUS, Principal

ANN = Principal(user="ann", tenant="acme", groups=frozenset({"hr", "staff"}))
BOB = Principal(user="bob", tenant="acme")
EVE = Principal(user="ann", tenant="globex", groups=frozenset({"hr"}))  # the same names, another tenant
WHO = {"ann": ANN, "bob": BOB, "eve": EVE, "nobody": ANONYMOUS, "acme nobody": Principal(tenant="acme")}


def info(*readers, label="confidential", kind="retrieval", tenant="acme"):
    document = Document(id="d", text="t", label=label, readers=frozenset(readers), tenant=tenant)
    return DocumentInfo(
        corpus="c",
        kind=kind,
        id="d",
        label=document.label,
        readers=document.readers,
        tenant=document.tenant,
        length=1,
        family="d",
    )


@pytest.mark.parametrize(
    ("readers", "label", "allowed"),
    [
        ([], "internal", ""),
        ([], "public", "ann bob eve nobody acme-nobody"),
        (["user:ann"], "internal", "ann"),
        (["user:Ann "], "internal", "ann"),
        (["group:hr"], "restricted", "ann"),
        (["group:HR", "user:bob"], "confidential", "ann bob"),
        (["*"], "internal", "ann bob"),
        (["tenant:acme"], "internal", "ann bob"),
        (["tenant:globex"], "internal", "eve"),
        (["tenant:globex", "user:ann"], "internal", "ann eve"),
        (["tenant:initech"], "internal", ""),
        (["*", "!user:ann"], "internal", "bob"),
        (["*", "!group:hr"], "internal", "bob"),
        (["*", "!group:sales"], "internal", "ann bob"),
        (["user:ann", "!user:ann"], "internal", ""),
        (["tenant:globex", "!user:ann"], "internal", "eve"),  # another ann
        (["*", "tenant:globex", "!tenant:globex"], "internal", "ann bob"),
        (["*", "!tenant:acme"], "internal", ""),
        (["*", "!*"], "internal", ""),
        (["!user:ann"], "internal", ""),  # a deny rule allows nobody
        (["!*"], "public", ""),
        (["!user:ann"], "public", "bob eve nobody acme-nobody"),
        (["!group:staff"], "public", "bob eve nobody acme-nobody"),
        (["!tenant:acme"], "public", "eve nobody"),
        (["user:bob"], "public", "ann bob eve nobody acme-nobody"),
        (["*"], "secret-squirrel", "ann bob"),  # an unknown label is the strictest, and readable by its readers
    ],
)
def test_rows(readers, label, allowed):
    found = {
        name.replace(" ", "-") for name, principal in WHO.items() if may_read(info(*readers, label=label), principal)
    }

    assert found == set(allowed.split())


@pytest.mark.parametrize("kind", ["training", "prompt", "", "Retrieval", "unheard-of"])
@pytest.mark.parametrize("label", ["public", "internal"])
def test_training_text_and_prompts_are_nobodys(kind, label):
    assert not any(may_read(info("*", label=label, kind=kind), principal) for principal in WHO.values())


@pytest.mark.parametrize("label", ["public", "internal", "restricted"])
def test_a_public_corpus_is_everybodys_but_for_those_denied(label):
    document = info("!user:bob", label=label, kind="public")

    assert {name for name, principal in WHO.items() if may_read(document, principal)} == set(WHO) - {"bob"}


@pytest.mark.parametrize(
    ("document", "principal", "free"),
    [
        (info(label="public"), ANONYMOUS, True),
        (info(label="internal", kind="public"), ANN, True),
        (info("!user:ann", label="public"), ANN, False),
        (info("!user:ann", label="internal", kind="public"), ANN, False),
        (info("user:ann", label="internal"), ANN, False),
        (info("*", label="public", kind="training"), ANN, False),
        (info("*", label="public", kind="prompt"), ANN, False),
    ],
)
def test_free_to_read(document, principal, free):
    assert free_to_read(document, principal) is free


def raw(*readers, tenant="acme", label="internal"):
    """As it might come from a store that normalised nothing."""
    return DocumentInfo(
        corpus="c",
        kind="retrieval",
        id="d",
        label=label,
        readers=frozenset(readers),
        tenant=tenant,
        length=1,
        family="d",
    )


@pytest.mark.parametrize(
    ("document", "allowed"),
    [
        (raw("User:ANN"), True),
        (raw("user:ann", tenant="ACME "), True),
        (raw(" ! user:ANN", "*"), False),
        (raw("*", "!user:ann", tenant=" Acme"), False),
        (raw("everyone"), False),
        (raw("*", "everyone"), True),
        (raw("*", "!everyone"), False),  # nobody knows whom it meant to deny
        (raw("*", "!"), False),
        (raw("*", "!user:\u200b"), False),
        (raw("user:"), False),
        (raw("user:ann", tenant=""), False),
        (raw(label="Public "), True),
    ],
)
def test_what_a_store_left_unnormalised_is_read_the_strict_way(document, allowed):
    assert may_read(document, ANN) is allowed


names = st.sampled_from(["ann", "bob", "hr", "staff", "acme", "globex"])
allows = st.one_of(st.just("*"), st.builds("{}:{}".format, st.sampled_from(["user", "group", "tenant"]), names))
denies = allows.map("!{}".format)
rules = st.lists(st.one_of(allows, denies), max_size=5)
principals = st.builds(
    Principal,
    user=st.one_of(st.none(), names),
    tenant=st.sampled_from(["acme", "globex"]),
    groups=st.frozensets(names, max_size=3),
)
labels = st.sampled_from(["public", "internal", "confidential", "restricted"])
kinds = st.sampled_from(["retrieval", "public", "training", "prompt"])


@given(rules, denies, labels, kinds, principals)
def test_one_more_deny_lets_nobody_in(readers, deny, label, kind, principal):
    before = may_read(info(*readers, label=label, kind=kind), principal)

    assert before or not may_read(info(*readers, deny, label=label, kind=kind), principal)


@given(rules, allows, labels, kinds, principals)
def test_one_more_right_shuts_nobody_out(readers, allow, label, kind, principal):
    after = may_read(info(*readers, allow, label=label, kind=kind), principal)

    assert after or not may_read(info(*readers, label=label, kind=kind), principal)


@given(rules, labels, kinds, principals)
def test_a_name_that_no_rule_denies_never_shuts_anybody_out(readers, label, kind, principal):
    document = info(*readers, label=label, kind=kind)
    joined = Principal(user=principal.user, tenant=principal.tenant, groups=principal.groups | {"newcomers"})

    assert may_read(document, joined) == may_read(document, principal)


@given(rules, labels, principals)
def test_without_an_identity_only_public_documents_are_read(readers, label, principal):
    nobody = Principal(tenant=principal.tenant)
    if may_read(info(*readers, label=label), nobody):
        assert label == "public"


@given(rules, labels, kinds, principals)
def test_what_is_free_to_read_may_be_read(readers, label, kind, principal):
    document = info(*readers, label=label, kind=kind)

    assert may_read(document, principal) or not free_to_read(document, principal)
