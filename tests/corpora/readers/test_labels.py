"""Where ids, labels, readers and tenants come from, and which of them wins."""

from __future__ import annotations

import logging
from pathlib import Path, PurePosixPath

import pytest

from corpora.readers import read_documents
from corpora.readers.folder_labels import path_pattern


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_front_matter_says_everything(tmp_path: Path, load):
    write(
        tmp_path / "a.md",
        "---\nid: hr/42\nlabel: Confidential\nreaders: ['group:HR', '!user:eve', '*']\n"
        "tenant: Acme\ntitle: Pay\n---\nBody.\n",
    )

    document = load(tmp_path).only

    assert (document.id, document.label, document.tenant, document.title) == ("hr/42", "confidential", "acme", "Pay")
    assert document.readers == {"group:hr", "!user:eve", "*"}
    assert document.text == "Body.\n"


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_front_matter_with_any_line_ends(tmp_path: Path, load, line):
    (tmp_path / "a.txt").write_bytes("---\nlabel: public\n---\nBody".replace("\n", line).encode())

    assert (load(tmp_path).only.label, load(tmp_path).only.text) == ("public", "Body")


def test_one_reader_may_stand_alone_and_a_number_may_be_an_id(tmp_path: Path, load):
    write(tmp_path / "a.md", "---\nreaders: group:hr\nid: 42\n---\nBody")

    assert (load(tmp_path).only.readers, load(tmp_path).only.id) == ({"group:hr"}, "42")


def test_title_of_markdown_is_its_first_heading(tmp_path: Path, load):
    write(tmp_path / "a.md", "intro\n# The *title* #\n## Other")

    assert load(tmp_path).only.title == "The *title*"


def test_unknown_label_becomes_restricted_and_is_reported(tmp_path: Path, load):
    write(tmp_path / "a.md", "---\nlabel: topsecret-xylophone\n---\nBody")

    loaded = load(tmp_path)

    assert loaded.only.label == "restricted"
    assert "restricted" in loaded.notes[0].remark
    assert "xylophone" not in loaded.notes[0].remark


def test_unknown_keys_are_counted_but_not_repeated(tmp_path: Path, load):
    write(tmp_path / "a.md", "---\nxylophone: 1\nauthor: a\n---\nBody")

    loaded = load(tmp_path)

    assert loaded.only.text == "Body"
    assert "2 keys are unknown" in loaded.notes[0].remark
    assert "xylophone" not in loaded.notes[0].remark


def test_without_a_listener_notes_are_logged(tmp_path: Path, caplog):
    write(tmp_path / "a.md", "---\nlabel: odd\n---\nBody")

    with caplog.at_level(logging.WARNING):
        list(read_documents([tmp_path], on_skip=pytest.fail))

    assert "held as restricted" in caplog.text


def test_sidecar_works_for_every_type(tmp_path: Path, load, pdf):
    (tmp_path / "a.pdf").write_bytes(pdf("Words"))
    write(
        tmp_path / "a.pdf.echoguard.toml",
        'id = "x"\nlabel = "restricted"\nreaders = ["group:hr"]\ntenant = "t"\ntitle = "T"\n',
    )

    document = load(tmp_path).only

    assert (document.id, document.label, document.readers, document.tenant, document.title) == (
        "x", "restricted", {"group:hr"}, "t", "T",
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        "label = xylophone",
        'label = 3\nid = "xylophone"',
        'lables = "public"',
        'other = "public"',
        "x = " + "[" * 9_000,
        "é".encode("latin-1"),
    ],
)
def test_a_document_with_a_sidecar_nobody_understands_is_left_out(tmp_path: Path, load, content):
    write(tmp_path / "a.txt", "Words")
    (tmp_path / "a.txt.echoguard.toml").write_bytes(content if isinstance(content, bytes) else content.encode())

    loaded = load(tmp_path)

    assert "file of labels" in loaded.reason
    assert "xylophone" not in loaded.reason
    assert loaded.skipped[0].path.name == "a.txt"


def test_a_sidecar_without_its_document_is_reported(tmp_path: Path, load):
    write(tmp_path / "b.txt.echoguard.toml", 'label = "restricted"')
    write(tmp_path / "a.txt", "Words")

    loaded = load(tmp_path)

    assert loaded.only.id == "a.txt"
    assert "not beside it" in loaded.skipped[0].reason


def test_sidecar_of_json_lines_speaks_for_all_lines_and_lines_for_themselves(tmp_path: Path, load):
    write(tmp_path / "d.jsonl", '{"text": "one"}\n{"text": "two", "label": "public"}\n')
    write(tmp_path / "d.jsonl.echoguard.toml", 'id = "dump"\nlabel = "restricted"\n')

    assert [(document.id, document.label) for document in load(tmp_path).documents] == [
        ("dump#1", "restricted"),
        ("dump#2", "public"),
    ]


RULES = """
[[rule]]
path = "hr/pay/**"
label = "restricted"

[[rule]]
path = "hr/**"
label = "confidential"
readers = ["group:hr"]

[[rule]]
path = "*.log"
readers = ["group:ops"]
"""


