"""The winnowing guarantee, as a law."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.index.marks import GRAM, REACH, WINDOW, winnow
from corpora.text.hashing import HASH_BITS, gram_hashes
from corpora.text.normalize import normalize


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
    assert grams("The merger agreement") == [681659625193, 963308304144, 487120253755]


def test_equal_runs_hash_equally_wherever_they_stand() -> None:
    rnd = random.Random(1)
    text = "".join(rnd.choices("abcdefghij", k=70_000))
    hashes = gram_hashes(normalize(text).codes, GRAM)
    for start in (0, 1, 32_767, 32_768, 40_000, len(hashes) - 1):
        assert grams(text[start : start + GRAM]) == [int(hashes[start])]
    assert int(hashes.max()) < 1 << HASH_BITS
    # Spread evenly: no bit is always set.
    assert int(np.bitwise_and.reduce(hashes)) == 0


def test_too_many_grams_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        winnow(np.zeros(1 << 24, dtype=np.uint64))
