"""``echoguard incidents export`` and ``bundle``."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest

from tests.regurgitation.town import HARBOUR


@pytest.fixture
def incident(town, echoguard):
    """One incident of Eve's, and decisions about others before and after it."""
    for user in ("bob", "eve", "bob"):
        text = HARBOUR if user == "eve" else HARBOUR[:300]
        groups = () if user == "eve" else ("--group", "staff")
        echoguard("check", "-", "--user", user, *groups, "--record", stdin=text.encode())
    (one,) = json.loads(echoguard("incidents", "list", "--json").out)["incidents"]
    return one["id"]


@pytest.fixture
def bundle(town, echoguard, incident):
    echoguard("incidents", "quarantine", "--user", "eve", "--reason", "x", "--incident", incident)
    ran = echoguard("incidents", "bundle", incident, "--out", "bundle.zip")
    assert ran.code == 0, ran.err
    shutil.copy(town / "state/audit/signing.pub", town / "key.pub")
    return town / "bundle.zip"


def check(echoguard, *arguments):
    return echoguard("audit", "verify", "--bundle", "bundle.zip", "--public-key", "key.pub", *arguments)


def test_a_finding_for_a_siem(echoguard, incident):
    (line,) = echoguard("incidents", "export").out.splitlines()
    event = json.loads(line)

    # What OCSF 1.3.0 requires of a Detection Finding.
    assert (event["class_uid"], event["category_uid"], event["type_uid"]) == (2004, 2, 200401)
    assert (event["activity_id"], event["severity_id"], event["status_id"]) == (1, 4, 1)
    assert event["metadata"]["version"] == "1.3.0"
    assert event["metadata"]["product"]["name"] == "echoguard"
    assert event["finding_info"]["uid"] == incident
    assert event["finding_info"]["title"]
    assert event["finding_info"]["analytic"] == {
        "name": "verdict.entitlement",
        "uid": "verdict.entitlement",
        "type_id": 1,
        "type": "Rule",
    }
    assert 1_700_000_000_000 < event["time"] < 3_000_000_000_000
    assert event["evidences"][0]["actor"]["user"]["name"] == "eve"
    assert event["observables"][0]["value"] == "eve"
    assert event["resources"][0]["uid"] == "town/harbour.md"
    assert HARBOUR[20:60] not in line


def test_states_of_a_finding(echoguard, incident):
    echoguard("incidents", "throttle", "--user", "eve", "--reason", "x", "--incident", incident)
    assert json.loads(echoguard("incidents", "export", incident).out)["status"] == "In Progress"
    echoguard("incidents", "close", incident, "--reason", "x")
    assert echoguard("incidents", "export").out == ""
    event = json.loads(echoguard("incidents", "export", "--closed").out)
    assert (event["status"], event["activity_name"], event["type_uid"]) == ("Resolved", "Close", 200403)


def test_a_bundle_holds_what_belongs_to_the_incident_and_no_text(bundle, echoguard, incident):
    with zipfile.ZipFile(bundle) as opened:
        files = {name: opened.read(name).decode() for name in opened.namelist()}
    rows = [json.loads(line) for line in files["audit/rows.jsonl"].splitlines()]

    assert {"incident.opened", "verdict", "containment.quarantine", "evidence.bundled"} <= {row["kind"] for row in rows}
    assert {row["who"]["user"] for row in rows if "who" in row} == {"eve"}
    assert json.loads(files["incident.json"])["id"] == incident
    assert json.loads(files["containments.json"])[0]["action"] == "quarantine"
    assert "bob" not in "".join(files.values())
    assert HARBOUR[20:60] not in "".join(files.values())


def test_a_bundle_verifies_away_from_the_installation(bundle, town, echoguard):
    shutil.rmtree(town / "state")
    ran = check(echoguard)

    assert ran.code == 0, ran.out
    assert ran.out.startswith("sound: ")


def rewritten(path, change):
    with zipfile.ZipFile(path) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("incident.json", b"eve", b"ann", "incident.json was altered"),
        ("manifest.json", b'"incident"', b'"Incident"', "not signed"),
        ("manifest.sig", b"A", b"B", "not signed"),
        ("audit/proofs.json", b'"n\\":', b'"n\\":9', "another row than it says"),
        ("audit/proofs.json", b"eve", b"ann", "does not lead to what its checkpoint states"),
        ("audit/proofs.json", b'"signature', b'"Signature', "not signed by a known key"),
        ("audit/proofs.json", b'"first"', b'"last"', "malformed"),
    ],
)
def test_a_changed_bundle_is_told(bundle, echoguard, name, old, new, said):
    def change(files):
        changed = files[name].replace(old, new, 1) if name != "manifest.sig" else bytes(reversed(files[name]))
        assert changed != files[name]
        files[name] = changed

    rewritten(bundle, change)
    ran = check(echoguard)
    assert ran.code == 6
    assert said in ran.out


def test_files_added_or_missing_are_told(bundle, echoguard):
    rewritten(bundle, lambda files: (files.pop("timeline.jsonl"), files.update(extra=b"")))
    out = check(echoguard).out
    assert "timeline.jsonl is missing" in out
    assert "extra was added" in out


def test_what_is_no_bundle(bundle, echoguard, incident):
    bundle.write_bytes(b"PK nonsense")
    assert check(echoguard).code == 2
    assert echoguard("incidents", "bundle", incident, "--out", "bundle.zip").code == 2, "it is there already"


def test_sealed_evidence_is_read_with_the_private_key_and_that_is_written_down(town, echoguard):
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (town / "evidence.pub").write_bytes(public)
    (town / "key.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings = (town / "echoguard.toml").read_text()
    (town / "echoguard.toml").write_text(settings + '[incidents]\nevidence_key_file = "evidence.pub"\n')
    echoguard("check", "-", "--user", "eve", "--record", stdin=HARBOUR.encode())
    (one,) = json.loads(echoguard("incidents", "list", "--json").out)["incidents"]
    (piece,) = json.loads(echoguard("incidents", "evidence", one["id"], "--key", "key.pem").out)["evidence"]

    assert piece["answer"].strip() == HARBOUR.strip()
    rows = "".join(path.read_text() for path in (town / "state/audit").glob("*.chain"))
    assert '"evidence.kept"' in rows
    assert '"evidence.opened"' in rows
    assert echoguard("incidents", "evidence", one["id"], "--key", "evidence.pub").code == 2
    (town / "key.pem").write_bytes(
        X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    assert echoguard("incidents", "evidence", one["id"], "--key", "key.pem").code == 2
