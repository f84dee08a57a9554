"""``echoguard corpus``."""

from __future__ import annotations

import json

import pytest

from corpora import Corpus
from tests.doors.cli.conftest import write_documents


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_documents(tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_build_indexes_what_it_is_given(folder, echoguard):
    ran = echoguard("corpus", "build", "state/town", "docs", "--name", "town")

    assert ran.code == 0
    assert "town: 4 documents (1 confidential, 1 internal, 1 public, 1 restricted)" in ran.out
    assert "skipped files: 0" in ran.out
    with Corpus.open(folder / "state/town") as corpus:
        assert {info.id for info in corpus.documents()} == {"harbour.md", "clinic.md", "recipe.md", "menu.md"}
        assert corpus.info("clinic.md").label == "restricted"


def test_options_label_what_nothing_else_labels(folder, echoguard):
    (folder / "bare.txt").write_text("The vault code changes every Thursday before breakfast, says the caretaker.")
    ran = echoguard(
        "corpus", "build", "state/x", "bare.txt", "--name", "x", "--label", "confidential", "--reader", "group:Staff",
        "--reader", "!user:eve", "--tenant", "Acme", "--kind", "training",
    )  # fmt: skip

    assert ran.code == 0, ran.err
    with Corpus.open(folder / "state/x") as corpus:
        info = corpus.info("bare.txt")
        assert (info.label, info.readers, info.tenant) == ("confidential", {"group:staff", "!user:eve"}, "acme")
        assert corpus.kind == "training"
        assert corpus.text("bare.txt")


def test_without_text_the_text_is_not_kept(folder, echoguard):
    assert echoguard("corpus", "build", "state/x", "docs", "--name", "x", "--no-text").code == 0
    with Corpus.open(folder / "state/x") as corpus:
        assert corpus.text("harbour.md") is None


def test_unreadable_files_are_reported_and_left_out(folder, echoguard):
    (folder / "docs/broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (folder / "docs/bytes.txt").write_bytes(b"\xff\x00\x01binary")
    ran = echoguard("corpus", "build", "state/x", "docs", "--name", "x")

    assert ran.code == 0
    assert "4 documents" in ran.out
    assert "skipped files: 2" in ran.out
    assert "skipped docs/broken.pdf: " in ran.err
    assert "skipped docs/bytes.txt: " in ran.err


def test_documents_that_nobody_may_read_are_pointed_out(folder, echoguard):
    (folder / "bare.txt").write_text("The vault code changes every Thursday before breakfast, says the caretaker.")

    assert "1 of 1 document without readers" in echoguard("corpus", "build", "state/x", "bare.txt", "--name", "x").err


def test_nothing_to_index_fails_and_leaves_what_was_there(folder, echoguard):
    assert echoguard("corpus", "build", "state/x", "docs", "--name", "x").code == 0
    (folder / "empty").mkdir()
    (folder / "empty/broken.bin").write_bytes(b"\xff\x00\x01")
    ran = echoguard("corpus", "build", "state/x", "empty", "--name", "x")

    assert ran.code == 1
    assert "nothing to index" in ran.err
    with Corpus.open(folder / "state/x") as corpus:
        assert len(corpus) == 4


def test_nothing_to_index_makes_nothing(folder, echoguard):
    (folder / "empty").mkdir()

    assert echoguard("corpus", "build", "state/new", "empty", "--name", "x").code == 1
    assert not (folder / "state").exists()


def test_build_takes_the_names_that_settings_take():
    from pydantic import TypeAdapter, ValidationError

    from guard.doors.cli.corpus_commands import NAME
    from guard.policy_schema import Name

    for name in ("a", "0", "a.b_c-D9", "-a", ".a", "", "a b", "ä", "a/b", "a" * 128, "a" * 129):
        try:
            TypeAdapter(Name).validate_python(name)
            taken = True
        except ValidationError:
            taken = False
        assert (NAME.fullmatch(name) is not None) == taken, name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["docs"], "Missing option '--name'"),
        (["--name", "x"], "at least one file or folder"),
        (["nowhere", "--name", "x"], "nowhere: no such file or folder"),
        (["docs", "--name", "x", "--label", "secret"], "Invalid value for '--label'"),
        (["docs", "--name", "x", "--kind", "odd"], "Invalid value for '--kind'"),
        (["docs", "--name", "x", "--reader", "staff"], "a reader is"),
        (["docs", "--name", "x", "--tenant", " "], "tenant is empty"),
        (["docs", "--name", " "], "--name"),
        (["docs", "--name", "möwen"], "--name"),
        (["docs", "--name", "a" * 129], "--name"),
        (["docs", "--name", "a\n"], "--name"),
        (["docs", "--name", "\ud800"], "--name"),
        (["docs", "--name", "a\x1b[31m"], "--name"),
        (["docs", "--name", "a\x1fb"], "--name"),
    ],
)
def test_bad_input_is_one_line(folder, echoguard, arguments, message):
    ran = echoguard("corpus", "build", "state/x", *arguments)

    assert ran.code == 2
    assert message in ran.line
    assert not (folder / "state").exists()


