"""Who may say what about whom."""

from __future__ import annotations

import time

import pytest

ANSWER = {"answer": "Nothing of note."}


def test_without_a_key_nothing_under_v1_answers(sidecar):
    for path in ("/v1/check", "/v1/admit", "/v1/documents"):
        reply = sidecar.ask(path, ANSWER, key=None)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
        assert reply.json()["code"] == "key"
    reply = sidecar.ask("/v1/chat/completions", {}, key=None)
    assert reply.status_code == 401
    assert reply.json()["error"]["type"] == "authentication_error"
    assert sidecar.ask("/v1/models", key=None).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic c2VjcmV0LWFubg=="},
        {"authorization": "Bearer"},
        {"authorization": "secret-ann"},
        {"x-api-key": "secret-ANN"},
        {"x-api-key": "x" * 5000},
        {"authorization": "Bearer secret-ann", "x-api-key": "secret-bob"},
        {"authorization": b"Bearer \xff\xfe"},
    ],
)
def test_what_is_no_key(sidecar, headers):
    reply = sidecar.ask("/v1/check", ANSWER, key=None, headers=headers)

    assert reply.status_code == 401
    assert reply.json()["code"] == "key"


@pytest.mark.parametrize("headers", [{"authorization": "bearer  secret-ann"}, {"x-api-key": "secret-ann"}])
def test_both_headers_carry_a_key(sidecar, headers):
    assert sidecar.ask("/v1/check", ANSWER, key=None, headers=headers).status_code == 200


def test_the_key_is_looked_at_before_the_body(sidecar):
    assert sidecar.ask("/v1/check", b"{nonsense", key=None).status_code == 401
    assert sidecar.ask("/v1/check", b"{nonsense").status_code == 400


def test_a_key_without_check_checks_nothing(sidecar):
    assert sidecar.ask("/v1/check", ANSWER, key="watcher").status_code == 403


def test_a_bound_key_acts_as_its_user(sidecar):
    entitled = sidecar.ask("/v1/check", {"answer": sidecar.BANDS[:120]}, key="ann").json()
    stranger = sidecar.ask("/v1/check", {"answer": sidecar.BANDS[:120]}, key="bob").json()

    assert (entitled["action"], stranger["action"]) == ("allow", "block")


@pytest.mark.parametrize(
    ("key", "principal", "status"),
    [
        ("ann", {"user": "ann"}, 200),
        ("ann", {"user": "Ann ", "tenant": "ACME", "groups": ["hr"], "session": "s1"}, 200),
        ("ann", {"user": "bob"}, 403),
        ("ann", {"groups": ["hr", "board"]}, 403),
        ("ann", {"groups": []}, 403),
        ("ann", {"tenant": "globex"}, 403),
        ("ann", {"tier": "gold"}, 403),
        ("trusted", {"user": "eve", "groups": ["board"]}, 200),
        ("trusted", {"user": "eve", "tenant": "acme"}, 200),
        ("trusted", {"user": "eve", "tenant": "globex"}, 403),
        ("roamer", {"user": "eve", "tenant": "globex"}, 200),
        ("trusted", {"user": "e\u200bve"}, 422),
        ("trusted", {"user": "   "}, 422),
    ],
)
def test_who_may_state_which_principal(sidecar, key, principal, status):
    reply = sidecar.ask("/v1/check", ANSWER | {"principal": principal}, key=key)

    assert reply.status_code == status
    if status != 200:
        assert "eve" not in reply.text


def test_groups_hold_in_their_own_tenant_only(sidecar):
    for tenant, action in (("acme", "allow"), ("globex", "block")):
        principal = sidecar.reader("hr") | {"tenant": tenant}
        reply = sidecar.ask("/v1/check", {"answer": sidecar.BANDS[:120], "principal": principal}, key="roamer")
        assert reply.json()["action"] == action


def test_a_trusted_caller_that_names_nobody_is_anonymous(sidecar):
    assert sidecar.ask("/v1/check", {"answer": sidecar.BANDS[:120]}).json()["action"] == "block"
    assert sidecar.ask("/v1/check", {"answer": sidecar.FAQ}).json()["action"] == "allow"


