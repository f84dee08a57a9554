"""Documents in and out of a corpus without a rebuild: all at once, seen by every reader, like a build from scratch."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document
from corpora.errors import CorpusBusy, CorpusError, CorpusNotFound, DocumentError, DocumentNotFound
from corpora.index import change
from corpora.index.compaction import MOST_SEGMENTS, to_merge
from corpora.index.directory import writing
from tests.corpora.test_settled import assert_settled, mixture

Write = Callable[[int, int, list[str]], str]


@pytest.fixture
def built(tmp_path: Path, library: list[Document]) -> Corpus:
    """Return a corpus of one's own, large enough for one more document to be a segment of its own."""
    return Corpus.build(tmp_path / "corpus", library[:30], name="library")


@pytest.fixture
def fresh(write: Write, vocabulary: list[str]) -> list[Document]:
    """Documents that the library does not have, of 300 words."""
    return [Document(id=f"new/{n}", text=write(300, 5000 + n, vocabulary)) for n in range(12)]


def everything(directory: Path) -> dict[str, bytes]:
    return {str(file.relative_to(directory)): file.read_bytes() for file in directory.rglob("*") if file.is_file()}


def named(corpus: Corpus, document: Document) -> set[str]:
    """Return the documents named for 60 words out of the middle of *document*."""
    return {match.document_id for match in corpus.matches(" ".join(document.text.split()[100:160]))}


def segments(corpus: Corpus) -> int:
    return int(corpus.stats()["segments"])


# -- what an update does --------------------------------------------------------------------------------------------


def test_added_documents_match_and_removed_ones_do_not(built: Corpus, library: list[Document], fresh: list[Document]):
    done = built.update(add=fresh[:2], remove=["doc/3", "doc/4"])

    assert (done.added, done.replaced, done.removed, done.unchanged) == (2, 0, 2, 0)
    assert len(built) == 30
    assert named(built, fresh[0]) == {"new/0"}
    assert named(built, library[3]) == set()
    assert named(built, library[5]) == {"doc/5"}
    assert built.info("doc/3") is None
    assert built.text("doc/3") is None
    assert built.text("new/1") == fresh[1].text
    assert "doc/4" not in {info.id for info in built.documents()}
    built.verify()


def test_an_id_that_is_there_is_replaced(built: Corpus, library: list[Document], fresh: list[Document]):
    done = built.update(add=[Document(id="doc/7", text=fresh[0].text, label="restricted")])

    assert (done.added, done.replaced) == (0, 1)
    assert len(built) == 30
    assert named(built, fresh[0]) == {"doc/7"}
    assert named(built, library[7]) == set()
    info = built.info("doc/7")
    assert info is not None
    assert info.label == "restricted"
    # Once more, now that it stands in another segment.
    built.update(add=[library[7]])
    assert named(built, library[7]) == {"doc/7"}
    assert named(built, fresh[0]) == set()


def test_new_rights_hold_at_once(built: Corpus, library: list[Document]):
    document = library[8]
    built.update(add=[Document(id=document.id, text=document.text, label="restricted", readers=frozenset({"user:a"}))])

    info = built.info(document.id)
    assert info is not None
    assert (info.label, info.readers, info.title) == ("restricted", {"user:a"}, "")
    assert named(built, document) == {document.id}


def test_what_is_there_already_is_left_as_it_is(built: Corpus, library: list[Document]):
    version = built.version
    done = built.update(add=library[:30])

    assert (done.added, done.replaced, done.unchanged) == (0, 0, 30)
    assert built.version == version
    # Removed and added in one breath, it is there afterwards.
    done = built.update(add=[library[2]], remove=["doc/2"])
    assert (done.added, done.replaced, done.removed) == (0, 1, 0)
    assert named(built, library[2]) == {"doc/2"}


def test_nothing_to_do(built: Corpus):
    version = built.version
    built.update()
    assert built.version == version


