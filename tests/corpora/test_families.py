"""Families: near-duplicates share an account, whatever their names, and through every rebuild."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document
from corpora.index.documents import DocumentTable
from corpora.index.families import KEPT, RUN, Families, alike, joined, read_families, sketched
from corpora.text.normalize import normalize
from corpora.text.words import words_of
from tests.corpora.conftest import invented_text, invented_words

VOCABULARY = invented_words(4000, seed=5)


def text_of(seed: int, words: int = 400) -> str:
    return invented_text(words, seed, VOCABULARY)


def edited(text: str, seed: int, part: float) -> str:
    """Replace about *part* of the words, here and there, in runs of ten."""
    rnd = random.Random(seed)
    words = text.split()
    for start in range(0, len(words), 10):
        if rnd.random() < part:
            words[start : start + 10] = rnd.choices(VOCABULARY, k=10)
    return " ".join(words)


def family(corpus: Corpus, document_id: str) -> str:
    info = corpus.info(document_id)
    assert info is not None
    return info.family


def build(folder: Path, **texts: str) -> Corpus:
    return Corpus.build(folder, [Document(id=name, text=text) for name, text in texts.items()], name="c")


def test_copies_with_small_edits_share_an_account(tmp_path: Path) -> None:
    memo = text_of(1)
    corpus = build(
        tmp_path,
        memo=memo,
        dated="Filed on the third of May. " + memo,
        shouted=memo.upper().replace(" ", "  "),
        touched=edited(memo, 2, 0.05),
        other=text_of(3),
        half=memo[: len(memo) // 3],
        mixed=memo[: len(memo) // 2] + " " + text_of(4, 200),
    )

    assert [family(corpus, name) for name in ("memo", "dated", "shouted", "touched")] == ["memo"] * 4
    assert [family(corpus, name) for name in ("other", "half", "mixed")] == ["other", "half", "mixed"]


def test_a_chain_of_drifting_copies_does_not_reach_far(tmp_path: Path) -> None:
    """Each copy differs from the one before by a twentieth; the last has little of the first left."""
    chain = [text_of(1, 600)]
    for number in range(60):
        chain.append(edited(chain[-1], number, 0.06))
    corpus = build(tmp_path, **{f"v{number:02d}": text for number, text in enumerate(chain)})
    families = [family(corpus, f"v{number:02d}") for number in range(len(chain))]

    assert families[1] == families[0] == "v00"
    assert families[-1] != "v00"
    first = set(zip(*[chain[0].split()[shift:] for shift in range(RUN)], strict=False))
    for text, name in zip(chain, families, strict=True):
        if name == "v00":
            runs = set(zip(*[text.split()[shift:] for shift in range(RUN)], strict=False))
            assert len(first & runs) / min(len(first), len(runs)) > 0.5


def test_a_rebuild_keeps_the_account_under_another_name_and_with_edits(tmp_path: Path) -> None:
    memo, other = text_of(1), text_of(2)
    build(tmp_path, memo=memo, other=other).close()
    build(tmp_path, renamed=edited(memo, 3, 0.05), other=other).close()
    build(tmp_path, again="Do not pass on. " + edited(memo, 4, 0.05), other=other + " And so on.").close()
    corpus = build(tmp_path, other=text_of(9), last=edited(memo, 5, 0.05), new=text_of(7))

    assert family(corpus, "last") == "memo"
    assert family(corpus, "other") == "other", "edited beyond recognition, under its own name"
    assert family(corpus, "new") == "new"


def test_names_that_change_places_do_not_change_accounts(tmp_path: Path) -> None:
    one, two = text_of(1), text_of(2)
    build(tmp_path, one=one, two=two).close()
    corpus = build(tmp_path, one=two, two=one)

    assert (family(corpus, "one"), family(corpus, "two")) == ("two", "one")


def test_an_update_takes_near_duplicates_into_the_family(tmp_path: Path) -> None:
    memo = text_of(1)
    corpus = build(tmp_path, memo=memo, other=text_of(2))
    corpus.update(add=[Document(id="near", text=edited(memo, 3, 0.05)), Document(id="far", text=text_of(4))])
    assert (family(corpus, "near"), family(corpus, "far")) == ("memo", "far")

    corpus.update(remove=["memo"])
    corpus.update(add=[Document(id="later", text=edited(memo, 5, 0.05))])
    assert family(corpus, "later") == "memo"
    corpus.update(compact=True)
    assert [family(corpus, name) for name in ("near", "later", "far")] == ["memo", "memo", "far"]


def test_ten_thousand_copies_of_a_memo_are_one_family(tmp_path: Path) -> None:
    memo = text_of(1, 120)
    copies = (Document(id=f"copy/{number}", text=f"Copy {number}. {memo}") for number in range(1500))
    corpus = Corpus.build(tmp_path, copies, name="c")

    assert {info.family for info in corpus.documents()} == {"copy/0"}


def test_a_damaged_index_in_the_way_stops_no_build(tmp_path: Path) -> None:
    build(tmp_path, memo=text_of(1)).close()
    for path in tmp_path.glob("*/documents.families"):
        path.write_bytes(b"{}")
    corpus = build(tmp_path, renamed=text_of(1))

    assert family(corpus, "renamed") == "renamed"
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize(
    "raw", [b"", b"{}\n", b"[]\n", b'{"names": 7}\n', b'{"names": [7]}\n', b'{"names": []}\n' + b"\0" * 8, b"\xff\n"]
)
def test_a_damaged_file_is_an_error_that_readers_know(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "documents.families").write_bytes(raw)

    with pytest.raises((ValueError, OSError)):
        read_families(tmp_path)


def test_families_of_other_texts_are_refused(tmp_path: Path) -> None:
    build(tmp_path / "one", a=text_of(1)).close()
    build(tmp_path / "two", a=text_of(1), b=text_of(2)).close()
    (one,) = (tmp_path / "one").glob("*/documents.families")
    (two,) = (tmp_path / "two").glob("*/documents.families")
    one.write_bytes(two.read_bytes())

    with pytest.raises(ValueError, match="do not fit"):
        DocumentTable(one.parent, corpus="c", kind="retrieval")


def words(*texts: str) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """The words of texts as the writer keeps them, and where each text begins."""
    hashes, places, starts, at = [], [], [], 0
    for text in texts:
        folded = normalize(text)
        found = words_of(folded)
        hashes.append(found.hashes & np.uint64(0xFFFFFFFF))
        places.append(folded.origin[found.begin] + at)
        starts.append(at)
        at += len(text)
    return [(np.concatenate(hashes), np.concatenate(places))], np.array(starts, dtype=np.int64)


def chunked(words: list[tuple[np.ndarray, np.ndarray]], size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    (hashes, places) = words[0]
    return [
        (hashes[max(0, at - RUN + 1) : at + size], places[max(0, at - RUN + 1) : at + size])
        for at in range(0, len(hashes), size)
    ]


@pytest.mark.parametrize("size", [7, 50, 333, 10_000])
def test_how_the_words_are_read_does_not_matter(size: int) -> None:
    texts = [text_of(number, count) for number, count in enumerate([300, 3, 40, 5, 1, 900, 120])]
    read, starts = words(*texts)
    sizes, sketches = sketched(read, starts)
    other_sizes, other = sketched(chunked(read, size), starts)

    assert sizes.tolist() == [297, 0, 37, 2, 0, 897, 117] == other_sizes.tolist()
    assert np.array_equal(sketches, other)
    for number, text in enumerate(texts):
        alone, start = words(text)
        assert np.array_equal(sketched(alone, start)[1][0], sketches[number])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.02, 0.5, 0.9]), st.sampled_from([120, 400, 1500]))
def test_alike_means_what_it_says(seed: int, part: float, count: int) -> None:
    one = text_of(seed, count)
    other = edited(one, seed, part)
    read, starts = words(one, other)
    (first, second), (mine, its) = sketched(read, starts)
    runs = [set(zip(*[t.lower().split()[n:] for n in range(RUN)], strict=False)) for t in (one, other)]
    contained = len(runs[0] & runs[1]) / max(min(map(len, runs)), 1)

    if contained > 0.97:
        assert alike(mine, first, its, second)
    if contained < 0.5:
        assert not alike(mine, first, its, second)
    assert alike(mine, first, its, second) == alike(its, second, mine, first)


def test_families_that_are_given_stay() -> None:
    read, starts = words(text_of(1), text_of(1) + " more", text_of(2))
    sizes, sketches = sketched(read, starts)
    before = Families(("old",), np.array([0]), sizes[:1], sketches[:1])

    free = joined(sizes, sketches, given=[None, None, None], own=["a", "b", "c"], before=[before])
    told = joined(sizes, sketches, given=["x", None, None], own=["a", "b", "c"], before=[])
    assert [free.name(number) for number in range(3)] == ["old", "old", "c"]
    assert [told.name(number) for number in range(3)] == ["x", "x", "c"]
    assert sketches.shape == (3, KEPT)


def test_sketches_cost_little(write: Callable[[int, int, list[str]], str]) -> None:
    """Most of a build goes elsewhere: a million words take well under a second."""
    import time

    texts = [text_of(number, 2000) for number in range(5)] * 20
    read, starts = words(*texts)
    began = time.process_time()
    sketched(read, starts)

    assert time.process_time() - began < 2.0
