"""The life of an index on disk: whole, damaged, busy, interrupted."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpora import Corpus, Document
from corpora.errors import (
    CorpusBusy,
    CorpusCorrupt,
    CorpusError,
    CorpusNotFound,
    CorpusUnwritable,
    CorpusVersion,
    DocumentError,
)
from corpora.index.directory import writing

TEXT = (
    "Zirconia ledger seventeen names Halvorsen, Brandt and Okonkwo as guarantors of the Kestrel escrow; "
    "neither party may disclose the tranche schedule before the Rotterdam closing."
)


def segment_of(directory: Path) -> Path:
    """Return the directory of the only segment."""
    [record] = json.loads(version_file(directory).read_text())["segments"]
    return directory / record["name"]


def version_file(directory: Path) -> Path:
    return directory / f"{(directory / 'current').read_text().strip()}.json"


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    documents = [
        Document(
            id="hr/42 ü",
            text=f"a{TEXT} \U0001f600é\n",
            label="restricted",
            readers=frozenset({"user:Ann", "!group:x"}),
            tenant="Acme",
            title="Pay",
        ),
        Document(id="empty", text=""),
        Document(id="wide", text="漢" * 5000 + "\U0001f600" + "x" * 5000),
        Document(id="again", text="", label="public"),
    ]
    seen: list[tuple[int, int]] = []
    with Corpus.build(
        tmp_path / "a" / "b", iter(documents), name="n", kind="training", progress=lambda *at: seen.append(at)
    ) as corpus:
        assert (corpus.name, corpus.kind, len(corpus), corpus.directory) == ("n", "training", 4, tmp_path / "a" / "b")
        assert [corpus.text(document.id) for document in documents] == [document.text for document in documents]
        assert [info.id for info in corpus.documents()] == ["hr/42 ü", "empty", "wide", "again"]
        info = corpus.info("hr/42 ü")
        assert info is not None
        assert (info.corpus, info.kind, info.label, info.tenant, info.title, info.length, info.family) == (
            *("n", "training", "restricted", "acme", "Pay", len(documents[0].text)),
            "hr/42 ü",
        )
        assert info.readers == {"user:ann", "!group:x"}
        assert corpus.info("hr/43") is None
        assert corpus.info("\ud800") is None
        assert corpus.text("hr/43") is None
        family = corpus.info("again")
        assert family is not None
        assert family.family == "empty"
        assert seen[-1] == (4, sum(len(document.text) for document in documents))
        corpus.verify()
        stats = corpus.stats()
        assert stats["documents"] == 4
        assert stats["texts"] == 3
        assert (
            stats["bytes"]
            == sum(file.stat().st_size for file in segment_of(corpus.directory).iterdir())
            - (segment_of(corpus.directory) / "manifest.json").stat().st_size
        )
        assert [match.document_id for match in corpus.matches(TEXT)] == ["hr/42 ü"]


def test_two_builds_of_the_same_are_equal_but_for_the_manifest(tmp_path: Path, library: list[Document]) -> None:
    code = textwrap.dedent("""
        import sys, pickle
        from corpora import Corpus, Document
        texts = eval(sys.stdin.read())
        Corpus.build(sys.argv[1], [Document(id=str(n), text=t) for n, t in enumerate(texts)], name="x")
    """)
    texts = repr([document.text for document in library[:20]])
    for name in "ab":
        # Another hash seed: nothing stored may depend on it.
        environment = {**os.environ, "PYTHONHASHSEED": str(ord(name))}
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)], input=texts, text=True, check=True, env=environment
        )
    one, other = ({f.name: f.read_bytes() for f in segment_of(tmp_path / name).iterdir()} for name in "ab")
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == ["manifest.json"]


def test_a_long_document_is_indexed_whole(tmp_path: Path, library: list[Document]) -> None:
    whole = "\n".join(document.text for document in library for _ in range(3))
    assert len(whole) > 3 * (1 << 17)
    with Corpus.build(tmp_path, [Document(id="long", text=whole)], name="x") as corpus:
        rnd = random.Random(4)
        # Around the borders of the pieces it is indexed in, and anywhere.
        starts = [n * (1 << 17) - 150 for n in (1, 2, 3)] + [rnd.randrange(len(whole) - 300) for _ in range(20)]
        for start in starts:
            answer = whole[start : start + 300]
            assert any(len(match.span) > 250 for match in corpus.matches(f"So: {answer}")), start


def test_no_pickle_and_no_text_in_the_index_of_a_corpus_without_texts(tmp_path: Path) -> None:
    with Corpus.build(tmp_path, [Document(id="a", text=TEXT)], name="x", store_text=False) as corpus:
        assert corpus.text("a") is None
        assert corpus.stats()["store_text"] is False
        [match] = corpus.matches(f"He wrote: {TEXT}")
        assert match.document_id == "a"
        assert len(match.span) > 100
        assert match.similarity < 1.0
        assert match.estimated
        assert corpus.matches("Something else entirely, about gardens and the keeping of bees in the autumn.") == []
    for file in segment_of(tmp_path).iterdir():
        assert b"Zirconia" not in file.read_bytes()
        assert not file.read_bytes().startswith(b"\x80")


# -- what cannot be built -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([], "at least one document"),
        ([Document(id="a", text="x"), Document(id="a", text="y")], "'a' is used twice"),
        ([{"id": "a"}], "not from dict"),
    ],
)
def test_bad_documents(tmp_path: Path, documents: list[Document], message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        Corpus.build(tmp_path, documents, name="x")
    assert [entry.name for entry in tmp_path.iterdir()] == ["lock"]
    with pytest.raises(CorpusNotFound):
        Corpus.open(tmp_path)


def test_a_failing_source_leaves_the_old_index(tmp_path: Path) -> None:
    Corpus.build(tmp_path, [Document(id="old", text=TEXT)], name="x").close()

    def failing() -> Iterator[Document]:
        yield Document(id="new", text=TEXT)
        raise RuntimeError("the disk of the source is gone")

    with pytest.raises(RuntimeError, match="source is gone"):
        Corpus.build(tmp_path, failing(), name="x")
    with Corpus.open(tmp_path) as corpus:
        assert corpus.info("old") is not None
    assert len([entry for entry in tmp_path.iterdir() if entry.is_dir()]) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "retrieval"),
        ("  ", "retrieval"),
        ("möwen", "retrieval"),
        ("a/b", "retrieval"),
        ("x\n", "retrieval"),
        ("a" * 129, "retrieval"),
        ("x", "secret"),
    ],
)
def test_bad_names_and_kinds(tmp_path: Path, name: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r"a corpus needs a name of up to 128 letters|kind is one of"):
        Corpus.build(tmp_path, [Document(id="a", text="x")], name=name, kind=kind)


def test_an_unwritable_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorpusUnwritable, match="cannot be written"):
        Corpus.build(tmp_path / "file" / "corpus", [Document(id="a", text="x")], name="x")


def test_nothing_there(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "missing"):
        with pytest.raises(CorpusNotFound, match="no corpus at"):
            Corpus.open(directory)


def test_another_process_is_building(tmp_path: Path) -> None:
    Corpus.build(tmp_path, [Document(id="a", text=TEXT)], name="x").close()
    with writing(tmp_path), pytest.raises(CorpusBusy, match="another process"):
        Corpus.build(tmp_path, [Document(id="b", text=TEXT)], name="x")
    with Corpus.open(tmp_path) as corpus:
        assert corpus.info("a") is not None
    Corpus.build(tmp_path, [Document(id="b", text=TEXT)], name="x").close()


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "v-mine").mkdir()
    for _ in range(2):
        Corpus.build(tmp_path, [Document(id="a", text=TEXT)], name="x").close()
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "v-mine").is_dir()
    assert len([entry for entry in tmp_path.iterdir() if re.match(r"v-\d", entry.name)]) == 1


# -- damage ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def built(tmp_path: Path, library: list[Document]) -> Path:
    Corpus.build(tmp_path, library[:20], name="x").close()
    return tmp_path


def test_every_file_matters_at_every_length(built: Path) -> None:
    for file in sorted(segment_of(built).iterdir()):
        data = file.read_bytes()
        lengths = {0, 1, len(data) // 2, len(data) - 1, *range(0, len(data), 4096)}
        for length in sorted(length for length in lengths if 0 <= length < len(data)):
            file.write_bytes(data[:length])
            with pytest.raises(CorpusCorrupt):
                Corpus.open(built)
        file.write_bytes(data + b"\0")
        with pytest.raises(CorpusCorrupt):
            Corpus.open(built)
        file.write_bytes(data)
    Corpus.open(built).close()


def test_every_flipped_bit_is_noticed(built: Path) -> None:
    rnd = random.Random(2)
    for file in [*sorted(segment_of(built).iterdir()), built / "current"]:
        data = file.read_bytes()
        for _ in range(12 if data else 0):
            at = rnd.randrange(len(data))
            file.write_bytes(data[:at] + bytes([data[at] ^ 1 << rnd.randrange(8)]) + data[at + 1 :])
            with pytest.raises(CorpusError):
                Corpus.open(built)
        file.write_bytes(data)
    Corpus.open(built).close()


def test_a_missing_file(built: Path) -> None:
    for file in sorted(segment_of(built).iterdir()):
        data = file.read_bytes()
        file.unlink()
        with pytest.raises(CorpusCorrupt):
            Corpus.open(built)
        file.write_bytes(data)


def test_damage_while_open_is_found_by_verify(built: Path) -> None:
    with Corpus.open(built) as corpus:
        file = segment_of(built) / "marks.places"
        data = bytearray(file.read_bytes())
        data[100] ^= 1
        file.write_bytes(data)
        with pytest.raises(CorpusCorrupt, match=r"marks\.places is damaged"):
            corpus.verify()


@pytest.mark.parametrize("number", [0, 1, 3, 99, "2", None])
def test_an_index_of_another_version(built: Path, number: object) -> None:
    file = segment_of(built) / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": number}))
    with pytest.raises(CorpusVersion, match="index format"):
        Corpus.open(built)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"magic": "other"}', b"[" * 5000])
def test_a_manifest_that_is_none(built: Path, content: bytes) -> None:
    (segment_of(built) / "manifest.json").write_bytes(content)
    with pytest.raises(CorpusCorrupt, match="manifest"):
        Corpus.open(built)


@pytest.mark.parametrize("content", [b"", b"v-1", b"../../etc", b"\xff" * 40, b"v-20260101T000000-00000000"])
def test_a_pointer_to_nowhere(built: Path, content: bytes) -> None:
    (built / "current").write_bytes(content)
    with pytest.raises(CorpusCorrupt):
        Corpus.open(built)


# -- interruption and other processes -------------------------------------------------------------------------------

_BUILDER = """
import sys, time
from corpora import Corpus, Document
text = open(sys.argv[2]).read()
def documents():
    print("go", flush=True)
    for n in range(120):
        yield Document(id=f"new/{n}", text=f"{n} {text}")