def test_documents_are_taken_one_at_a_time(built: Corpus, fresh: list[Document]):
    seen: list[tuple[int, int]] = []
    asked: list[int] = []

    def documents() -> Iterator[Document]:
        for number, document in enumerate(fresh):
            asked.append(number)
            # All that came before has been taken in, none is waiting.
            assert len(seen) == number
            yield document

    built.update(add=documents(), progress=lambda *at: seen.append(at))
    assert seen[-1] == (len(fresh), sum(len(document.text) for document in fresh))


def test_like_a_build_from_scratch(tmp_path: Path, library: list[Document], fresh: list[Document]):
    """After any sequence of changes: the same documents, texts and labels, and the same documents named."""
    rnd = random.Random(7)
    pool = [*library[:24], *fresh]
    holds = {document.id: document for document in pool[:16]}
    corpus = Corpus.build(tmp_path / "corpus", holds.values(), name="x")
    most = 0
    for step in range(14):
        leaving = rnd.sample(sorted(holds), rnd.randrange(min(4, len(holds))))
        coming = {
            document.id: Document(id=document.id, text=rnd.choice(pool).text, label=rnd.choice(["public", "internal"]))
            for document in rnd.sample(pool, rnd.randrange(3))
        }
        corpus.update(add=iter(coming.values()), remove=leaving, compact=step == 9)
        holds = {key: document for key, document in holds.items() if key not in leaving} | coming
        most = max(most, segments(corpus))
        assert len(corpus) == len(holds)
        assert {info.id: info.label for info in corpus.documents()} == {d.id: d.label for d in holds.values()}
        assert all(corpus.text(document.id) == document.text for document in holds.values())
        for document in rnd.sample(pool, 6):
            assert named(corpus, document) == {other.id for other in holds.values() if other.text == document.text}
    corpus.verify()
    assert 1 < most <= MOST_SEGMENTS


def test_everything_removed_and_added_again(built: Corpus, library: list[Document], fresh: list[Document]):
    built.update(remove=[f"doc/{n}" for n in range(30)])

    assert len(built) == 0
    assert built.matches(library[0].text) == []
    assert built.settled(library[0].text) == len(library[0].text)
    assert list(built.documents()) == []
    built.verify()
    assert built.stats()["bytes"] == 0
    with Corpus.open(built.directory) as again:
        assert len(again) == 0
    built.update(add=fresh[:1])
    assert named(built, fresh[0]) == {"new/0"}


def test_a_small_addition_takes_over_how_rare_words_are(built: Corpus, fresh: list[Document]):
    built.update(add=fresh[:1])
    old, new = (
        built.directory / segment["name"]
        for segment in json.loads((built.directory / f"{built.version}.json").read_text())["segments"]
    )
    assert (old / "words.weights").read_bytes() == (new / "words.weights").read_bytes()
    first, second = built._now().snapshot.segments
    assert first.weights is second.weights


def test_the_family_outlives_edits_and_removal(built: Corpus, library: list[Document], fresh: list[Document]):
    def family(document_id: str) -> str:
        info = built.info(document_id)
        assert info is not None
        return info.family

    built.update(add=[Document(id="copy", text=library[1].text)])
    assert family("copy") == "doc/1"
    built.update(remove=["doc/1"])
    assert family("copy") == "doc/1"
    built.update(add=[Document(id="copy", text=fresh[0].text)])
    assert family("copy") == "doc/1"
    built.update(compact=True)
    assert family("copy") == "doc/1"
    built.update(add=[Document(id="doc/1", text=library[1].text), Document(id="renamed", text=library[2].text)])
    assert (family("doc/1"), family("renamed")) == ("doc/1", "doc/2")


# -- what it refuses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("add", "remove", "message"),
    [
        ([], ["doc/1", "nobody", "nothing"], "no document 'nobody', 'nothing' in 'library'; nothing was changed"),
        ([], "doc/1", "a list of document ids"),
        ([], [7], "no document 7"),
        ([Document(id="a", text="x"), Document(id="a", text="y")], [], "'a' is used twice"),
        ([Document(id="doc/1", text="x"), Document(id="doc/1", text="y")], [], "'doc/1' is used twice"),
        ([Document(id="a", text="x"), {"id": "b"}], [], "not from dict"),
    ],
)
def test_a_bad_update_changes_nothing(built: Corpus, add: list[Document], remove: list[str], message: str):
    before = everything(built.directory)
    with pytest.raises(DocumentError, match=message):
        built.update(add=add, remove=remove)
    assert everything(built.directory) == before
    assert len(built) == 30


