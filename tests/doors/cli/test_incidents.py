"""``echoguard incidents``: what an operator sees and does, and that it is heeded and written down."""

from __future__ import annotations

import json

import pytest

from tests.regurgitation.town import HARBOUR

WEBHOOKS = """
[[webhooks]]
name = "soc"
url = "http://127.0.0.1:9/"
key_file = "soc.key"
[[contacts]]
name = "privacy"
address = "mailto:privacy@example.org"
labels = ["confidential"]
[keys.app]
sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
scopes = ["check", "assert-principal"]
"""


@pytest.fixture
def incident(town, echoguard):
    """One incident is open: somebody was about to be shown what they may not read."""
    assert echoguard("check", "-", "--user", "eve", "--record", stdin=HARBOUR.encode()).code == 4
    (one,) = json.loads(echoguard("incidents", "list", "--json").out)["incidents"]
    return one["id"]


def rows(folder):
    return [
        json.loads(line) for path in (folder / "state/audit").glob("*.chain") for line in path.read_text().splitlines()
    ]


def kinds(folder):
    return [row["kind"] for row in rows(folder)]


def test_nothing_has_happened(town, echoguard):
    ran = echoguard("incidents", "list")
    assert (ran.code, ran.out) == (0, "No incident is open.\n")


def test_an_incident_is_listed_and_shown(town, echoguard, incident):
    listed = echoguard("incidents", "list").out
    assert incident in listed
    assert "eve (default)" in listed

    shown = echoguard("incidents", "show", incident)
    assert shown.code == 0
    assert "verdict.entitlement: an answer held" in shown.out
    assert "Next" in shown.out
    told = json.loads(echoguard("incidents", "show", incident, "--json").out)
    assert told["severity"] == "high"
    assert told["timeline"][0]["documents"] == [["town", "harbour.md"]]
    assert HARBOUR[20:60] not in str(told)
    assert "incident.opened" in kinds(town)


def test_a_user_is_stopped_and_let_go_again(town, echoguard, incident):
    options = ("--user", "Eve ", "--reason", "asks for everything", "--incident", incident, "--by", "kim")
    ran = echoguard("incidents", "quarantine", *options)
    assert ran.code == 0
    containment = ran.out.split(":")[0]
    assert "user eve (default) for 24h" in ran.out
    assert echoguard("check", "-", "--user", "eve", stdin=b"Nothing of note.").code == 4
    assert echoguard("check", "-", "--user", "ann", stdin=b"Nothing of note.").code == 0
    assert containment in echoguard("incidents", "list").out

    assert echoguard("incidents", "release", containment, "--reason", "explained").code == 0
    assert echoguard("check", "-", "--user", "eve", stdin=b"Nothing of note.").code == 0
    timeline = [one["kind"] for one in json.loads(echoguard("incidents", "show", incident, "--json").out)["timeline"]]
    assert timeline == ["verdict.entitlement", "containment.quarantine", "containment.released"]
    assert kinds(town).count("containment.quarantine") == kinds(town).count("containment.released") == 1
    assert "asks for everything" not in str(rows(town))
    assert echoguard("incidents", "release", containment, "--reason", "again").code == 2


def test_throttling_documents_tenants_and_keys(town, echoguard):
    (town / "echoguard.toml").write_text((town / "echoguard.toml").read_text() + WEBHOOKS)
    (town / "soc.key").write_text("0123456789abcdef")
    why = ("--reason", "looking into it")
    assert echoguard("incidents", "throttle", "--user", "ann", "--cost", "7", "--for", "30m", *why).code == 0
    assert echoguard("incidents", "quarantine", "--document", "town/harbour.md", "--for", "ever", *why).code == 0
    assert echoguard("incidents", "quarantine", "--tenant", "other", *why).code == 0
    assert echoguard("incidents", "revoke", "app", *why).code == 0
    held = json.loads(echoguard("incidents", "list", "--json").out)["containments"]

    assert {(one["action"], one["target"]["kind"]) for one in held} == {
        ("throttle", "user"),
        ("quarantine", "document"),
        ("quarantine", "tenant"),
        ("revoke", "key"),
    }
    assert {one["expires"] is None for one in held if one["target"]["kind"] in {"document", "key"}} == {True}
    assert '"app"' not in str([row for row in rows(town) if row["kind"] == "containment.revoke"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("quarantine", "--reason", "x"),
        ("quarantine", "--user", "a", "--document", "town/x", "--reason", "x"),
        ("quarantine", "--document", "harbour", "--reason", "x"),
        ("quarantine", "--user", "a", "--for", "soon", "--reason", "x"),
        ("quarantine", "--user", "a", "--for", "0m", "--reason", "x"),
        ("quarantine", "--user", " ", "--reason", "x"),
        ("throttle", "--user", "a", "--incident", "i-none", "--reason", "x"),
        ("revoke", "nobody", "--reason", "x"),
        ("release", "c-none", "--reason", "x"),
        ("show", "i-none"),
        ("close", "i-none", "--reason", "x"),
        ("notify", "i-none", "--to", "privacy"),
    ],
)
def test_what_cannot_be_done_is_said(town, echoguard, arguments):
    ran = echoguard("incidents", *arguments)
    assert ran.code == 2
    assert ran.line


def test_closing_and_keeping(town, echoguard, incident):
    assert echoguard("incidents", "hold", incident).code == 0
    assert echoguard("incidents", "close", incident, "--reason", "mended").code == 0
    assert echoguard("incidents", "list").out == "No incident is open.\n"
    (one,) = json.loads(echoguard("incidents", "list", "--closed", "--json").out)["incidents"]
    assert (one["state"], one["held"]) == ("closed", True)
    assert echoguard("incidents", "hold", incident, "--lift").code == 0
    assert {"evidence.held", "incident.closed", "evidence.released"} <= set(kinds(town))


def test_telling_people(town, echoguard, incident):
    assert echoguard("incidents", "notify", incident, "--to", "privacy").code == 2
    (town / "echoguard.toml").write_text((town / "echoguard.toml").read_text() + WEBHOOKS)
    (town / "soc.key").write_text("0123456789abcdef")
    assert "privacy mailto:privacy@example.org" in echoguard("incidents", "show", incident).out
    assert echoguard("incidents", "notify", incident, "--to", "privacy").code == 0
    ran = echoguard("incidents", "deliver")
    assert ran.code == 0
    assert "2 wait" in ran.out  # the message, and the note of it


def test_an_act_that_cannot_be_written_down_is_not_done(town, echoguard, incident, monkeypatch):
    def full(_handle, _data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("guard.access.audit.chain.os.write", full)
    ran = echoguard("incidents", "quarantine", "--user", "eve", "--reason", "x")
    assert ran.code == 1
    assert "audit cannot be written" in ran.line
    assert json.loads(echoguard("incidents", "list", "--json").out)["containments"] == []


def test_resets_of_the_ledger_are_written_down(town, echoguard):
    echoguard("check", "-", "--user", "ann", "--group", "staff", "--record", stdin=HARBOUR[:200].encode())
    assert echoguard("ledger", "reset", "--user", "ann", "--reason", "wrong person", "--by", "kim").code == 0
    (row,) = [one for one in rows(town) if one["kind"] == "ledger.reset"]
    assert (row["facts"]["by"], row["facts"]["user"], row["facts"]["accounts"]) == ("kim", "ann", 1)
    assert "wrong person" not in str(row)
