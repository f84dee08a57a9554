"""``echoguard corpus``."""

from __future__ import annotations

import json
import re

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


def test_a_build_that_was_stopped_goes_on(folder, echoguard, monkeypatch):
    from corpora.index import checkpoint
    from corpora.index.writer import IndexWriter

    monkeypatch.setattr(checkpoint, "EVERY", 500)
    add = IndexWriter._add_text
    indexed = []

    def stopping(self, codes):
        if len(indexed) == 3:
            raise KeyboardInterrupt
        indexed.append(len(codes))
        add(self, codes)

    monkeypatch.setattr(IndexWriter, "_add_text", stopping)
    assert echoguard("corpus", "build", "state/x", "docs", "--name", "x").code == 130
    assert len(indexed) == 3
    monkeypatch.setattr(IndexWriter, "_add_text", lambda self, codes: (indexed.append(len(codes)), add(self, codes)))
    ran = echoguard("corpus", "build", "state/x", "docs", "--name", "x", "--resume")

    assert ran.code == 0
    assert "x: 4 documents" in ran.out
    # The third came after the last checkpoint.
    assert len(indexed) == 5
    assert echoguard("corpus", "verify", "state/x").code == 0


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

    from corpora.identity import valid_corpus_name
    from guard.policy_schema import Name

    def taken(read, name):
        try:
            read(name)
        except (ValidationError, ValueError):
            return False
        return True

    for name in ("a", "0", "a.b_c-D9", "-a", ".a", "", "a b", "ä", "a/b", "a\n", "a" * 128, "a" * 129):
        assert taken(TypeAdapter(Name).validate_python, name) == taken(valid_corpus_name, name), name


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
    assert "bytes on disk" in ran.out


def test_list_as_json(built, echoguard):
    (listed,) = json.loads(echoguard("corpus", "list", built / "state/town", "--json").out)["corpora"]

    assert listed["name"] == "town"
    assert listed["labels"] == {"confidential": 1, "internal": 1, "public": 1, "restricted": 1}
    assert [document["id"] for document in listed["documents"] if document["label"] == "restricted"] == ["clinic.md"]
    assert listed["characters"] == sum(document["characters"] for document in listed["documents"])
    assert "pump log" not in json.dumps(listed)
    assert (listed["segments"], listed["removed"], listed["store_text"]) == (1, 0, True)
    assert listed["bytes"] == sum(listed["bytes_of"].values())
    assert listed["bytes_of"].keys() >= {"documents", "text", "marks"}
    assert 0 < listed["memory_bytes"] < listed["bytes"]


def test_verify_says_intact(built, echoguard):
    ran = echoguard("corpus", "verify", built / "state/town")

    assert ran.code == 0
    first, second, third = ran.out.splitlines()
    assert (first, second) == ("town: 4 documents, intact", "1 segment, removed and still on disk: 0")
    assert re.fullmatch(r"[\d,]+ bytes on disk \(documents [\d,]+, .*\), about [\d,]+ of them in memory", third)


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


# -- changing an index ----------------------------------------------------------------------------------------------


@pytest.fixture
def town(folder, echoguard):
    assert echoguard("corpus", "build", "state/town", "docs", "--name", "town").code == 0
    return folder / "state/town"


def test_update_adds_replaces_and_leaves_alone(folder, town, echoguard):
    (folder / "docs/menu.md").write_text("A new menu, with herring and a very dark bread that nobody else bakes here.")
    (folder / "docs/new.md").write_text("The ferry to the lighthouse leaves only when the warden has counted us all.")
    (folder / "docs/broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    with Corpus.open(town) as corpus:
        ran = echoguard("corpus", "update", "state/town", "docs", "--reader", "group:staff")

        assert ran.code == 0
        assert ran.out == "town: 1 added, 1 replaced, 0 removed, 3 as before; now 5 documents; skipped files: 1\n"
        assert "skipped docs/broken.pdf" in ran.err
        # What was open before follows.
        assert corpus.text("menu.md").startswith("A new menu")
        assert corpus.info("new.md").readers == {"group:staff"}


def test_update_and_remove_at_once(folder, town, echoguard):
    (folder / "new.md").write_text("The ferry to the lighthouse leaves only when the warden has counted us all.")
    ran = echoguard("corpus", "update", "state/town", "new.md", "--remove", "menu.md", "--remove", "recipe.md")

    assert ran.out == "town: 1 added, 0 replaced, 2 removed, 0 as before; now 3 documents; skipped files: 0\n"
    assert "without readers" in ran.err


def test_remove(town, echoguard):
    ran = echoguard("corpus", "remove", "state/town", "menu.md", "recipe.md")

    assert (ran.code, ran.out, ran.err) == (0, "town: 2 removed; now 2 documents\n", "")
    with Corpus.open(town) as corpus:
        assert {info.id for info in corpus.documents()} == {"harbour.md", "clinic.md"}


def test_compact(town, echoguard):
    with Corpus.open(town) as corpus:
        part = corpus.text("harbour.md")[100:140].encode()
    ran = echoguard("corpus", "remove", "state/town", "harbour.md", "--compact")
    assert ran.code == 0
    assert not any(part in file.read_bytes() for file in town.rglob("*") if file.is_file())
    ran = echoguard("corpus", "compact", "state/town")
    assert ran.code == 0
    assert re.fullmatch(r"town: 3 documents, [\d,]+ bytes before, [\d,]+ bytes now\n", ran.out)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["remove", "state/town", "menu.md", "menu.txt"], 2, "no document 'menu.txt' in 'town'; nothing was changed"),
        (["remove", "state/town"], 2, "Missing argument"),
        (["remove", "state/no", "menu.md"], 1, "no corpus at state/no"),
        (["update", "state/no", "docs"], 1, "no corpus at state/no"),
        (["update", "state/town"], 2, "name at least one file or folder"),
        (["update", "state/town", "nowhere"], 2, "nowhere: no such file or folder"),
        (["update", "state/town", "docs", "--remove", "nobody"], 2, "no document 'nobody'"),
        (["update", "state/town", "docs", "--reader", "staff"], 2, "a reader is"),
        (["update", "state/town", "empty"], 1, "nothing to add"),
        (["compact", "state/no"], 1, "no corpus at state/no"),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(folder, town, echoguard, arguments, code, message):
    (folder / "empty").mkdir()
    before = {file: file.read_bytes() for file in town.rglob("*") if file.is_file()}
    ran = echoguard("corpus", *arguments)

    assert ran.code == code
    assert message in ran.line
    assert {file: file.read_bytes() for file in town.rglob("*") if file.is_file()} == before


def test_without_texts_nothing_can_be_compacted(folder, echoguard):
    assert echoguard("corpus", "build", "state/x", "docs", "--name", "x", "--no-text").code == 0
    ran = echoguard("corpus", "compact", "state/x")

    assert ran.code == 1
    assert "keeps no texts" in ran.line