def test_an_unknown_id_has_an_error_of_its_own(built: Corpus):
    with pytest.raises(DocumentNotFound, match=r"'no/0', .* and 4 more"):
        built.update(remove=[f"no/{n}" for n in range(9)])


def test_the_same_document_twice_is_refused_in_either_order(built: Corpus, library: list[Document]):
    other = Document(id="doc/5", text="Something else.")
    for pair in ([library[5], other], [other, library[5]]):
        with pytest.raises(DocumentError, match="'doc/5' is used twice"):
            built.update(add=pair)


def test_a_failing_source_changes_nothing(built: Corpus, fresh: list[Document]):
    before = everything(built.directory)

    def failing() -> Iterator[Document]:
        yield fresh[0]
        raise RuntimeError("the disk of the source is gone")

    with pytest.raises(RuntimeError, match="source is gone"):
        built.update(add=failing(), remove=["doc/1"])
    assert everything(built.directory) == before


def test_a_source_that_cannot_be_read_says_so_itself(built: Corpus, tmp_path: Path, fresh: list[Document]):
    def missing() -> Iterator[Document]:
        yield fresh[0]
        yield Document(id="file", text=(tmp_path / "nowhere").read_text())

    before = everything(built.directory)
    for call in (
        lambda: built.update(add=missing()),
        lambda: Corpus.build(built.directory, missing(), name="library"),
    ):
        with pytest.raises(FileNotFoundError, match="nowhere"):
            call()
    assert everything(built.directory) == before


_FULL = textwrap.dedent("""
    import resource, signal, sys
    from corpora import Corpus, Document
    from corpora.errors import CorpusUnwritable
    corpus = Corpus.open(sys.argv[1])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
    for options in ({"add": [Document(id="new", text="A new one. " * 900)]}, {"compact": True, "remove": ["doc/1"]}):
        try:
            corpus.update(**options)
        except CorpusUnwritable as error:
            assert "cannot be written" in str(error)
        else:
            raise SystemExit("it was written")
    assert len(corpus) == 30
""")


def test_a_full_disk_changes_nothing(built: Corpus):
    before = everything(built.directory)
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(built.directory)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert everything(built.directory) == before


def test_one_writer_at_a_time(built: Corpus, fresh: list[Document]):
    with writing(built.directory), pytest.raises(CorpusBusy):
        built.update(add=fresh[:1])


def test_a_closed_corpus_is_not_changed(built: Corpus):
    built.close()
    with pytest.raises(CorpusError, match="closed"):
        built.update(remove=["doc/1"])


# -- compaction -----------------------------------------------------------------------------------------------------


def test_removed_text_leaves_the_disk(built: Corpus, library: list[Document]):
    secret = library[9].text[500:560].encode()
    built.update(remove=["doc/9"])
    assert any(secret in data for data in everything(built.directory).values())
    built.update(compact=True)
    assert not any(secret in data for data in everything(built.directory).values())
    assert not any(b"Document 9" in data for data in everything(built.directory).values())
    assert segments(built) == 1
    assert built.stats()["removed"] == 0
    version = built.version
    built.update(compact=True)
    assert built.version == version


def test_segments_stay_few_and_little_removed_text_stays(built: Corpus, library: list[Document], fresh: list[Document]):
    for document in fresh:
        built.update(add=[document])
        assert segments(built) <= MOST_SEGMENTS
    for number in range(20):
        built.update(remove=[f"doc/{number}"])
        assert int(built.stats()["removed"]) <= 0.25 * (len(built) + int(built.stats()["removed"])) + 1
    for document in fresh:
        assert named(built, document) == {document.id}
    assert {named(built, document) == {document.id} for document in library[20:30]} == {True}


