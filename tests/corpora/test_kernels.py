"""The compiled loops against slow ones, and what holds whatever they are given."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.index.postings import MARKS, PAIRS, PostingReader, PostingWriter
from corpora.kernels.alternate import judge
from corpora.kernels.gathering import gather, lonely
from corpora.kernels.weighing import count_words, window_bits
from corpora.matching.align import PRICES, THRESHOLD

HASHES = st.lists(st.tuples(st.integers(0, 40).map(lambda n: n << 33), st.integers(0, (1 << 24) - 1)), max_size=200)


@given(entries=HASHES, asked=st.lists(st.integers(0, 45).map(lambda n: n << 33), max_size=40), most=st.integers(1, 9))
@settings(max_examples=60)
def test_a_table_finds_what_was_put_in(
    tmp_path_factory, entries: list[tuple[int, int]], asked: list[int], most: int
) -> None:
    stored: dict[int, set[int]] = defaultdict(set)
    for value, place in entries:
        stored[value].add(place)
    for layout in (MARKS, PAIRS):
        directory = tmp_path_factory.mktemp("table")
        writer = PostingWriter(directory, layout)
        writer.add(
            np.array([value for value, _ in entries], dtype=np.uint64), np.array([place for _, place in entries])
        )
        writer.finish(lambda hashes, _: np.ones(len(hashes), dtype=np.bool_))
        writer.abandon()
        query, place, count = PostingReader(directory, layout).find(np.array(asked, dtype=np.uint64), most)
        found = list(zip(query.tolist(), place.tolist(), count.tolist(), strict=True))
        wanted = [
            (number, place, len(stored[value]))
            for number, value in enumerate(asked)
            if len(stored[value]) <= most
            for place in sorted(stored[value])
        ]
        assert found == wanted


SEEDS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 6), st.integers(0, 12), st.integers(1, 30), st.integers(0, 1)),
    min_size=1,
    max_size=40,
)


@given(rows=SEEDS, evidence=st.integers(10, 60))
@settings(max_examples=200)
def test_stretches_are_those_that_a_count_by_hand_finds(
    rows: list[tuple[int, int, int, int, int]], evidence: int
) -> None:
    rows.sort(key=lambda row: row[2])
    head = np.array([row[0] for row in rows])
    tail = head + np.array([row[1] for row in rows])
    block = np.array([row[2] for row in rows])
    gain = np.array([row[3] for row in rows], dtype=np.float32)
    kind = np.array([row[4] for row in rows], dtype=np.uint8)
    windows = 1 + max(0, -(-(210 - 96) // 24))
    found = gather(head, tail, block, gain, kind, np.full(210, 4.0), 0, windows, 96, 24, float(evidence), 12.0, 100)

    wanted = set()
    before: set[int] = set()
    for window in range(windows):
        inside = [n for n in range(len(rows)) if head[n] >= window * 24 and tail[n] < window * 24 + 96]
        sums: dict[int, float] = defaultdict(float)
        for n in inside:
            sums[int(block[n])] += float(gain[n])
        now = set()
        for first, here in sums.items():
            both = here + sums.get(first + 1, 0.0)
            left = sums[first - 1] + here if first - 1 in sums else -1.0
            right = sums[first + 1] + sums.get(first + 2, 0.0) if first + 1 in sums else -1.0
            words: set[int] = set()
            for n in inside:
                if block[n] in {first, first + 1}:
                    words |= set(range(head[n], tail[n] + 1)) if kind[n] else {int(head[n]), int(tail[n])}
            if both < evidence or left >= both or right > both or 4.0 * len(words) < 12.0:
                continue
            now.add(first)
            new = any(block[n] in {first, first + 1} and tail[n] >= window * 24 + 72 for n in inside)
            if new or first not in before or window == 0:
                wanted.add((window, first))
        before = now
    assert set(zip(found[0].tolist(), found[1].tolist(), strict=True)) == wanted


@given(rows=SEEDS, evidence=st.integers(10, 60))
@settings(max_examples=100)
def test_no_seed_is_lonely_that_two_blocks_hold_enough_around(
    rows: list[tuple[int, int, int, int, int]], evidence: int
) -> None:
    place = np.array([row[2] * 300 for row in rows])
    gain = np.array([row[3] for row in rows], dtype=np.float32)
    kept = set(lonely(place, gain, 9, float(evidence)).tolist())
    for n in range(len(rows)):
        for start in range(int(place[n]) - 1023, int(place[n]) + 1, 11):
            here = gain[(place >= start) & (place < start + 1024)].sum()
            assert here < evidence or n in kept


WORDS = st.lists(st.integers(1, 30), min_size=1, max_size=96)


def judged(answer: list[int], source: list[int], each: float = 11.0):
    hashes, words = np.array(answer, dtype=np.uint64), np.array(source, dtype=np.uint64)
    return judge(hashes, np.full(len(answer), each), words, PRICES)[:3]


@given(answer=WORDS, source=WORDS)
@settings(max_examples=200)
def test_what_is_called_copied_is_equal_and_in_order(answer: list[int], source: list[int]) -> None:
    rows, begins, scores = judged(answer, source)
    assert (scores >= THRESHOLD).all()
    bounds = [*begins.tolist(), len(rows)]
    covered: set[int] = set()
    for first, last in pairwise(bounds):
        at = -1
        for begin, place, size in rows[first:last].tolist():
            assert size > 0
            assert begin > at
            assert answer[begin : begin + size] == source[place : place + size]
            at = begin + size - 1
        span = set(range(int(rows[first][0]), at + 1))
        assert not span & covered
        covered |= span


@given(copied=st.integers(12, 60), before=st.integers(0, 30), after=st.integers(0, 30), skipped=st.integers(0, 40))
@settings(max_examples=100)
def test_a_copy_is_found_to_the_word(copied: int, before: int, after: int, skipped: int) -> None:
    source = list(range(1000, 1200))
    answer = [*range(before), *source[skipped : skipped + copied], *range(500, 500 + after)]
    rows, begins, _ = judged(answer, source)
    assert rows.tolist() == [[before, skipped, copied]]
    assert begins.tolist() == [0]


SAID = {"filled": [12.0, 6.5, 4.0, 4.0], "replaced": [8.0, 3.0, 3.0], "exchanged": [8.0, 3.0, 3.0]}
"""Bits of words, as content and function words follow one another, that say too little where each stands alone."""


@given(size=st.integers(42, 47), before=st.integers(0, 2), way=st.sampled_from(sorted(SAID)))
@settings(max_examples=30)
def test_every_second_word_is_a_copy_still(size: int, before: int, way: str) -> None:
    source = np.arange(1, size + 1, dtype=np.uint64)
    answer, bits = source.copy(), np.resize(SAID[way], size)
    if way == "filled":
        answer, bits = np.stack((source, source + np.uint64(1000)), axis=1).ravel(), np.repeat(bits, 2)
    elif way == "replaced":
        answer[1::2] += np.uint64(1000)
    else:
        pairs = size // 2 * 2
        for words in (answer, bits):
            words[:pairs] = words[:pairs].reshape(-1, 2)[:, ::-1].ravel()
    answer = np.concatenate((np.arange(5000, 5000 + before, dtype=np.uint64), answer))
    bits = np.concatenate((np.full(before, 4.0), bits))
    rows, begins, scores, alternate = judge(answer, bits, source, PRICES)

    assert (len(begins), alternate) == (1, True)
    assert scores[0] >= THRESHOLD
    assert all((answer[at : at + n] == source[place : place + n]).all() for at, place, n in rows.tolist())
    assert len({place for _, place, _ in rows.tolist()}) >= (size if way == "filled" else size // 2) - 4


def test_every_second_word_by_chance_is_none() -> None:
    # The same words at every second place, in any order: a common topic.
    rnd = np.random.default_rng(5)
    for _ in range(50):
        source = np.arange(1, 91, dtype=np.uint64)
        answer = np.stack((rnd.permutation(source)[:45], np.arange(1000, 1045, dtype=np.uint64)), axis=1).ravel()
        _, begins, _, _ = judge(answer, np.resize(SAID["filled"], len(answer)), source, PRICES)
        assert not len(begins)


def test_parts_in_another_order_are_one_copy() -> None:
    source = list(range(1000, 1100))
    answer = source[40:52] + source[0:12] + source[80:92]
    rows, begins, _ = judged(answer, source, each=6.0)
    assert len(begins) == 1
    assert rows.tolist() == [[0, 40, 12], [12, 0, 12], [24, 80, 12]]


@given(words=st.lists(st.integers(0, 5), max_size=60), cut=st.integers(0, 60))
def test_words_are_counted_once_for_each_neighbour(words: list[int], cut: int) -> None:
    counts, met = np.zeros(8, dtype=np.int64), np.zeros(1 << 13, dtype=np.uint8)
    hashes = np.array(words, dtype=np.uint64)
    total = count_words(hashes, met, counts, 16)
    pairs = set(pairwise(words))
    assert total == len(pairs)
    assert counts.tolist() == [sum(first == word for first, _ in pairs) for word in range(8)]
    assert count_words(hashes[:cut], met, counts, 16) == 0


@given(words=st.lists(st.integers(0, 9), min_size=1, max_size=50), places=st.lists(st.integers(0, 99), max_size=200))
def test_said_again_a_word_says_less_and_never_more(words: list[int], places: list[int]) -> None:
    hashes = np.array(words, dtype=np.uint64)
    begin = np.arange(len(words)) * 4
    counts = np.zeros(4 * len(words), dtype=np.int32)
    counts[: len(places)] = places[: len(counts)]
    bits = np.full(len(words), 8.0)
    alone = window_bits(hashes, bits, begin, begin + 4, np.zeros_like(counts), 16, 0, len(words))
    common = window_bits(hashes, bits, begin, begin + 4, counts, 16, 0, len(words))
    again = [words[:n].count(word) for n, word in enumerate(words)]
    assert alone.tolist() == [8.0 * [1.0, 0.5, 0.25, 0.125, 0.0][min(n, 4)] for n in again]
    assert (common <= alone).all()
    assert (common >= alone / 2).all()