Corpus.build(sys.argv[1], documents(), name="x")
print("done", flush=True)
"""


@pytest.mark.slow
def test_kill_during_a_build_leaves_the_old_index(tmp_path: Path, library: list[Document]) -> None:
    """Killed at many moments, the old version or the whole new one is in force, and the next build works."""
    target = tmp_path / "corpus"
    source = tmp_path / "text"
    source.write_text(library[0].text)
    old = library[1].text
    Corpus.build(target, [Document(id="old", text=old)], name="x").close()
    rnd = random.Random(6)
    killed = rounds = 0
    longest = 4.0
    # However fast the machine is just now: a build that was quicker than the kill makes the next wait shorter.
    while rounds < 10 or (killed < 3 and rounds < 40):
        rounds += 1
        builder = subprocess.Popen(
            [sys.executable, "-c", _BUILDER, str(target), str(source)], stdout=subprocess.PIPE, text=True
        )
        assert builder.stdout is not None
        builder.stdout.readline()
        time.sleep(rnd.uniform(0, longest))
        builder.send_signal(signal.SIGKILL)
        builder.wait()
        if "done" in builder.stdout.read():
            longest *= 0.6
        else:
            killed += 1
        builder.stdout.close()
        with Corpus.open(target) as corpus:
            corpus.verify()
            assert len(corpus) in {1, 120}
            text, name = (old, "old") if len(corpus) == 1 else (source.read_text(), "new/0")
            assert name in {match.document_id for match in corpus.matches(text)}
    assert killed > 2
    # What was left over is removed by the next build.
    Corpus.build(target, [Document(id="old", text=old)], name="x").close()
    assert sorted(re.sub(r"\d.*", "", entry.name) for entry in target.iterdir()) == ["current", "lock", "s-", "v-"]


def _read(directory: str, until: float, out: multiprocessing.Queue[str]) -> None:
    try:
        reads = 0
        with Corpus.open(directory) as kept:
            while time.monotonic() < until or reads < 3:
                with Corpus.open(directory) as fresh:
                    assert fresh.matches(TEXT)
                    assert len(fresh) == 1
                # The one opened first follows, without being opened again.
                assert kept.matches(TEXT)
                [info] = kept.documents()
                assert info.id.startswith("v")
                reads += 1
        out.put("")
    except Exception as error:  # noqa: BLE001 - told to the parent
        out.put(repr(error))


@pytest.mark.slow
def test_readers_in_other_processes_while_it_is_rebuilt(tmp_path: Path) -> None:
    Corpus.build(tmp_path, [Document(id="v0", text=TEXT)], name="x").close()
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    until = time.monotonic() + 4
    readers = [context.Process(target=_read, args=(str(tmp_path), until, out)) for _ in range(2)]
    for reader in readers:
        reader.start()
    number = 0
    while time.monotonic() < until or number < 6:
        number += 1
        Corpus.build(tmp_path, [Document(id=f"v{number}", text=f"{TEXT} {number}")], name="x").close()
    assert [out.get(timeout=60) for _ in readers] == ["", ""]
    for reader in readers:
        reader.join()
