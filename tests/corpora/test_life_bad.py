"""Versions that are not as they were written, and documents of unusual number and size."""

from __future__ import annotations

import json
import random
import resource
import shutil
import time
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora import Corpus, Document
from corpora.errors import CorpusCorrupt, CorpusError, CorpusVersion
from corpora.index.manifest import checksum, digest_of, sealed
from corpora.index.segments import SegmentRecord, Version, ranges_of


@pytest.fixture
def changed(tmp_path: Path, library: list[Document]) -> Path:
    """Return an index of two segments, of which the first has lost a document."""
    with Corpus.build(tmp_path / "index", library[:30], name="x") as corpus:
        corpus.update(add=[library[40]], remove=["doc/3"])
        assert corpus.stats()["segments"] == 2
    return tmp_path / "index"


def version_file(directory: Path) -> Path:
    return directory / f"{(directory / 'current').read_text().strip()}.json"


def forged(directory: Path, **changes: Any) -> None:
    """Change what the version says, and seal it again."""
    file = version_file(directory)
    body = {key: value for key, value in json.loads(file.read_text()).items() if key not in {"checksum", "format"}}
    file.write_bytes(sealed({**body, **changes}))


def test_a_version_that_is_cut_off(changed: Path, library: list[Document]) -> None:
    file = version_file(changed)
    data = file.read_bytes()
    for length in {0, 1, len(data) - 1, *range(0, len(data), 50)}:
        file.write_bytes(data[:length])
        with pytest.raises(CorpusCorrupt, match=r"build the index again"):
            Corpus.open(changed)
    file.write_bytes(data)
    with Corpus.open(changed) as corpus:
        assert len(corpus) == 30
        # Nothing was lost, and it goes on.
        corpus.update(add=[library[3]])
        assert len(corpus) == 31


def test_every_flipped_bit_of_a_version_is_noticed(changed: Path) -> None:
    file = version_file(changed)
    data = file.read_bytes()
    rnd = random.Random(3)
    for _ in range(60):
        at = rnd.randrange(len(data))
        file.write_bytes(data[:at] + bytes([data[at] ^ 1 << rnd.randrange(8)]) + data[at + 1 :])
        with pytest.raises(CorpusError):
            Corpus.open(changed)


@pytest.mark.parametrize("number", [1, 3, 99, "2", None])
def test_a_version_of_the_future(changed: Path, number: object, library: list[Document]) -> None:
    file = version_file(changed)
    data = file.read_bytes()
    with Corpus.open(changed) as corpus:
        file.write_text(json.dumps({**json.loads(data), "format": number}))
        with pytest.raises(CorpusVersion, match="this program reads format"):
            Corpus.open(changed)
        # It is not touched: the program that wrote it can still read it.
        with pytest.raises(CorpusVersion):
            corpus.update(add=[library[50]])
        assert len([entry for entry in changed.iterdir() if entry.is_dir()]) == 2
        file.write_bytes(data)
        corpus.verify()


def test_an_index_of_the_first_format_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "v-20260101T000000-00000000"
    folder.mkdir()
    (tmp_path / "current").write_text(folder.name)
    (folder / "manifest.json").write_text(json.dumps({"magic": "echoguard-corpus", "format": 1}))
    with pytest.raises(CorpusVersion, match=r"index format 1; this program reads format 2\. Build the index again"):
        Corpus.open(tmp_path)
    Corpus.build(tmp_path, [Document(id="a", text="x")], name="x").close()
    assert not folder.exists()


def test_a_missing_segment(changed: Path) -> None:
    for segment in changed.glob("s-*"):
        segment.rename(changed / "away")
        with pytest.raises(CorpusCorrupt, match=r"s-.*manifest\.json cannot be read"):
            Corpus.open(changed)
        (changed / "away").rename(segment)
    Corpus.open(changed).close()


def test_a_missing_version(changed: Path) -> None:
    version_file(changed).unlink()
    with pytest.raises(CorpusCorrupt, match="cannot be read"):
        Corpus.open(changed)


def test_segments_that_stand_in_each_others_place(changed: Path) -> None:
    one, other = sorted(changed.glob("s-*"))
    one.rename(changed / "away")
    other.rename(one)
    (changed / "away").rename(other)
    with pytest.raises(CorpusCorrupt, match="belongs to another version"):
        Corpus.open(changed)


def test_a_segment_of_another_build_under_the_same_name(changed: Path, tmp_path: Path) -> None:
    Corpus.build(tmp_path / "other", [Document(id="a", text="Something else entirely.")], name="x").close()
    [theirs] = (tmp_path / "other").glob("s-*")
    ours = min(changed.glob("s-*"))
    shutil.rmtree(ours)
    shutil.copytree(theirs, ours)
    manifest = json.loads((ours / "manifest.json").read_text())
    body = {key: value for key, value in manifest.items() if key not in {"checksum", "format"}}
    (ours / "manifest.json").write_bytes(sealed({**body, "segment": ours.name}))
    with pytest.raises(CorpusCorrupt, match="belongs to another version"):
        Corpus.open(changed)


