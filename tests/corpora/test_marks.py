"""The winnowing guarantee, as a law."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import corpora
from corpora.index.marks import GRAM, REACH, WINDOW
from corpora.index.sketches import ALIKE
from corpora.index.vectors import SketchReader, write_sketches
from corpora.kernels.hashing import gram_hashes
from corpora.kernels.hashing import winnow as winnowed
from corpora.kernels.pairing import SKETCHED, sketches
from corpora.text.hashing import HASH_BITS
from corpora.text.normalize import normalize


def winnow(hashes: np.ndarray) -> np.ndarray:
    return winnowed(hashes, WINDOW)


def grams(text: str) -> list[int]:
    return gram_hashes(normalize(text).codes, GRAM).tolist()


def test_the_reach_is_what_was_promised() -> None:
    assert REACH <= 48


@given(
    common=st.text(alphabet="abcdefgh", min_size=REACH, max_size=2 * REACH),
    sides=st.tuples(*[st.text(alphabet="abcdefgh", max_size=100)] * 4),
)
@settings(max_examples=150, deadline=None)
def test_a_common_run_shares_a_mark(common: str, sides: tuple[str, str, str, str]) -> None:
    stored, asked = sides[0] + common + sides[1], sides[2] + common + sides[3]
    hashes = gram_hashes(normalize(stored).codes, GRAM)
    marks = {int(hashes[i]) for i in winnow(hashes) if len(sides[0]) <= i <= len(sides[0]) + len(common) - GRAM}
    assert marks
    assert marks <= set(grams(asked))


@given(text=st.text(alphabet="ab", max_size=300))
@settings(max_examples=100, deadline=None)
def test_every_window_holds_a_mark(text: str) -> None:
    hashes = gram_hashes(normalize(text).codes, GRAM)
    chosen = winnow(hashes).tolist()
    assert chosen == sorted(set(chosen))
    assert bool(chosen) == bool(len(hashes))
    for start in range(len(hashes) - WINDOW + 1):
        window = range(start, start + WINDOW)
        best = min(window, key=lambda i: (hashes[i], i))
        assert best in chosen


def test_hashes_are_the_same_everywhere() -> None:
    # Stored in every index: a change needs a new format number.
    assert grams("The merger agreement") == [622147716675, 944484827455, 331679234756]


def test_equal_runs_hash_equally_wherever_they_stand() -> None:
    rnd = random.Random(1)
    text = "".join(rnd.choices("abcdefghij", k=70_000))
    hashes = gram_hashes(normalize(text).codes, GRAM)
    for start in (0, 1, 32_767, 32_768, 40_000, len(hashes) - 1):
        assert grams(text[start : start + GRAM]) == [int(hashes[start])]
    assert int(hashes.max()) < 1 << HASH_BITS
    # Spread evenly: no bit is always set.
    assert int(np.bitwise_and.reduce(hashes)) == 0


def test_sketches_forget_order_and_bear_some_replacements() -> None:
    rnd = np.random.default_rng(3)
    words = rnd.integers(0, 1 << 32, size=SKETCHED, dtype=np.uint64)
    other = rnd.integers(0, 1 << 32, size=SKETCHED, dtype=np.uint64)
    edited = words.copy()
    edited[:2] = other[:2]
    codes = sketches(np.concatenate((words, words[::-1], edited, other)), np.arange(4) * SKETCHED)
    differing = [int(np.unpackbits(codes[0] ^ code).sum()) for code in codes]
    assert differing[0] == 0
    assert differing[1] == 0
    assert differing[2] <= ALIKE
    assert differing[3] > 96


def test_the_larger_index_finds_what_the_exact_one_finds(tmp_path: Path) -> None:
    """Brute force against FAISS, below and above the size from which on it is approximate."""
    rnd = np.random.default_rng(4)
    for count, kind in ((3000, "flat"), (24_000, "ivf")):
        directory = tmp_path / kind
        directory.mkdir()
        # Real sketches come in clusters; so do these.
        centres = rnd.integers(0, 256, size=(200, 32), dtype=np.uint8)
        noise = np.packbits(rnd.random((count, 256)) < 0.12, axis=1)
        codes = centres[rnd.integers(0, 200, count)] ^ noise
        assert write_sketches(directory, codes, np.arange(count) * 7) == kind
        reader = SketchReader(directory, kind)
        assert len(reader) == count
        asked = codes[::97] ^ np.packbits(rnd.random((len(codes[::97]), 256)) < 0.06, axis=1)
        query, places = reader.near(asked)
        nearest = {q: int(np.unpackbits(codes ^ asked[q], axis=1).sum(axis=1).argmin()) * 7 for q in range(len(asked))}
        found = sum(nearest[q] in places[query == q].tolist() for q in nearest)
        assert found / len(nearest) >= (1.0 if kind == "flat" else 0.9)
        assert set(places.tolist()) <= set(range(0, 7 * count, 7))


def test_no_sketches_are_none(tmp_path: Path) -> None:
    none = np.zeros((0, 32), dtype=np.uint8)
    assert write_sketches(tmp_path, none, np.zeros(0, dtype=np.int64)) == "none"
    assert [len(part) for part in SketchReader(tmp_path, "none").near(np.zeros((3, 32), dtype=np.uint8))] == [0, 0]


def test_one_file_alone_knows_faiss() -> None:
    root = Path(corpora.__file__).parent
    knowing = [str(file.relative_to(root)) for file in root.rglob("*.py") if "import faiss" in file.read_text()]
    assert knowing == ["index/vectors.py"]
