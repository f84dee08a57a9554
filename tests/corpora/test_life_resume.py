"""A build that is stopped goes on where it was, and comes to the same index."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from corpora import Corpus, Document
from corpora.errors import DocumentError
from corpora.index import checkpoint
from corpora.index.writer import IndexWriter

EVERY = 20_000


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", EVERY)


@pytest.fixture
def indexed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the ids of the documents that are indexed from now on."""
    ids: list[str] = []
    add = IndexWriter._add_text
    taken = IndexWriter.add

    def spy(self: IndexWriter, document: Document, *, family: str | None = None) -> None:
        before = len(counted)
        taken(self, document, family=family)
        ids.extend([document.id] * (len(counted) - before))

    counted: list[int] = []

    def count(self: IndexWriter, codes: object) -> None:
        counted.append(1)
        add(self, codes)  # type: ignore[arg-type]

    monkeypatch.setattr(IndexWriter, "add", spy)
    monkeypatch.setattr(IndexWriter, "_add_text", count)
    return ids


class Stopped(Exception):
    pass


def until(documents: list[Document], number: int, error: type[BaseException] = Stopped) -> Iterator[Document]:
    yield from documents[:number]
    raise error


def files(directory: Path) -> dict[str, bytes]:
    """Return the files of the only segment, but for what tells segments apart."""
    [segment] = [entry for entry in directory.iterdir() if entry.name.startswith("s-")]
    return {file.name: file.read_bytes() for file in segment.iterdir() if file.name != "manifest.json"}


def stopped(directory: Path, documents: Iterable[Document], **options: bool) -> None:
    with pytest.raises((Stopped, KeyboardInterrupt)):
        Corpus.build(directory, documents, name="x", **options)


@pytest.mark.parametrize("store_text", [True, False])
def test_it_goes_on_to_the_same_index(
    tmp_path: Path, library: list[Document], indexed: list[str], store_text: bool
) -> None:
    documents = [*library, Document(id="twin", text=library[2].text, label="public"), Document(id="none", text="")]
    Corpus.build(tmp_path / "whole", documents, name="x", store_text=store_text).close()
    seen: list[tuple[int, int]] = []
    for number, error in ((1, Stopped), (25, KeyboardInterrupt), (len(documents), Stopped)):
        directory = tmp_path / str(number)
        stopped(directory, until(documents, number, error), store_text=store_text)
        indexed.clear()
        seen.clear()
        corpus = Corpus.build(
            directory, documents, name="x", store_text=store_text, resume=True, progress=lambda *at: seen.append(at)
        )
        assert files(directory) == files(tmp_path / "whole")
        # A checkpoint is at most so many characters and a document behind.
        characters = sum(len(document.text) for document in library[:number])
        assert sum(len(document.text) for document in library if document.id in indexed) <= (
            sum(len(document.text) for document in library) - characters + EVERY + 5000
        )
        assert seen[-1] == (len(documents), sum(len(document.text) for document in documents))
        assert len(seen) == len(documents)
        corpus.verify()
        assert {entry.name[:2] for entry in directory.iterdir()} == {"cu", "lo", "s-", "v-"}
        corpus.close()


def test_stopped_again_and_again(tmp_path: Path, library: list[Document]) -> None:
    Corpus.build(tmp_path / "whole", library, name="x").close()
    for number in (15, 3, 30, 31, 50):
        stopped(tmp_path / "parts", until(library, number), resume=True)
    Corpus.build(tmp_path / "parts", library, name="x", resume=True).close()
    assert files(tmp_path / "parts") == files(tmp_path / "whole")


def test_copies_beyond_those_that_are_stored(tmp_path: Path, library: list[Document]) -> None:
    """Which of very many copies are stored depends on their rights, also on those of before."""
    memo = library[0].text[:400]
    documents = [
        Document(
            id=str(n), text=f"{n} {library[n % 60].text[:300]} {memo}", label=["internal", "restricted"][n % 7 == 0]
        )
        for n in range(110)
    ]
    Corpus.build(tmp_path / "whole", documents, name="x").close()
    stopped(tmp_path / "parts", until(documents, 95))
    Corpus.build(tmp_path / "parts", documents, name="x", resume=True).close()
    assert files(tmp_path / "parts") == files(tmp_path / "whole")