def test_folder_rules_first_wins_per_key_nearest_folder_wins_and_the_file_wins_over_all(tmp_path: Path, load):
    write(tmp_path / "echoguard-labels.toml", RULES)
    write(tmp_path / "top.txt", "x")
    write(tmp_path / "hr/a.txt", "x")
    write(tmp_path / "hr/pay/bands.txt", "x")
    write(tmp_path / "deep/er/x.log", "x")
    write(tmp_path / "hr/open/echoguard-labels.toml", '[[rule]]\npath = "**"\nlabel = "public"\n')
    write(tmp_path / "hr/open/a.txt", "x")
    write(tmp_path / "hr/open/b.txt", "---\nlabel: internal\n---\nx")
    write(tmp_path / "hr/open/c.txt", "x")
    write(tmp_path / "hr/open/c.txt.echoguard.toml", 'label = "restricted"')

    loaded = load(tmp_path, readers=frozenset({"group:staff"}))

    assert not loaded.skipped
    assert {document.id: (document.label, *document.readers) for document in loaded.documents} == {
        "top.txt": ("internal", "group:staff"),
        "hr/a.txt": ("confidential", "group:hr"),
        "hr/pay/bands.txt": ("restricted", "group:hr"),
        "deep/er/x.log": ("internal", "group:ops"),
        "hr/open/a.txt": ("public", "group:hr"),
        "hr/open/b.txt": ("internal", "group:hr"),
        "hr/open/c.txt": ("restricted", "group:hr"),
    }


@pytest.mark.parametrize(
    "content",
    [
        "label = xylophone",
        '[[rules]]\npath = "**"\nlabel = "xylophone"',
        '[rule]\npath = "**"\nlabel = "xylophone"',
        '[[rule]]\nlabel = "xylophone"',
        '[[rule]]\npath = "**"',
        '[[rule]]\npath = "**"\nid = "xylophone"',
        '[[rule]]\npath = "**"\nlable = "xylophone"',
        '[[rule]]\npath = "**"\nlabel = ["xylophone"]',
        '[[rule]]\npath = "**"\nreaders = ["xylophone"]',
        '[[rule]]\npath = "[z-a]"\nlabel = "xylophone"',
    ],
)
def test_below_rules_nobody_understands_nothing_is_read(tmp_path: Path, load, content):
    write(tmp_path / "in/echoguard-labels.toml", content)
    write(tmp_path / "in/a.txt", "x")
    write(tmp_path / "in/more/b.txt", "---\nlabel: public\n---\nx")
    write(tmp_path / "out.txt", "x")

    loaded = load(tmp_path)

    assert [document.id for document in loaded.documents] == ["out.txt"]
    assert [skipped.path.name for skipped in loaded.skipped] == ["echoguard-labels.toml", "a.txt", "b.txt"]
    assert all("xylophone" not in skipped.reason for skipped in loaded.skipped)


def test_an_unknown_label_in_a_rule_is_reported_once(tmp_path: Path, load):
    write(tmp_path / "echoguard-labels.toml", '[[rule]]\npath = "**"\nlabel = "odd"\n')
    for name in "abc":
        write(tmp_path / f"{name}.txt", name)

    loaded = load(tmp_path)

    assert [document.label for document in loaded.documents] == ["restricted"] * 3
    assert [note.path.name for note in loaded.notes] == ["echoguard-labels.toml"]


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("*.md", "a.md", True),
        ("*.md", "x/y/a.md", True),
        ("*.md", "a.mdx", False),
        ("x/*.md", "x/a.md", True),
        ("x/*.md", "x/y/a.md", False),
        ("x/*.md", "z/x/a.md", False),
        ("x/**", "x/y/z", True),
        ("x/**", "xy/z", False),
        ("x/", "x/y/z", True),
        ("**/x/*", "x/a", True),
        ("**/x/*", "p/q/x/a", True),
        ("**/x/*", "p/qx/a", False),
        ("**", "a/b", True),
        ("a?c", "abc", True),
        ("p/a?c", "p/a/c", False),
        ("[ab].txt", "b.txt", True),
        ("[!ab].txt", "b.txt", False),
        ("[!ab].txt", "c.txt", True),
        ("p[!a]q/x", "p/q/x", False),
        ("a.c", "abc", False),
        ("/x/a", "x/a", True),
        ("[.txt", "[.txt", True),
        ("A.txt", "a.txt", False),
    ],
)
def test_patterns(glob, path, expected):
    assert bool(path_pattern(glob).fullmatch(str(PurePosixPath(path)))) is expected


def test_defaults_come_from_the_arguments(tmp_path: Path, load):
    write(tmp_path / "a.txt", "x")

    document = load(tmp_path, label="odd", readers=frozenset({"Group:HR"}), tenant="ACME").only

    assert (document.label, document.readers, document.tenant) == ("restricted", {"group:hr"}, "acme")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"readers": {"hr"}}, "reader"),
        ({"tenant": ""}, "tenant"),
        ({"max_bytes": 0}, "max_bytes"),
        ({"fields": {"body": "x"}}, "fields"),
    ],
)
def test_malformed_arguments_are_refused_before_the_first_document(options, message):
    with pytest.raises(ValueError, match=message):
        read_documents([], on_skip=pytest.fail, **options)


def test_the_same_id_twice_is_left_out_and_reported(tmp_path: Path, load):
    write(tmp_path / "a.md", "---\nid: x\n---\none")
    write(tmp_path / "b.md", "---\nid: x\n---\ntwo")

    loaded = load(tmp_path)

    assert loaded.only.text == "one"
    assert "same id" in loaded.skipped[0].reason
