"""``echoguard check``."""

from __future__ import annotations

import json
import re

import pytest

from guard.request import MAX_ANSWER
from tests.doors.cli.conftest import write_documents
from tests.regurgitation.town import CLINIC, HARBOUR, MENU

OWN = "The plan was debated for a long time, and I can tell you about it in my own words."
QUOTE = " ".join(HARBOUR.split()[20:45])
MAIL = "Write to jonas.keller@keller-logistik.de about it."
# Built, not pasted: no scanner trips over this file.
SECRET = "The key is " + "AKIA" + "QX7Z5MTRW2LPK4VN" + " as agreed."


_MISSING_MODEL = """
[pii]
model = "no_such_model_anywhere"
[rules]
secret = "block"
canary = "block"
training = "block"
pii = { PERSON = "redact", default = "redact" }
"""


@pytest.fixture
def answer(town):
    """Write a text and return the file's name."""

    def write(text):
        (town / "answer.txt").write_bytes(text.encode() if isinstance(text, str) else text)
        return "answer.txt"

    return write


@pytest.mark.parametrize(
    ("text", "user", "code", "action"),
    [
        (OWN, ["--user", "ann"], 0, "allow"),
        (MENU, [], 0, "allow"),
        (QUOTE, ["--user", "ann", "--group", "staff"], 0, "allow"),
        (HARBOUR, ["--user", "ann", "--group", "staff"], 3, "redact"),
        (MAIL, ["--user", "ann"], 3, "redact"),
        (HARBOUR, ["--user", "ann"], 4, "block"),
        (HARBOUR, [], 4, "block"),
        (HARBOUR, ["--user", "ann", "--group", "staff", "--tenant", "other"], 4, "block"),
        (CLINIC, ["--user", "ann", "--group", "staff"], 4, "block"),
        (SECRET, ["--user", "ann"], 4, "block"),
    ],
)
def test_the_exit_code_is_the_action(answer, echoguard, text, user, code, action):
    ran = echoguard("check", answer(text), *user)
    told = json.loads(echoguard("check", answer(text), *user, "--json").out)

    assert ran.code == code, ran.err
    assert ran.out.startswith(action)
    assert told["action"] == action
    assert ran.err == ""


def test_json_is_the_verdict_with_its_sources(answer, echoguard):
    told = json.loads(echoguard("check", answer(f"It says: {QUOTE}."), "-u", "ann", "--group", "staff", "--json").out)

    assert set(told) == {"action", "reason", "text", "findings", "request_id", "policy", "partial"}
    (finding,) = told["findings"]
    assert finding["kind"] == "verbatim"
    assert [(source["corpus"], source["id"]) for source in finding["documents"]] == [("town", "harbour.md")]


def test_what_is_blocked_is_not_printed(answer, echoguard):
    for form in ([], ["--json"], ["--text"]):
        ran = echoguard("check", answer(HARBOUR), "--user", "ann", *form)
        assert ran.code == 4
        assert "dredging" not in ran.out + ran.err


def test_text_is_what_may_be_shown_byte_by_byte(answer, echoguard):
    text = "Zwölf Möwen – ¿por qué no?\r\nein\ttab  und \x1b[1mESC"
    ran = echoguard("check", answer(text), "--user", "ann", "--text")

    assert (ran.code, ran.out) == (0, text)


def test_the_terminal_is_not_driven_by_the_answer(answer, echoguard):
    ran = echoguard("check", answer("See \x1b]0;owned\x07\x1b[2J and [bold red]markup[/] here"), "--user", "ann")

    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\\x1b]0;owned" in ran.out
    assert "[bold red]markup[/]" in ran.out


@pytest.mark.parametrize("arguments", [["-"], []])
def test_standard_input(town, echoguard, arguments):
    ran = echoguard("check", *arguments, "--user", "ann", stdin=HARBOUR.encode())

    assert ran.code == 4