def test_what_changed_meanwhile_is_indexed_as_it_is_now(
    tmp_path: Path, library: list[Document], indexed: list[str]
) -> None:
    stopped(tmp_path, until(library, 40))
    indexed.clear()
    now = [
        *library[5:30],
        Document(id="doc/3", text=library[50].text),
        Document(id="doc/4", text=library[4].text, label="restricted"),
        library[55],
    ]
    corpus = Corpus.build(tmp_path, iter(now), name="x", resume=True)
    assert {info.id: info.label for info in corpus.documents()} == {one.id: one.label for one in now}
    assert set(indexed) >= {"doc/3", "doc/55"}
    assert not {f"doc/{n}" for n in range(5, 25)} & set(indexed[:2])
    for document in library:
        named = {match.document_id for match in corpus.matches(document.text[300:700])}
        assert named == {one.id for one in now if one.text == document.text}, document.id
    assert all(corpus.text(one.id) == one.text for one in now)
    # What is not there any more is not on the disk either.
    gone = library[35].text[500:560].encode()
    assert not any(gone in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_an_id_twice_is_still_refused(tmp_path: Path, library: list[Document]) -> None:
    stopped(tmp_path, until(library, 40))
    with pytest.raises(DocumentError, match="'doc/1' is used twice"):
        Corpus.build(tmp_path, [*library, library[1]], name="x", resume=True)
    with pytest.raises(DocumentError, match="at least one document"):
        Corpus.build(tmp_path, [], name="x", resume=True)
    Corpus.build(tmp_path, library, name="x", resume=True).close()


def test_without_resume_what_is_left_over_is_removed(
    tmp_path: Path, library: list[Document], indexed: list[str]
) -> None:
    stopped(tmp_path, until(library, 40))
    assert any(entry.name.startswith("s-") for entry in tmp_path.iterdir())
    indexed.clear()
    Corpus.build(tmp_path, library[:5], name="x").close()
    assert len(indexed) == 5
    assert sum(entry.name.startswith("s-") for entry in tmp_path.iterdir()) == 1
    # Nothing to go on from is no error.
    Corpus.build(tmp_path, library[:6], name="x", resume=True).close()
    assert len(indexed) == 11


def test_the_old_index_stays_in_force_meanwhile(tmp_path: Path, library: list[Document]) -> None:
    with Corpus.build(tmp_path, library[50:], name="x") as old:
        stopped(tmp_path, until(library, 40))
        assert len(old) == 10
        old.verify()
        stopped(tmp_path, until(library, 45), resume=True)
        assert len(old) == 10
        Corpus.build(tmp_path, library[:45], name="x", resume=True).close()
        assert len(old) == 45


@pytest.mark.parametrize("file", ["checkpoint", "text.bin", "marks.spool", "documents.journal", "documents.meta"])
@pytest.mark.parametrize("damage", ["cut", "gone", "format"])
def test_a_damaged_checkpoint_is_not_used(
    tmp_path: Path, library: list[Document], indexed: list[str], file: str, damage: str
) -> None:
    Corpus.build(tmp_path / "whole", library[:40], name="x").close()
    stopped(tmp_path / "parts", until(library, 40))
    [path] = (tmp_path / "parts").glob(f"s-*/{file}")
    if damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    elif damage == "gone":
        path.unlink()
    else:
        path = path.parent / "checkpoint"
        path.write_text(path.read_text().replace('"format": ', '"format": 9'))
    indexed.clear()
    Corpus.build(tmp_path / "parts", library[:40], name="x", resume=True).close()
    assert len(indexed) == 40
    assert files(tmp_path / "parts") == files(tmp_path / "whole")


_BUILD = textwrap.dedent("""
    import json, sys
    from corpora import Corpus, Document
    from corpora.index import checkpoint
    checkpoint.EVERY = int(sys.argv[3])
    texts = json.load(open(sys.argv[2]))
    print("go", flush=True)
    documents = (Document(id=str(n), text=text) for n, text in enumerate(texts))
    Corpus.build(sys.argv[1], documents, name="x", resume=True)
    print("done", flush=True)
""")


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on(tmp_path: Path, library: list[Document]) -> None:
    rnd = random.Random(8)
    texts = [f"{n} {' '.join(rnd.sample(library[n % 60].text.split(), 400))}" for n in range(400)]
    (tmp_path / "texts").write_text(json.dumps(texts))
    Corpus.build(tmp_path / "whole", [Document(id=str(n), text=text) for n, text in enumerate(texts)], name="x").close()
    killed = 0
    longest = 3.0
    while True:
        builder = subprocess.Popen(
            [sys.executable, "-c", _BUILD, str(tmp_path / "parts"), str(tmp_path / "texts"), str(EVERY)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert builder.stdout is not None
        builder.stdout.readline()
        time.sleep(rnd.uniform(0.02, longest))
        if killed < 5:
            builder.send_signal(signal.SIGKILL)
        builder.wait()
        said = builder.stdout.read()
        builder.stdout.close()
        if "done" in said:
            assert files(tmp_path / "parts") == files(tmp_path / "whole")
            if killed:
                break
            longest *= 0.5
        killed += 1
    Corpus.open(tmp_path / "parts").verify()