def test_a_table_of_users_decides_who_exists_and_which_groups_they_have(open_sidecar, known_users):
    sidecar = open_sidecar(users=known_users)
    quote = {"answer": sidecar.BANDS[:120]}

    unknown = sidecar.ask("/v1/check", quote | {"principal": {"user": "mallory", "groups": ["hr"]}})
    assert (unknown.status_code, unknown.json()["code"]) == (403, "unknown-user")
    assert "mallory" not in unknown.text
    known = sidecar.ask("/v1/check", quote | {"principal": {"user": "ann"}})
    assert known.json()["action"] == "allow"
    raised = sidecar.ask("/v1/check", {"answer": sidecar.MINUTES, "principal": {"user": "ann", "groups": ["board"]}})
    assert raised.json()["reason"] == "entitlement"
    assert sidecar.ask("/v1/check", quote, key="bob").status_code == 403
    assert sidecar.ask("/v1/check", quote | {"principal": {"user": "ann"}}, key="roamer").json()["action"] == "allow"
    elsewhere = sidecar.ask("/v1/check", quote | {"principal": {"user": "ann", "tenant": "globex"}}, key="roamer")
    assert elsewhere.status_code == 403


def test_without_configured_keys_everybody_is_anonymous(open_sidecar):
    sidecar = open_sidecar(keys=())

    reply = sidecar.ask("/v1/check", {"answer": sidecar.BANDS[:120]}, key=None)
    assert reply.json()["action"] == "block"
    assert reply.json()["findings"][0]["documents"] == []
    stated = sidecar.ask("/v1/check", ANSWER | {"principal": {"user": "ann"}}, key=None)
    assert stated.status_code == 403
    assert "[keys.NAME]" in stated.json()["detail"]
    assert sidecar.ask("/v1/check", ANSWER, key="anything").status_code == 200
    assert sidecar.ask("/v1/check", ANSWER | {"record": False}, key=None).status_code == 403


def test_without_keys_only_loopback_names_are_served(open_sidecar):
    sidecar = open_sidecar(keys=())

    for host in ("localhost:8642", "127.0.0.1", "[::1]:8642"):
        assert sidecar.ask("/v1/check", ANSWER, key=None, headers={"host": host}).status_code == 200
    for host in ("attacker.example", "127.0.0.1.attacker.example", "localhost.attacker.example:80"):
        assert sidecar.ask("/v1/check", ANSWER, key=None, headers={"host": host}).status_code == 403


def test_a_revoked_key_is_refused_and_the_others_are_not(open_sidecar):
    from guard.access.incidents import Target, open_desk

    sidecar = open_sidecar()
    with open_desk(sidecar.guard.settings.ledger) as desk:
        assert sidecar.ask("/v1/check", ANSWER, key="ann").status_code == 200
        held = desk.containments.contain(
            "revoke", Target(kind="key", name="ann"), by="kim", reason="lost laptop", seconds=None
        ).containment
        time.sleep(1.1)
        refused = sidecar.ask("/v1/check", ANSWER, key="ann")
        assert (refused.status_code, refused.json()["code"]) == (401, "key")
        assert sidecar.ask("/v1/models", key="ann").status_code == 401
        assert sidecar.ask("/v1/check", ANSWER, key="bob").status_code == 200
        desk.containments.release(held.id)
        time.sleep(1.1)
        assert sidecar.ask("/v1/check", ANSWER, key="ann").status_code == 200


def test_own_values_are_stated_by_those_who_may_assert_principals(sidecar):
    answer = {"answer": "Your address is jo@brennerhof.org."}
    own = {"user": "ann", "own": ["jo@brennerhof.org"]}

    assert sidecar.ask("/v1/check", answer, key="trusted").json()["action"] == "redact"
    assert sidecar.ask("/v1/check", answer | {"principal": own}, key="trusted").json()["action"] == "allow"
    assert sidecar.ask("/v1/check", answer | {"principal": own}, key="ann").status_code == 403
    wrong = {"user": "ann", "own": ["x"]}
    assert sidecar.ask("/v1/check", answer | {"principal": wrong}, key="trusted").status_code == 422