@pytest.mark.parametrize("rights", ["few", "half"])
def test_copies_that_were_left_out_are_found_once_the_others_go(
    tmp_path: Path, library: list[Document], write: Write, vocabulary: list[str], rights: str
):
    """Of a passage in very many documents only some are stored; removing just those must not leave the rest unfound."""
    memo = write(40, 77, vocabulary)
    staff = frozenset({"group:staff"})
    documents = [
        Document(id=f"memo/{n}", text=f"{write(250, 7000 + n, vocabulary)} {memo}", readers=staff) for n in range(90)
    ]
    secret = [
        Document(id=f"secret/{n}", text=f"{write(250, 8000 + n, vocabulary)} {memo}", label="restricted")
        for n in range(6)
    ]
    corpus = Corpus.build(tmp_path, [*library, *documents, *secret], name="x")
    before = {match.document_id for match in corpus.matches(f"He said: {memo}")}
    stored = sorted(before & {one.id for one in (secret if rights == "few" else documents)})
    assert 2 <= len(stored) < (6 if rights == "few" else 90)
    leaving = stored if rights == "few" else stored[: len(stored) // 2 + 4]
    corpus.update(remove=leaving)

    after = {match.document_id for match in corpus.matches(f"He said: {memo}")}
    assert not after & set(leaving)
    if rights == "few":
        assert any(one.startswith("secret/") for one in after)
    else:
        assert sum(one.startswith("memo/") for one in after) >= 50
    # What is no danger to the others is only hidden.
    version = segments(corpus), int(corpus.stats()["removed"])
    corpus.update(remove=["doc/1"])
    assert (segments(corpus), int(corpus.stats()["removed"])) == (version[0], version[1] + 1)


@given(sizes=st.lists(st.integers(0, 10**9), min_size=1, max_size=9), kept=st.lists(st.floats(0, 1), min_size=9))
@settings(max_examples=300, deadline=None)
def test_what_is_merged(sizes: list[int], kept: list[float]):
    chosen = to_merge(sizes, kept[: len(sizes)])
    left = [size for place, size in enumerate(sizes) if place not in chosen]
    after = sorted(left + ([sum(sizes[place] for place in chosen)] if chosen else []))
    assert chosen == sorted(set(chosen))
    if sum(sizes) < 2**32:
        assert len(after) <= MOST_SEGMENTS
        assert all(kept[place] >= 0.75 for place in range(len(sizes)) if place not in chosen)
    assert sum(sizes[place] for place in chosen) < 2**32


def test_few_merges_however_a_corpus_grows():
    """Every text is written anew a few times, not once for every change."""
    segments, written, total = [0], 0, 0
    for step in range(3000):
        new = 1000 + step % 7 * 500
        total += new
        segments.append(new)
        chosen = to_merge(segments, [1.0] * len(segments))
        if chosen:
            merged = sum(segments[place] for place in chosen)
            written += merged
            segments = [*(size for place, size in enumerate(segments) if place not in chosen), merged]
        assert len(segments) <= MOST_SEGMENTS
    assert written < 60 * total


def test_five_segments_of_very_different_size_become_fewer():
    assert to_merge([10**8, 10**7, 10**6, 10**5], [1.0] * 4) == []
    assert to_merge([10**8, 10**7, 10**6, 10**5, 10**4], [1.0] * 5) == [1, 2, 3, 4]
    assert to_merge([10**8, 10**7, 3 * 10**6], [1.0] * 3) == [1, 2]
    assert to_merge([10**8, 10**7], [0.7, 1.0]) == [0]
    assert to_merge([3 * 10**9, 2 * 10**9], [1.0, 1.0]) == []


def test_what_is_settled_never_changes_in_several_segments(
    built: Corpus, library: list[Document], elsewhere: list[str], fresh: list[Document]
):
    built.update(add=fresh[:1])
    built.update(remove=["doc/7"])
    assert segments(built) == 2
    for seed in range(6):
        text = mixture([*library[:30], fresh[0], fresh[0]], elsewhere, seed)
        assert_settled(built, text, list(range(0, len(text), max(1, len(text) // 8))))


def test_without_texts_nothing_is_rewritten(tmp_path: Path, library: list[Document], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(change, "MOST_UNMERGED", 3)
    corpus = Corpus.build(tmp_path, library[:10], name="x", store_text=False)
    corpus.update(add=[library[11]], remove=["doc/1", "doc/2", "doc/3"])
    assert named(corpus, library[11]) == {"doc/11"}
    assert named(corpus, library[2]) == set()
    assert corpus.text("doc/11") is None
    with pytest.raises(CorpusError, match="keeps no texts, so it cannot be compacted; build the index again"):
        corpus.update(compact=True)
    corpus.update(add=[library[12]])
    version = corpus.version
    with pytest.raises(CorpusError, match="build the index again"):
        corpus.update(add=[library[13]])
    assert corpus.version == version
    corpus.update(remove=["doc/11"])
    assert segments(corpus) == 2


# -- readers --------------------------------------------------------------------------------------------------------


def test_every_open_corpus_follows(built: Corpus, library: list[Document], fresh: list[Document]):
    with Corpus.open(built.directory) as other:
        kept = other.matches(library[3].text[:400])
        assert kept
        built.update(add=fresh[:1], remove=["doc/3"])
        assert other.matches(library[3].text[:400]) == []
        assert named(other, fresh[0]) == {"new/0"}
        assert other.info("doc/3") is None
        assert len(other) == len(built) == 30
        assert other.version == built.version
        assert other.stats() == built.stats()
        Corpus.build(built.directory, fresh[:2], name="library").close()
        assert len(other) == 2
        other.verify()


def test_a_directory_that_now_holds_another_corpus_is_not_read(built: Corpus, fresh: list[Document]):
    for name, kind in (("other", "retrieval"), ("library", "training")):
        Corpus.build(built.directory, fresh[:1], name=name, kind=kind).close()
        with pytest.raises(CorpusError, match=f"now holds the {kind} corpus '{name}' in place of the retrieval corpus"):
            built.matches("anything")
    assert (built.name, built.kind) == ("library", "retrieval")


def test_a_version_that_cannot_be_read_is_an_error_not_the_old_one(built: Corpus):
    """Fail closed: what the version in force protects is not known."""
    (built.directory / "current").write_text("v-20990101T000000-00000000\n")
    for call in (lambda: built.matches("x"), lambda: built.info("doc/1"), lambda: len(built), built.verify):
        with pytest.raises(CorpusError):
            call()


def test_what_was_read_last_holds_where_the_directory_is_gone(built: Corpus, library: list[Document], tmp_path: Path):
    built.directory.rename(tmp_path / "moved")
    assert named(built, library[3]) == {"doc/3"}
    with pytest.raises(CorpusNotFound):
        Corpus.open(built.directory)
    (tmp_path / "moved").rename(built.directory)


def test_readers_in_threads_see_before_or_after(built: Corpus, write: Write, vocabulary: list[str]):
    """Two documents are always changed together; nobody ever sees one of them without the other."""

    def pair(number: int) -> list[Document]:
        text = write(60, 9000 + number, vocabulary)
        return [Document(id=key, text=f"{key} {text}", title=str(number)) for key in ("left", "right")]

    built.update(add=pair(0))
    stop = threading.Event()
    wrong: list[object] = []
    looks = 0

    def look() -> None:
        nonlocal looks
        while not stop.is_set():
            try:
                built.matches(pair(0)[0].text)
                titles = [info.title for info in built.documents() if info.id in {"left", "right"}]
                if len(titles) != 2 or titles[0] != titles[1]:
                    wrong.append(titles)
                looks += 1
            except Exception as error:  # noqa: BLE001 - told to the test
                wrong.append(error)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, 9):
        built.update(add=pair(number), compact=number == 5)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert looks > 3
