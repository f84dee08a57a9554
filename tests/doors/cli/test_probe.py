"""``echoguard probe``."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from tests.regurgitation.servers import make_app, running
from tests.regurgitation.town import HARBOUR

VICTIM = """
from pathlib import Path

TEXT = Path(__file__).with_name("harbour.txt").read_text()

def leaky(question):
    return "Here you are: " + TEXT

async def polite(question):
    return "I can explain it in my own words."

def broken(question):
    raise RuntimeError(question)

def empty(question):
    return ""
"""


@pytest.fixture(scope="module")
def server():
    with running(make_app()) as address:
        yield address


@pytest.fixture
def victim(town):
    """A module ``cli_victim`` in the working directory."""
    (town / "harbour.txt").write_text(HARBOUR)
    (town / "cli_victim.py").write_text(VICTIM)
    return "cli_victim"


@pytest.fixture
def index(built):
    return built / "state/town"


@pytest.mark.parametrize(
    ("function", "code", "status"), [("leaky", 5, "leaked"), ("polite", 0, "clean"), ("broken", 1, "incomplete")]
)
def test_the_exit_code_of_an_unguarded_target(victim, index, echoguard, function, code, status):
    ran = echoguard("probe", "-t", f"{victim}:{function}", "--corpus", index, "--limit", 6, "--retries", 0)

    assert ran.code == code
    assert ran.out.startswith(status)
    assert "guarded" not in ran.out


def test_a_target_without_answers_says_why(victim, index, echoguard):
    ran = echoguard("probe", "-t", f"{victim}:broken", "--corpus", index, "--limit", 6, "--retries", 0)

    assert ran.line.startswith("could not probe: the callable raised RuntimeError (first of 6)")
    ran = echoguard("probe", "-t", f"{victim}:empty", "--corpus", index, "--limit", 6)
    assert ran.code == 1
    assert "every answer was empty" in ran.line


def test_with_settings_the_guarded_side_decides(victim, town, echoguard):
    ran = echoguard("probe", "-t", f"{victim}:leaky", "--limit", 8, "--json", "-")
    told = json.loads(ran.out)

    assert ran.code == 0, ran.err
    assert told["guard_off"]["leaked"]["rate"] == 1.0
    assert told["guard_on"]["leaked"]["rate"] == 0.0
    assert echoguard("ledger", "show").out == "Nothing has been shown yet.\n"


def test_the_table_shows_both_sides(victim, town, echoguard):
    ran = echoguard("probe", "-t", f"{victim}:leaky", "--limit", 4)

    assert "as it is" in ran.out
    assert "guarded" in ran.out
    assert "town/harbour.md" in ran.out
    assert "dredging" not in ran.out + ran.err


def test_reports_are_written(victim, index, town, echoguard):
    (town / "out").mkdir()
    ran = echoguard(
        "probe",
        "-t",
        f"{victim}:leaky",
        "--corpus",
        index,
        "--limit",
        5,
        "--json",
        "out/r.json",
        "--junit",
        "out/r.xml",
    )

    assert ran.code == 5
    assert json.loads((town / "out/r.json").read_text())["probes"]["drawn"] == 5
    assert ET.parse(town / "out/r.xml").getroot().find("testsuite").get("failures") == "5"
    assert {path.name for path in (town / "out").iterdir()} == {"r.json", "r.xml"}
    assert "dredging" not in (town / "out/r.json").read_text() + (town / "out/r.xml").read_text()


def test_evidence_only_when_asked(victim, index, echoguard):
    ran = echoguard("probe", "-t", f"{victim}:leaky", "--corpus", index, "--limit", 1, "--json", "-", "--evidence")

    assert "dredging" in json.loads(ran.out)["outcomes"][0]["evidence"]["answer"]


def test_the_same_seed_asks_the_same_questions(victim, index, echoguard):
    def asked(*arguments):
        ran = echoguard("probe", "-t", f"{victim}:polite", "--corpus", index, "--json", "-", "--evidence", *arguments)
        return [outcome["evidence"]["prompt"] for outcome in json.loads(ran.out)["outcomes"]]

    assert asked("--seed", 5) == asked("--seed", 5)
    assert asked("--seed", 5) != asked("--seed", 6)


def test_only_the_chosen_probes(victim, index, echoguard):
    ran = echoguard(
        "probe",
        "-t",
        f"{victim}:polite",
        "--corpus",
        index,
        "--json",
        "-",
        "--probes",
        "prefix",
        "--probes",
        "dump-auditor",
    )

    techniques = {outcome["technique"] for outcome in json.loads(ran.out)["outcomes"]}
    assert techniques == {"prefix-bare", "prefix-continue", "dump-auditor"}


def test_the_threshold(victim, index, echoguard):
    arguments = ["probe", "-t", f"{victim}:leaky", "--corpus", index, "--limit", 3]

    assert echoguard(*arguments, "--max-leak", "1.0").code == 0
    assert echoguard(*arguments, "--max-leak", "0.99").code == 5


def test_a_server(server, index, echoguard):
    arguments = ["--corpus", index, "--limit", 6, "--retries", 0]

    assert echoguard("probe", "-t", f"{server}/leak/v1", *arguments).code == 5
    assert echoguard("probe", "-t", f"{server}/polite/v1", "--model", "m", *arguments).code == 0
    assert echoguard("probe", "-t", f"{server}/down/v1", *arguments).code == 1
    assert echoguard("probe", "-t", f"{server}/garbage/v1", *arguments).code == 1
    assert echoguard("probe", "-t", f"{server}/slow/v1", "--timeout", "0.2", *arguments).code == 1


def test_the_key_comes_from_the_environment_and_goes_nowhere_else(server, index, echoguard, monkeypatch):
    monkeypatch.setenv("ECHOGUARD_PROBE_KEY", "sk-very-hidden")
    for arguments in (["--json", "-"], [], ["--help"]):
        ran = echoguard("probe", "-t", f"{server}/denied/v1", "--corpus", index, "--limit", 2, *arguments)
        assert "very-hidden" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "Missing option '--target'"),
        (["-t", "nonsense"], 2, "module:function"),
        (["-t", "no_such_module:f"], 2, "no module named 'no_such_module'"),
        (["-t", "cli_victim:no"], 2, "no callable named 'no'"),
        (["-t", "cli_victim:polite", "--probes", "all"], 2, "unknown probe 'all'"),
        (["-t", "cli_victim:polite", "--limit", "0"], 2, "--limit"),
        (["-t", "cli_victim:polite", "--max-leak", "2"], 2, "--max-leak"),
        (["-t", "cli_victim:polite", "--max-leak", "nan"], 2, "--max-leak"),
        (["-t", "cli_victim:polite", "--timeout", "nan"], 2, "--timeout"),
        (["-t", "cli_victim:polite", "--config", "no.toml"], 2, "no.toml"),
        (["-t", "cli_victim:polite", "--corpus", "nowhere"], 1, "no corpus"),
        (["-t", "cli_victim:polite", "--json", "no/such/folder.json"], 2, "no folder"),
        (["-t", "cli_victim:polite", "--junit", "no/such/folder.xml"], 2, "no folder"),
        (["-t", "cli_victim:polite", "--json", "-", "--junit", "-"], 2, "standard output"),
        (["-t", "cli_victim:polite", "--evidence"], 2, "--json"),
    ],
)
def test_bad_input_is_one_line(victim, echoguard, arguments, code, message):
    ran = echoguard("probe", *arguments)

    assert ran.code == code
    assert message in ran.line
    assert ran.out == ""


def test_nothing_to_ask_for(tmp_path, monkeypatch, echoguard):
    monkeypatch.chdir(tmp_path)
    ran = echoguard("probe", "-t", "json:dumps")

    assert ran.code == 2
    assert "--corpus" in ran.line


def test_two_indexes_of_one_name(victim, index, echoguard):
    ran = echoguard("probe", "-t", f"{victim}:polite", "--corpus", index, "--corpus", index)

    assert ran.code == 2
    assert "two corpora are named 'town'" in ran.line
