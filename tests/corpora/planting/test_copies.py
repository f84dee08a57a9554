"""Marked copies of whole folders: what is marked, what is only copied, and that nothing is lost on the way."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpora import Corpus, Document
from corpora.errors import CorpusUnwritable, DocumentError
from corpora.planting import is_decoy, marker, unmarked
from corpora.planting.copies import Planting, plant
from corpora.planting.listing import RECORD_FILE, corpus_of, planted_in
from corpora.readers import read_documents
from corpora.sample import sample_path

KEY = b"a key for the tests only"
TEXT = "The tenant shall keep the cold rooms clean. Rent is due on the second day of each month. " * 12


def do(source: Path, target: Path, **more: object) -> Planting:
    def skipped(one: object) -> None:
        raise AssertionError(one)

    return plant(source, target, **({"key": KEY, "corpus": "files", "on_skip": skipped} | more))  # type: ignore[arg-type]


def read(folder: Path) -> dict[str, Document]:
    return {one.id: one for one in read_documents([folder], on_skip=lambda _: None, on_note=lambda _: None)}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copies") / "out"
    do(sample_path(), folder, decoys=12)
    return folder


def test_copies_say_what_the_documents_say(copies: Path) -> None:
    """Every format of the sample, labels and readers from front matter, sidecars and folders: all as it was."""
    before, after = read(sample_path()), read(copies)
    decoys = {name for name in after if is_decoy(KEY, "files", name)}

    assert len(decoys) == 12
    assert after.keys() - decoys == before.keys()
    assert {name: replace(after[name], text=unmarked(after[name].text)) for name in before} == before
    marked = {name for name in before if "EXDOC" in after[name].text}
    assert {Path(name).suffix for name in marked} == {".md", ".txt", ".html"}
    assert {Path(name).suffix for name in before.keys() - marked} == {".eml", ".csv", ".ini"}


def test_every_marker_stands_where_it_says(copies: Path) -> None:
    before = read(copies)
    count = 0
    for name, found in planted_in(copies):
        for place, made in found:
            count += 1
            assert made == marker(KEY, "files", name, place, decoy=is_decoy(KEY, "files", name))
            assert place <= len(unmarked(before[name].text))
    assert count > 130


def test_decoys_are_labelled_like_the_documents_beside_them(copies: Path) -> None:
    for name, document in read(copies).items():
        if is_decoy(KEY, "files", name):
            beside = [
                one for other, one in read(copies).items() if Path(other).parent == Path(name).parent and other != name
            ]
            assert (document.label, document.readers) in {(one.label, one.readers) for one in beside}


def test_the_same_key_gives_the_same_copies_and_copies_of_copies_are_equal(copies: Path, tmp_path: Path) -> None:
    do(sample_path(), tmp_path / "again", decoys=12)
    do(sample_path(), tmp_path / "again", decoys=12)
    do(copies, tmp_path / "copy")
    here = contents(copies)
    there = contents(tmp_path / "copy")

    assert contents(tmp_path / "again") == here
    assert {name: there[name] for name in there if name != RECORD_FILE} == {
        name: here[name] for name in here if name != RECORD_FILE
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "copy"]


def test_another_key_takes_the_place_of_the_first(copies: Path, tmp_path: Path) -> None:
    do(copies, tmp_path / "new", key=b"the key that follows it")
    found = [made for _, markers in planted_in(tmp_path / "new") for _, made in markers]

    assert found
    assert not {made for _, markers in planted_in(copies) for _, made in markers} & set(found)


def test_an_index_of_the_copies_is_one_of_the_documents(copies: Path, tmp_path: Path) -> None:
    documents = read(sample_path())
    with Corpus.build(tmp_path / "index", read(copies).values(), name="files") as corpus:
        for name, document in documents.items():
            assert corpus.text(name) == document.text
        change = corpus.update(add=read(copies).values())
        assert (change.added, change.replaced) == (0, 0)
        assert change.unchanged == len(corpus)


def test_json_lines_are_marked_line_by_line(tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    rows = [
        {"id": 7, "text": TEXT, "label": "confidential", "readers": ["group:hr"], "extra": {"kept": [1, None]}},
        {"text": "Ünïcode and 你好. " * 20, "title": "T"},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    source.write_bytes("\n".join([lines[0], "not json", "", '{"text": 3}', lines[1]]).encode())
    done = do(source, tmp_path / "out", decoys=2)
    written = (tmp_path / "out" / "rows.jsonl").read_bytes().decode().splitlines()
    first, second, *decoys = (json.loads(written[number]) for number in (0, 4, 5, 6))

    assert (done.documents, len(done.decoys)) == (2, 2)
    assert written[1:4] == ["not json", "", '{"text": 3}']
    assert {**first, "text": unmarked(first["text"])} == rows[0]
    assert {**second, "text": unmarked(second["text"])} == rows[1]
    assert {name for name, found in planted_in(tmp_path / "out") if found} == {"7", "rows.jsonl#5", *done.decoys}
    assert [is_decoy(KEY, "files", row["id"]) for row in decoys] == [True, True]
    assert marker(KEY, "files", "7", 43) in first["text"]


def test_front_matter_line_ends_and_byte_order_marks_stay(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    raw = "\ufeff---\r\nid: x/1\r\nlabel: public\r\n---\r\n# Title\r\n\r\n" + TEXT.replace(". ", ".\r\n")
    (source / "a.md").write_bytes(raw.encode())
    (source / "b.txt").write_bytes(TEXT.encode("utf-16"))
    done = do(source, tmp_path / "out")
    out = (tmp_path / "out" / "a.md").read_bytes().decode()

    assert unmarked(out) == raw
    assert marker(KEY, "files", "x/1", planted_places(tmp_path / "out", "x/1")[0]) in out
    assert (tmp_path / "out" / "b.txt").read_bytes() == TEXT.encode("utf-16")
    assert ["UTF-8" in one.remark for one in done.copied] == [True]


def planted_places(folder: Path, name: str) -> list[int]:
    return [place for place, _ in dict(planted_in(folder))[name]]


def test_what_cannot_be_read_is_copied_and_said(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "bad.md").write_text("---\nlabel: [\n---\n" + TEXT, encoding="utf-8")
    (source / "empty.txt").write_text(" \n", encoding="utf-8")
    (source / "scan.pdf").write_bytes(b"%PDF-1.4 broken")
    done = do(source, tmp_path / "out")

    assert done.documents == 0
    assert {one.path.name for one in done.copied} == {"bad.md", "empty.txt", "scan.pdf"}
    assert contents(source) == {k: v for k, v in contents(tmp_path / "out").items() if k != RECORD_FILE}
    assert not any("tenant" in one.remark for one in done.copied)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (tmp_path / "outside.md").write_text(TEXT, encoding="utf-8")
    (source / "a.md").write_text(TEXT, encoding="utf-8")
    (source / "link.md").symlink_to(tmp_path / "outside.md")
    skipped: list[object] = []
    do(source, tmp_path / "out", on_skip=skipped.append)

    assert len(skipped) == 1
    assert not (tmp_path / "out" / "link.md").exists()


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"key": b"short"}, ValueError, "at least 16"),
        ({"corpus": "a b"}, ValueError, "needs a name"),
        ({"decoys": -1}, ValueError, "number of decoys"),
        ({"decoys": 10_001}, ValueError, "number of decoys"),
    ],
)
def test_wrong_arguments_change_nothing(tmp_path: Path, change: dict[str, object], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        do(sample_path(), tmp_path / "out", **change)
    assert list(tmp_path.iterdir()) == []


def test_never_in_place_and_never_over_something_else(tmp_path: Path) -> None:
    source = tmp_path / "src"
    (source / "deep").mkdir(parents=True)
    (source / "a.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me", encoding="utf-8")
    (tmp_path / "file").write_text("keep me", encoding="utf-8")
    before = contents(tmp_path)
    for where, target in (
        (source, source),
        (source, source / "deep"),
        (source / "deep", source),
        (source / "a.md", source),
    ):
        with pytest.raises(DocumentError, match="inside the other"):
            do(where, target)
    for target in ("mine", "file"):
        with pytest.raises(DocumentError, match="not written by"):
            do(source, tmp_path / target)
    with pytest.raises(DocumentError, match="no such file"):
        do(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(DocumentError, match="no file in it"):
        do(source / "deep", tmp_path / "out")
    with pytest.raises(CorpusUnwritable):
        do(source, tmp_path / "file" / "out")

    assert contents(tmp_path) == before


def test_a_copy_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
    do(tmp_path / "a.md", tmp_path / "out")
    before = contents(tmp_path / "out")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("corpora.planting.copies.mark_whole", full)
    with pytest.raises(CorpusUnwritable, match="No space left"):
        do(tmp_path / "a.md", tmp_path / "out")

    assert contents(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "out"]
    assert corpus_of(tmp_path / "out") == "files"
