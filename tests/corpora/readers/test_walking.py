"""Which files are met, in which order, and which are passed over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpora.readers import read_documents


def tree(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("words of " + name, encoding="utf-8")


def ids(loaded) -> list[str]:
    return [document.id for document in loaded.documents]


def test_order_is_the_same_whatever_the_disk_says(tmp_path: Path, load, monkeypatch):
    tree(tmp_path, "b/z.txt", "b/a.txt", "a.txt", "c.txt", "b/c/d.txt", "B.txt", "a/x.txt")
    expected = ["B.txt", "a.txt", "c.txt", "a/x.txt", "b/a.txt", "b/z.txt", "b/c/d.txt"]

    assert ids(load(tmp_path)) == expected


def test_hidden_files_and_folders_are_passed_over_in_silence(tmp_path: Path, load):
    tree(tmp_path, ".hidden.txt", ".git/config", "a/.b/c.txt", "seen.txt")

    loaded = load(tmp_path)

    assert ids(loaded) == ["seen.txt"]
    assert not loaded.skipped


def test_a_hidden_folder_that_is_given_is_read(tmp_path: Path, load):
    tree(tmp_path, ".kb/a.txt")

    assert ids(load(tmp_path / ".kb")) == ["a.txt"]


def test_a_file_that_is_given_is_known_by_its_name_and_labelled_by_its_folder(tmp_path: Path, load):
    tree(tmp_path, "kb/a.txt", "kb/b.txt", "kb/c.txt")
    (tmp_path / "kb/echoguard-labels.toml").write_text('[[rule]]\npath = "a.txt"\nlabel = "restricted"\n')
    (tmp_path / "kb/b.txt.echoguard.toml").write_text('label = "public"\n')

    loaded = load(tmp_path / "kb/a.txt", tmp_path / "kb/b.txt")

    assert [(document.id, document.label) for document in loaded.documents] == [
        ("a.txt", "restricted"),
        ("b.txt", "public"),
    ]


def test_label_files_are_no_documents(tmp_path: Path, load):
    (tmp_path / "echoguard-labels.toml").write_text("")
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.txt.echoguard.toml").write_text("")

    assert ids(load(tmp_path)) == ["a.txt"]
    assert len(load(tmp_path / "echoguard-labels.toml", tmp_path / "a.txt.echoguard.toml").skipped) == 2


def test_a_link_that_leaves_the_root_is_reported(tmp_path: Path, load):
    tree(tmp_path, "kb/a.txt", "secret.txt", "other/b.txt")
    (tmp_path / "kb/out.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "kb/folder").symlink_to(tmp_path / "other")
    (tmp_path / "kb/gone.txt").symlink_to(tmp_path / "kb/nothing.txt")
    (tmp_path / "kb/up").symlink_to("..")

    loaded = load(tmp_path / "kb")

    assert ids(loaded) == ["a.txt"]
    assert [skipped.path.name for skipped in loaded.skipped] == ["folder", "gone.txt", "out.txt", "up"]


def test_links_within_the_root_are_read_once_and_never_for_ever(tmp_path: Path, load):
    tree(tmp_path, "a/x.txt")
    (tmp_path / "a/again").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "y.txt").symlink_to("a/x.txt")

    loaded = load(tmp_path)

    assert ids(loaded) == ["a/x.txt"]
    assert sorted(skipped.path.name for skipped in loaded.skipped) == ["again", "loop", "y.txt"]


def test_a_link_to_a_hidden_file_of_the_root_is_read_as_mounted_volumes_have_it(tmp_path: Path, load):
    tree(tmp_path, "..2026/a.txt")
    (tmp_path / "..2026/echoguard-labels.toml").write_text('[[rule]]\npath = "**"\nlabel = "confidential"\n')
    (tmp_path / "..data").symlink_to("..2026")
    for name in ("a.txt", "echoguard-labels.toml"):
        (tmp_path / name).symlink_to(f"..data/{name}")

    loaded = load(tmp_path)

    assert not loaded.skipped
    assert (loaded.only.id, loaded.only.label) == ("a.txt", "confidential")


def test_a_link_to_a_hidden_folder_of_the_root_is_not_followed(tmp_path: Path, load):
    tree(tmp_path, ".store/a.txt")
    (tmp_path / "shown").symlink_to(".store")

    assert "is a link" in load(tmp_path).reason


def test_label_files_reached_by_a_link_out_of_the_root_are_not_trusted(tmp_path: Path, load):
    tree(tmp_path, "kb/a.txt")
    (tmp_path / "mine.toml").write_text('[[rule]]\npath = "**"\nlabel = "public"\n')
    (tmp_path / "kb/echoguard-labels.toml").symlink_to(tmp_path / "mine.toml")

    assert ids(load(tmp_path / "kb")) == []


def test_the_root_itself_may_be_a_link(tmp_path: Path, load):
    tree(tmp_path, "real/a/b.txt")
    (tmp_path / "kb").symlink_to("real")

    assert ids(load(tmp_path / "kb")) == ["a/b.txt"]


def test_a_path_that_is_not_there_is_reported(tmp_path: Path, load):
    tree(tmp_path, "a.txt")

    loaded = load(tmp_path / "nothing", Path("a\0b"), tmp_path / "a.txt")

    assert ids(loaded) == ["a.txt"]
    assert len(loaded.skipped) == 2
    assert "no such file" in loaded.skipped[0].reason


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"red\x1b[31m.txt", b"two\nlines.txt"])
def test_names_that_cannot_be_shown_are_reported_in_escapes(tmp_path: Path, load, name):
    try:
        (tmp_path / os.fsdecode(name)).write_bytes(b"words")
    except OSError:
        pytest.skip("this file system takes no such names")

    loaded = load(tmp_path)

    assert "rename" in loaded.reason
    assert str(loaded.skipped[0].path).isprintable()


def test_an_unreadable_folder_is_reported(tmp_path: Path, load, monkeypatch):
    tree(tmp_path, "closed/a.txt", "open/b.txt")
    real = os.scandir

    def refusing(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    loaded = load(tmp_path)

    assert ids(loaded) == ["open/b.txt"]
    assert loaded.skipped[0].reason == "cannot be read: permission denied"


def test_documents_come_one_at_a_time(tmp_path: Path):
    """Nothing is read before it is asked for: the second file is written after the first was taken."""
    tree(tmp_path, "a.txt", "b.txt")
    documents = read_documents([tmp_path], on_skip=pytest.fail)

    assert next(documents).id == "a.txt"
    (tmp_path / "b.txt").write_text("changed since")
    assert next(documents).text == "changed since"


def test_a_single_path_may_be_given_without_a_list(tmp_path: Path):
    tree(tmp_path, "a.txt")

    assert len(list(read_documents(tmp_path, on_skip=pytest.fail))) == 1
