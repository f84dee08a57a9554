"""Every command of the playbook runs, in its order, on a real incident."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from string import Template

import pytest

from tests.doors.cli.conftest import SETTINGS, write_documents
from tests.regurgitation.town import HARBOUR

PLAYBOOK = (Path(__file__).parents[3] / "docs" / "playbook.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^ *```console\n(.*?)^ *```", PLAYBOOK, re.MULTILINE | re.DOTALL)
COMMANDS = [line.strip() for block in BLOCKS for line in block.splitlines() if line.strip()]
MORE = """
[[webhooks]]
name = "soc"
url = "http://127.0.0.1:9/"
key_file = "soc.key"
[[contacts]]
name = "privacy-office"
[keys.app]
sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
scopes = ["check", "assert-principal"]
"""


@pytest.fixture
def installation(built, tmp_path, monkeypatch):
    """An installation of one's own: the playbook changes the index."""
    shutil.copytree(built / "state" / "town", tmp_path / "state" / "town")
    write_documents(tmp_path / "docs")
    (tmp_path / "soc.key").write_text("0123456789abcdef")
    (tmp_path / "answer.txt").write_text("The harbour opens at nine.")
    (tmp_path / "echoguard.toml").write_text(SETTINGS + MORE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(question):
    """A model that says nothing of note."""
    return "I cannot say." if question else ""


def test_every_step_has_commands():
    assert len(COMMANDS) > 20
    assert all(command.startswith("echoguard ") for command in COMMANDS)
    assert re.findall(r"^## \d\. (\w+)", PLAYBOOK, re.MULTILINE) == [
        "Contain",
        "Assess",
        "Eradicate",
        "Recover",
        "Improve",
    ]


def test_the_whole_playbook_runs(installation, echoguard):
    echoguard("check", "-", "--user", "eve", "--tenant", "acme", "--record", stdin=HARBOUR.encode())
    (incident,) = json.loads(echoguard("incidents", "list", "--json").out)["incidents"]
    values = {
        "INCIDENT": incident["id"],
        "USER": "eve",
        "TENANT": "acme",
        "OTHER_TENANT": "other",
        "CORPUS": "town",
        "DOCUMENT": "recipe.md",
        "KEY": "app",
        "CONTACT": "privacy-office",
        "INDEX": "state/town",
        "FOLDER": "docs",
        "TARGET": "tests.doors.cli.test_playbook:answer",
        "ANSWER": "answer.txt",
    }
    for command in COMMANDS:
        words = shlex.split(Template(command).substitute(values))
        ran = echoguard(*words[1:])
        # A user in quarantine is shown nothing; everything else succeeds.
        assert ran.code == (4 if words[1] == "check" else 0), (command, ran.err, ran.out)
        found = re.match(r"(c-\w+): quarantine of user eve", ran.out)
        if found:
            values["CONTAINMENT"] = found[1]

    listed = json.loads(echoguard("incidents", "list", "--closed", "--json").out)
    assert [one["state"] for one in listed["incidents"]] == ["closed"]
    assert {one["target"]["kind"] for one in listed["containments"]} == {"user", "document", "key", "tenant"}
