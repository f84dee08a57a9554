from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.regurgitation.rouge import best_rouge_l, cut, rouge_l, word_spans, words

_WORDS = st.lists(st.sampled_from("abcdef"), max_size=12)


def _longest_common(left, right):
    """The slow, obvious table."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if one == other else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


@settings(max_examples=150, deadline=None)
@given(_WORDS, _WORDS)
def test_rouge_l_against_the_table(reference, candidate):
    total = len(reference) + len(candidate)
    expected = 2 * _longest_common(reference, candidate) / total if reference and candidate else 0.0

    assert rouge_l(reference, candidate) == pytest.approx(expected)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=9), st.lists(st.sampled_from("abcxyz"), max_size=40))
def test_the_shortcut_changes_nothing(reference, answer):
    """Windows that are skipped because of their words could not have been the best."""
    best = 0.0
    for size in (len(reference), 2 * len(reference)):
        last = max(0, len(answer) - size)
        for start in {*range(0, last, max(1, len(reference) // 8)), last}:
            best = max(best, rouge_l(reference, answer[start : start + size]))

    assert best_rouge_l(reference, answer) == pytest.approx(best)
    assert best_rouge_l(reference, answer, floor=0.5) == pytest.approx(best if best > 0.5 else 0.0)


def test_a_chunk_is_found_wherever_it_stands():
    dice = random.Random(3)
    chunk = [f"c{dice.randrange(60)}" for _ in range(100)]
    filler = [f"f{number}" for number in range(400)]

    for place in (0, 37, 250, 400):
        assert best_rouge_l(chunk, filler[:place] + chunk + filler[place:]) > 0.85


def test_a_filler_after_every_word_does_not_hide_it():
    chunk = [f"c{number}" for number in range(100)]
    woven = [word for pair in zip(chunk, ["uh"] * 100, strict=True) for word in pair]

    assert best_rouge_l(chunk, ["before"] * 70 + woven + ["after"] * 70) > 0.6


def test_common_words_from_all_over_do_not_add_up():
    chunk = ["the", "of", "and", "to"] * 12 + [f"rare{number}" for number in range(52)]
    talk = [word for number in range(300) for word in ("the", f"x{number}", f"y{number}", "of", f"z{number}")]

    assert best_rouge_l(chunk, talk) < 0.5


@pytest.mark.parametrize(
    ("count", "chunks"),
    [
        (0, []),
        (7, [(0, 7)]),
        (100, [(0, 100)]),
        (119, [(0, 119)]),
        (120, [(0, 100), (100, 120)]),
        (250, [(0, 100), (100, 200), (200, 250)]),
    ],
)
def test_chunks(count, chunks):
    assert cut(count) == chunks


def test_words_lose_case_and_punctuation():
    assert words("The Straße—CLOSED, at 9!") == ["the", "strasse", "closed", "at", "9"]
    assert word_spans("Ah, no") == [("ah", 0, 2), ("no", 4, 6)]
