"""``echoguard canary plant`` and ``list``."""

from __future__ import annotations

import json
import re

import pytest

from tests.doors.cli.conftest import write_documents

MARKER = re.compile(r"EXDOC(?:-[0-9A-Z]{4}){4}")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_documents(tmp_path / "docs")
    (tmp_path / "canary.key").write_text("0123456789abcdef0123456789abcdef\n", encoding="utf-8")
    (tmp_path / "echoguard.toml").write_text('[canary]\nkey_file = "canary.key"\n', encoding="utf-8")
    return tmp_path


def test_what_was_planted_is_told_and_no_marker_with_it(here, echoguard) -> None:
    ran = echoguard("canary", "plant", "docs", "out", "--corpus", "town", "--decoys", "3")
    listed = echoguard("canary", "list", "out")
    rows = json.loads(echoguard("canary", "list", "out", "--json").out)["documents"]
    copies = "".join(path.read_text(encoding="utf-8") for path in (here / "out").rglob("*.md"))

    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"town: \d+ markers in 4 documents, 3 decoys, 0 files copied .* written to out\n", ran.out)
    assert listed.code == 0
    assert sum(row["decoy"] for row in rows) == 3
    assert sum(len(row["markers"]) for row in rows) == len(MARKER.findall(copies))
    assert all(row["id"] in listed.out for row in rows)
    assert not MARKER.search(ran.out + listed.out + json.dumps(rows))


def test_markers_are_shown_to_who_asks_for_them(here, echoguard) -> None:
    echoguard("canary", "plant", "docs", "out", "--corpus", "town")
    copies = "".join(path.read_text(encoding="utf-8") for path in (here / "out").rglob("*.md"))
    shown = echoguard("canary", "list", "out", "--reveal")
    in_json = echoguard("canary", "list", "out", "--reveal", "--json")

    assert sorted(MARKER.findall(shown.out)) == sorted(MARKER.findall(copies)) == sorted(MARKER.findall(in_json.out))


def test_markers_of_an_unknown_key_are_counted_and_said(here, echoguard) -> None:
    echoguard("canary", "plant", "docs", "out", "--corpus", "town")
    (here / "other.key").write_text("another key of some length", encoding="utf-8")
    listed = echoguard("canary", "list", "out", "--key-file", "other.key", "--json")
    rows = json.loads(listed.out)["documents"]

    assert listed.code == 1
    assert all(row["foreign"] > 0 and row["markers"] == [] for row in rows)


def test_decoys_of_the_indexes_are_listed(here, echoguard) -> None:
    echoguard("canary", "plant", "docs", "out", "--corpus", "town", "--decoys", "2")
    echoguard("corpus", "build", "state/town", "out", "--name", "town")
    with (here / "echoguard.toml").open("a", encoding="utf-8") as file:
        file.write('[[corpora]]\nname = "town"\npath = "state/town"\n')
    rows = json.loads(echoguard("canary", "list", "--json").out)["documents"]

    assert len(rows) == 2
    assert all(row["decoy"] and (here / "out" / row["id"]).exists() for row in rows)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plant", "docs", "docs/in", "--corpus", "town"), "one lies inside the other"),
        (("plant", "nowhere", "out", "--corpus", "town"), "no such file or folder"),
        (("plant", "docs", "out", "--corpus", "a/b"), "a corpus needs a name"),
        (("plant", "docs", "out", "--corpus", "town", "--decoys", "99999"), "number of decoys"),
        (("plant", "docs", "out", "--corpus", "town", "--key-file", "nowhere"), "cannot be read"),
        (
            ("plant", "docs", "out", "--corpus", "town", "--key-file", "docs/menu.md", "--decoys", "-1"),
            "greater than or equal to 0",
        ),
        (("list", "docs"), "was not written by"),
        (("list", "nowhere"), "no such folder"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(here, echoguard, arguments, says) -> None:
    before = sorted(here.rglob("*"))
    ran = echoguard("canary", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.line
    assert sorted(here.rglob("*")) == before


def test_without_a_key_the_way_to_make_one_is_told(here, echoguard) -> None:
    (here / "echoguard.toml").unlink()
    ran = echoguard("canary", "plant", "docs", "out", "--corpus", "town")

    assert ran.code == 2
    assert "openssl rand -hex 32" in ran.line


def test_a_short_key_is_refused(here, echoguard) -> None:
    (here / "short").write_text("abc", encoding="utf-8")
    assert "at least 16" in echoguard("canary", "list", "docs", "--key-file", "short").line
