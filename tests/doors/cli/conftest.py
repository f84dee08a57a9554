"""A folder with documents, an index of them and settings; and the command, run in this process."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import pytest

from guard.doors.cli import main as entry
from tests.regurgitation.town import TEXTS

SETTINGS = """
[[corpora]]
name = "town"
path = "state/town"

[pii]
ner = false
"""
_LABELS = {"harbour.md": "confidential", "clinic.md": "restricted", "recipe.md": "internal", "menu.md": "public"}


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def line(self):
        """The one line on standard error; there must be no other."""
        assert self.err.startswith("echoguard: "), self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("echoguard: ").rstrip("\n")


def write_documents(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        front = f"---\nlabel: {_LABELS[name]}\nreaders: [group:staff]\n---\n"
        (folder / name).write_text(front + text, encoding="utf-8")


@pytest.fixture
def echoguard(monkeypatch, capsys):
    """Run the command in this process: ``echoguard("check", "-", stdin=b"...")`` returns code, output and errors."""
    # Warnings stay errors in tests.
    monkeypatch.setattr(entry, "_hush_libraries", lambda: None)
    # The ambient settings of whoever runs the tests must not matter.
    for name in ("ECHOGUARD_CONFIG", "ECHOGUARD_PROBE_KEY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code = entry.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Ran(int(code), captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A folder with ``docs``, ``state/town`` built from them, and ``echoguard.toml``; not to be changed."""
    from corpora import Corpus
    from corpora.readers import read_documents

    folder = tmp_path_factory.mktemp("installation")
    write_documents(folder / "docs")
    documents = read_documents([folder / "docs"], on_skip=lambda skipped: pytest.fail(str(skipped)))
    Corpus.build(folder / "state" / "town", documents, name="town").close()
    (folder / "echoguard.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


@pytest.fixture
def town(built, tmp_path, monkeypatch):
    """A working directory of one's own whose settings name the session's index; its ledger is empty."""
    index = (built / "state" / "town").as_posix()
    (tmp_path / "echoguard.toml").write_text(SETTINGS.replace("state/town", index), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