def test_a_question_exempts_the_users_own_words(answer, echoguard):
    text = "You asked about jonas.keller@keller-logistik.de: I do not know him."

    assert echoguard("check", answer(text), "-u", "ann").code == 3
    asked = echoguard("check", answer(text), "-u", "ann", "--question", "Who is jonas.keller@keller-logistik.de?")
    assert asked.code == 0


def test_a_check_spends_nothing_unless_told(answer, echoguard):
    who = ["--user", "ann", "--group", "staff"]
    for _ in range(3):
        assert echoguard("check", answer(QUOTE), *who).code == 0
    assert "Nothing has been shown" in echoguard("ledger", "show").out

    assert echoguard("check", answer(QUOTE), *who, "--record").code == 0
    assert "harbour.md" in echoguard("ledger", "show").out


def test_budgets_already_spent_count(answer, echoguard):
    """Five different quotes are recorded; together they exhaust what this user may see of the document."""
    who = ["--user", "ann", "--group", "staff"]
    words = HARBOUR.split()
    codes = [
        echoguard("check", answer(" ".join(words[start : start + 25])), *who, "--record").code
        for start in range(0, 125, 25)
    ]

    assert codes[0] == 0
    assert codes[-1] != 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.txt"], "nowhere.txt: No such file"),
        (["."], ".: Is a directory"),
        (["answer.txt", "--json", "--text"], "exclude each other"),
        (["answer.txt", "--group", "staff"], "--group needs --user"),
        (["answer.txt", "--user", " "], "user is empty"),
        (["answer.txt", "--user", "a\ud800"], "user"),
        (["answer.txt", "--user", "a" * 2000], "user"),
        (["answer.txt", "--user", "ann", "--tenant", "x\x00y"], "tenant"),
        (["answer.txt", "--user", "ann", "--group", ""], "group"),
        (["answer.txt", "--question", "x\ud800"], "question is not valid Unicode"),
        (["answer.txt", "--config", "nowhere.toml"], "nowhere.toml: no such file"),
        (["answer.txt", "--bogus"], "No such option"),
        (["answer.txt", "too", "many"], "unexpected extra argument"),
        (["answer\x00.txt"], "file"),
    ],
)
def test_bad_input_is_one_line(answer, echoguard, arguments, message):
    answer(OWN)
    ran = echoguard("check", *arguments)

    assert ran.code == 2
    assert message.lower() in ran.line.lower()
    assert ran.out == ""


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "answer is empty"),
        (b"\xff\xfe\x00\x01", "not UTF-8 text (byte 0)"),
        ("Zwölf".encode("latin-1"), "not UTF-8 text (byte 2)"),
        (b"lone \xed\xa0\x80 surrogate", "not UTF-8 text (byte 5)"),
        (("a long answer " * 400_000).encode(), "at most 1000000 are checked"),
    ],
    ids=["empty", "binary", "latin-1", "surrogate", "5 MB"],
)
def test_answers_that_cannot_be_checked(answer, echoguard, raw, message):
    for arguments, stdin in (([answer(raw)], b""), (["-"], raw)):
        ran = echoguard("check", *arguments, "--user", "ann", stdin=stdin)
        assert ran.code == 2
        assert message in ran.line
        assert ran.out == ""


def test_the_longest_answer_is_counted_in_characters(answer, echoguard):
    """Each of these takes three bytes, so the file is within the bound on bytes read and over the one on characters."""
    ran = echoguard("check", answer("語" * (MAX_ANSWER + 1)), "--user", "ann")

    assert ran.code == 2
    assert f"at most {MAX_ANSWER}" in ran.line


def test_listed_users_are_who_the_list_says(town, answer, echoguard):
    with (town / "echoguard.toml").open("a") as settings:
        settings.write('\n[users.ann]\ngroups = ["staff"]\n')
    answer(QUOTE)

    assert echoguard("check", "answer.txt", "--user", "Ann").code == 0
    assert echoguard("check", "answer.txt").code == 4, "nobody in particular reads public documents only"
    unknown = echoguard("check", "answer.txt", "--user", "bob")
    assert unknown.code == 2
    assert "user 'bob' is not among the users" in unknown.line
    assert echoguard("check", "answer.txt", "--user", "ann", "--group", "staff").code == 0
    more = echoguard("check", "answer.txt", "--user", "ann", "--group", "board")
    assert more.code == 2
    assert "leave out" in more.line


