"""What docs/documents.md says holds."""

from __future__ import annotations

import re
from pathlib import Path

from corpora.labels import LABELS
from corpora.readers import FAMILIES
from corpora.readers.folder_labels import LABELS_FILE
from corpora.readers.front_matter import MAX_FRONT_MATTER
from corpora.readers.metadata import KEYS
from corpora.readers.parts import DEFAULT_MAX_BYTES
from corpora.readers.sidecar import SIDECAR_ENDING

PAGE = (Path(__file__).parents[3] / "docs" / "documents.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_suffix_key_label_and_bound_is_named():
    named = [suffix for family in FAMILIES if family.name != "source" for suffix in family.suffixes]

    assert not [word for word in (*named, *KEYS, *LABELS) if f"`{word}`" not in PAGE]
    assert LABELS_FILE in PAGE
    assert SIDECAR_ENDING in PAGE
    assert f"{MAX_FRONT_MATTER:,}" in PAGE
    assert f"{DEFAULT_MAX_BYTES // 1_000_000} MB" in PAGE


def test_the_examples_work(tmp_path: Path, load, monkeypatch, capsys):
    (tmp_path / "handbook").mkdir()
    (tmp_path / "handbook/leave.md").write_text(blocks("markdown")[0], encoding="utf-8")
    (tmp_path / "handbook/contract.txt").write_text("words")
    (tmp_path / "handbook/contract.txt.echoguard.toml").write_text(blocks("toml")[0])
    monkeypatch.chdir(tmp_path)

    exec(compile(blocks("python")[0], "documents.md", "exec"), {})

    assert capsys.readouterr().out.splitlines() == [
        "contract.txt confidential ['group:board', 'group:legal']",
        "hr/leave internal ['!user:guest', 'group:staff']",
    ]


def test_the_example_of_rules_works(tmp_path: Path, load):
    (tmp_path / LABELS_FILE).write_text(blocks("toml")[1])
    for name in ("contracts/drafts/a.txt", "contracts/b.txt", "c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words")
    (tmp_path / "contracts/drafts/m.eml").write_text("Subject: s\n\nwords")

    labels = {document.id: (document.label, sorted(document.readers)) for document in load(tmp_path).documents}

    assert labels == {
        "contracts/drafts/a.txt": ("restricted", ["group:legal"]),
        "contracts/drafts/m.eml": ("restricted", ["group:legal"]),
        "contracts/b.txt": ("confidential", ["group:legal", "group:sales"]),
        "c.txt": ("internal", []),
    }