@pytest.mark.parametrize("place", ["taken", "taken/inside", "taken/further/inside"])
def test_an_index_cannot_stand_where_a_file_stands(folder, echoguard, place):
    (folder / "taken").write_text("mine")
    ran = echoguard("corpus", "build", place, "docs", "--name", "x")

    assert ran.code == 1
    assert "taken" in ran.line
    assert (folder / "taken").read_text() == "mine"


def test_list_tells_what_indexes_hold(built, echoguard):
    ran = echoguard("corpus", "list", built / "state/town")

    assert ran.code == 0
    assert "town" in ran.out
    assert "retrieval" in ran.out


def test_list_as_json(built, echoguard):
    (listed,) = json.loads(echoguard("corpus", "list", built / "state/town", "--json").out)["corpora"]

    assert listed["name"] == "town"
    assert listed["labels"] == {"confidential": 1, "internal": 1, "public": 1, "restricted": 1}
    assert [document["id"] for document in listed["documents"] if document["label"] == "restricted"] == ["clinic.md"]
    assert listed["characters"] == sum(document["characters"] for document in listed["documents"])
    assert "pump log" not in json.dumps(listed)


def test_verify_says_intact(built, echoguard):
    ran = echoguard("corpus", "verify", built / "state/town")

    assert (ran.code, ran.out) == (0, "town: 4 documents, intact\n")


@pytest.mark.parametrize("command", ["list", "verify"])
def test_no_index_there(tmp_path, echoguard, command):
    ran = echoguard("corpus", command, tmp_path)

    assert ran.code == 1
    assert "no corpus at" in ran.line


def _largest_file(folder):
    return max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize("command", ["list", "verify"])
def test_a_truncated_index(folder, echoguard, command):
    assert echoguard("corpus", "build", "state/x", "docs", "--name", "x").code == 0
    file = _largest_file(folder / "state/x")
    file.write_bytes(file.read_bytes()[:-5])
    ran = echoguard("corpus", command, "state/x")

    assert ran.code == 1
    assert ran.line


def test_verify_sees_one_changed_byte(folder, echoguard):
    assert echoguard("corpus", "build", "state/x", "docs", "--name", "x").code == 0
    file = _largest_file(folder / "state/x")
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    ran = echoguard("corpus", "verify", "state/x")

    assert ran.code == 1
    assert file.name in ran.line


def test_names_from_outside_cannot_drive_the_terminal(folder, echoguard):
    (folder / "docs" / "odd\x1b]0;owned\x07\n.bin").write_bytes(b"\xff\x00\x01")
    ran = echoguard("corpus", "build", "state/x", "docs", "--name", "x")

    assert "\x1b" not in ran.err + ran.out
    assert "\x07" not in ran.err
