"""``echoguard audit``."""

from __future__ import annotations

import json

import pytest

from tests.regurgitation.town import HARBOUR


@pytest.fixture
def written(town, echoguard):
    """Some decisions have been written down."""
    assert echoguard("check", "-", "--user", "eve", stdin=HARBOUR.encode()).code == 4
    return town / "state" / "audit"


def test_a_sound_audit(written, echoguard):
    ran = echoguard("audit", "verify")

    assert ran.code == 0
    assert ran.out.startswith("sound: 3 rows in 1 chains")
    assert "--public-key" in ran.line
    assert echoguard("audit", "verify", "--public-key", written / "signing.pub").err == ""


def test_a_changed_row_is_named(written, echoguard):
    (chain,) = written.glob("*.chain")
    chain.write_bytes(chain.read_bytes().replace(b'"block"', b'"allow"'))
    ran = echoguard("audit", "verify", "--public-key", written / "signing.pub")

    assert ran.code == 6
    assert f"TAMPERED {chain.stem}, row 3: does not fit its hash" in ran.out
    told = json.loads(echoguard("audit", "verify", "--json").out)
    assert (told["sound"], told["problems"][0]["row"]) == (False, 3)


def test_another_key_is_said(written, echoguard, tmp_path):
    from guard.access.audit.keys import own_key

    (tmp_path / "other").mkdir()
    own_key(tmp_path / "other")
    ran = echoguard("audit", "verify", "--public-key", tmp_path / "other" / "signing.pub")

    assert ran.code == 6
    assert "another key" in ran.out


def test_checkpoints_are_shipped_on_standard_output(written, echoguard, tmp_path):
    shipped = tmp_path / "shipped.log"
    shipped.write_text(echoguard("audit", "checkpoint").out)
    assert echoguard("audit", "verify", "--shipped", shipped).code == 0

    lines = (written / "checkpoints.log").read_bytes().splitlines(keepends=True)
    (written / "checkpoints.log").write_bytes(b"".join(lines[:-1]))
    ran = echoguard("audit", "verify", "--shipped", shipped)
    assert ran.code == 6
    assert "the end of the log was cut off" in ran.out


def test_nothing_to_verify(town, echoguard):
    ran = echoguard("audit", "verify")
    assert ran.code == 2
    assert "public key" in ran.line
    assert echoguard("audit", "checkpoint").code == 2
    assert echoguard("audit", "verify", "--public-key", town / "missing").code == 1