def test_without_settings_secrets_and_personal_data_are_checked(tmp_path, monkeypatch, echoguard):
    monkeypatch.chdir(tmp_path)
    ran = echoguard("check", "-", "--user", "ann", stdin=SECRET.encode())

    assert ran.code == 4
    assert "no corpus is configured" in ran.line
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_settings_named_by_the_environment(town, tmp_path_factory, monkeypatch, echoguard):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("ECHOGUARD_CONFIG", str(town / "echoguard.toml"))

    assert echoguard("check", "-", stdin=HARBOUR.encode()).code == 4
    assert not (elsewhere / "state").exists(), "paths in the settings are relative to them"


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ("[[corpora]\nname=", 2, "not valid TOML"),
        ("corpora = 3", 2, "corpora"),
        ("[labels.secret]\nrun = 3", 2, "labels"),
        ("[rules]\nsecret = 'explode'", 2, "rules.secret"),
        ("surprise = 1", 2, "surprise"),
        ("[[corpora]]\nname = 'town'\npath = 'nowhere'", 1, "no corpus"),
        ("[ledger]\nurl = 'sqlite:///taken/ledger.db'", 1, "ledger"),
        ("[ledger]\nurl = 'nonsense'", 2, "ledger.url"),
        (_MISSING_MODEL, 1, "no_such_model_anywhere"),
    ],
)
def test_settings_that_cannot_be_used(town, echoguard, settings, code, message):
    (town / "taken").write_text("a file where a folder is wanted")
    (town / "echoguard.toml").write_text(settings)
    ran = echoguard("check", "-", "--user", "ann", "--record", stdin=b"Ann Smith met Bob Jones in Paris.")

    assert ran.code == code
    told = [line for line in ran.err.splitlines() if "no corpus is configured" not in line]
    assert len(told) == 1
    assert told[0].startswith("echoguard: ")
    assert message in told[0]
    assert ran.out == ""


def test_an_index_without_texts_guards_as_well(town, echoguard):
    write_documents(town / "docs")
    assert echoguard("corpus", "build", "state/marks", "docs", "--name", "marks", "--no-text").code == 0
    (town / "echoguard.toml").write_text("[[corpora]]\nname = 'marks'\npath = 'state/marks'\n[pii]\nner = false\n")

    ran = echoguard("check", "-", "--user", "ann", stdin=HARBOUR.encode())
    assert ran.code == 4
    assert echoguard("check", "-", "--user", "ann", stdin=OWN.encode()).code == 0
    # What is only estimated says so.
    assert "~ an estimate: the corpus keeps no texts to compare with" in ran.out
    assert re.search(r"~0\.\d\d", ran.out)
    as_json = json.loads(echoguard("check", "-", "--user", "ann", "--json", stdin=HARBOUR.encode()).out)
    assert all(source["estimated"] for finding in as_json["findings"] for source in finding["documents"])


def test_a_damaged_index_is_never_clean(built, town, echoguard):
    import shutil

    shutil.copytree(built / "state/town", town / "damaged")
    largest = max(
        (path for path in (town / "damaged").rglob("*") if path.is_file()), key=lambda path: path.stat().st_size
    )
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])
    (town / "echoguard.toml").write_text("[[corpora]]\nname = 'town'\npath = 'damaged'")
    ran = echoguard("check", "-", "--user", "ann", stdin=OWN.encode())

    assert ran.code == 1
    assert ran.line
    assert ran.out == ""


def test_a_check_that_fails_shows_nothing(town, echoguard, monkeypatch):
    from guard.engine import Guard

    def fails(self, request):
        raise RuntimeError(request.answer)

    monkeypatch.setattr(Guard, "check", fails)
    ran = echoguard("check", "-", "--user", "ann", stdin=HARBOUR.encode())

    assert ran.code == 1
    assert ran.line == "unexpected error (RuntimeError); nothing was shown"
    assert ran.out == ""