@pytest.mark.parametrize(
    "changes",
    [
        {"segments": [{"name": "../../etc", "manifest": "0", "removed": []}]},
        {"segments": [{"name": 7, "manifest": "0", "removed": []}]},
        {"segments": [{"name": "s-20260101T000000-00000000"}]},
        {"segments": 7},
        {"version": "v-20260101T000000-00000000"},
        {"name": None, "segments": None},
    ],
)
def test_a_version_that_makes_no_sense(changed: Path, changes: dict[str, Any]) -> None:
    forged(changed, **changes)
    with pytest.raises(CorpusCorrupt):
        Corpus.open(changed)


@pytest.mark.parametrize(
    "removed",
    [[[0, 31]], [[-1, 1]], [[10**15, 10**15 + 1]], [[0, 10**15]], [[2, 2]], [[4, 6], [5, 7]], [["a", "b"]], [3]],
)
def test_removed_documents_that_are_not_there(changed: Path, removed: list[Any]) -> None:
    segments = json.loads(version_file(changed).read_text())["segments"]
    forged(changed, segments=[{**segments[0], "removed": removed}, segments[1]])
    with pytest.raises(CorpusCorrupt):
        Corpus.open(changed)


def test_wrong_content_under_right_checksums_is_an_error_not_a_crash(changed: Path, library: list[Document]) -> None:
    """In a large index not every block is checked on opening: nothing in it may lead anywhere else."""
    rnd = random.Random(1)
    in_force = version_file(changed)
    version = json.loads(in_force.read_text())
    folder = changed / version["segments"][0]["name"]
    texts = [document.text[:1500] for document in library[5:7]]
    answered = refused = 0
    for name in ("documents.table", "documents.ids", "documents.texts", "documents.meta", "text.blocks", "text.bin"):
        for file in (folder / name, folder / rnd.choice(["marks.buckets", "pairs.buckets"])):
            good = {one: one.read_bytes() for one in (file, folder / "manifest.json", in_force)}
            data = bytearray(good[file])
            for _ in range(rnd.choice([1, 8, 200])):
                data[rnd.randrange(len(data))] = rnd.randrange(256)
            file.write_bytes(data)
            manifest = json.loads((folder / "manifest.json").read_text())
            manifest["files"][file.name] = asdict(checksum(file))
            raw = sealed({key: value for key, value in manifest.items() if key not in {"checksum", "format"}})
            (folder / "manifest.json").write_bytes(raw)
            forged(changed, segments=[{**version["segments"][0], "manifest": digest_of(raw)}, version["segments"][1]])
            try:
                with Corpus.open(changed) as corpus:
                    for text in texts:
                        corpus.matches(text)
                        corpus.settled(text)
                    list(corpus.documents())
                    corpus.text("doc/5")
                answered += 1
            except CorpusError:
                refused += 1
            for one, content in good.items():
                one.write_bytes(content)
    assert refused > 5
    assert answered + refused == 12
    Corpus.open(changed).close()


@given(numbers=st.sets(st.integers(0, 200)))
def test_ranges_hold_exactly_the_numbers(numbers: set[int]) -> None:
    ranges = ranges_of(numbers)
    assert SegmentRecord("s", "", ranges).numbers().tolist() == sorted(numbers)
    assert all(end < start for (_, end), (start, _) in pairwise(ranges))
    version = Version(name="v", corpus="c", kind="k", store_text=True, created="", segments=())
    with_range = replace(version, segments=(SegmentRecord("s", "d", ranges),))
    assert Version.from_bytes(with_range.to_bytes(), where=Path("x")) == with_range


# -- number and size ------------------------------------------------------------------------------------------------


def test_ten_thousand_equal_documents(tmp_path: Path, library: list[Document]) -> None:
    text = library[0].text
    started = time.process_time()
    corpus = Corpus.build(tmp_path, [Document(id=f"d{n}", text=text) for n in range(10_000)], name="x")
    assert corpus.stats()["texts"] == 1
    assert "d0" in {match.document_id for match in corpus.matches(text[:500])}
    # As long as one holds the text it is found.
    corpus.update(remove=[f"d{n}" for n in range(9_999)])
    assert {match.document_id for match in corpus.matches(text[:500])} == {"d9999"}
    assert corpus.text("d9999") == text
    info = corpus.info("d9999")
    assert info is not None
    assert info.family == "d0"
    corpus.update(remove=["d9999"])
    assert corpus.matches(text[:500]) == []
    assert time.process_time() - started < 30


@pytest.mark.slow
def test_a_document_of_fifty_million_characters(tmp_path: Path, library: list[Document]) -> None:
    """It is indexed in bounded memory, found at its far end, and replaced by an update."""
    rnd = random.Random(2)
    words = " ".join(document.text for document in library).split()
    sentences = [" ".join(rnd.choices(words, k=12)) for _ in range(20_000)]
    text = ". ".join(rnd.choices(sentences, k=580_000))[:50_000_000]
    end = "The lighthouse keeper of Brandvik counted seventeen herons and wrote it all into the green ledger, as ever."
    started = time.process_time()
    corpus = Corpus.build(
        tmp_path, [Document(id="small", text=end), Document(id="long", text=f"{text} {end}")], name="x"
    )
    assert {match.document_id for match in corpus.matches(f"So: {end}")} == {"small", "long"}
    corpus.update(add=[Document(id="long", text="Gone.")])
    assert {match.document_id for match in corpus.matches(f"So: {end}")} == {"small"}
    assert corpus.stats()["characters"] == len(end) + len("Gone.")
    assert time.process_time() - started < 120
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3_000_000
