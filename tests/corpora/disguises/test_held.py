"""What is settled never changes, whatever disguise comes later."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.corpora.disguises.conftest import Library
from tests.corpora.disguises.disguises import FOLDED, NESTED, READ

ALL = FOLDED | READ | NESTED


def covering(library: Library, text: str) -> list[tuple[str, int, int]]:
    return [(match.document_id, match.span.start, match.span.end) for match in library.corpus.matches(text)]


@given(seed=st.integers(0, 10**6), name=st.sampled_from(sorted(ALL)), data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_disguise_is_held_back_until_it_is_read(english: Library, seed: int, name: str, data: st.DataObject) -> None:
    rnd = random.Random(seed)
    _, passage = english.passage(rnd, rnd.choice([20, 60, 110]))
    text = f"{english.clean(rnd, rnd.randrange(1, 200))} {ALL[name](passage)} {english.clean(rnd, 250)}"
    whole = covering(english, text)
    last = 0
    for cut in sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=6, max_size=6))):
        settled = english.corpus.settled(text[:cut])
        assert last <= settled <= cut
        last = settled
        early = covering(english, text[:cut])
        for position in {0, settled - 1, *range(0, settled, 23)}:
            if 0 <= position < settled:
                one, other = (
                    {(document, start) for document, start, end in found if start <= position < end}
                    for found in (early, whole)
                )
                assert one == other, (cut, position)


@pytest.mark.parametrize("name", ["hex", "rot13", "letters apart", "unicode escapes", "numbered words"])
def test_what_comes_after_a_disguise_is_not_held_back(name: str, english: Library) -> None:
    """A disguise holds a stream up no longer than it lasts."""
    rnd = random.Random(4)
    _, passage = english.passage(rnd)
    text = f"{READ[name](passage)} {english.clean(rnd, 300)}"
    assert len(text[english.corpus.settled(text) :].split()) <= 120


LONG = ["hex", "base64", "rot13", "backwards", "words in reverse", "unicode escapes", "letters apart", "leetspeak"]


@pytest.mark.parametrize("name", LONG)
def test_a_long_disguise_is_held_back_as_far_as_it_may_change(name: str, english: Library) -> None:
    """Several windows of disguised text: what is settled in the middle of it stays."""
    for seed in range(2):
        rnd = random.Random(seed)
        passages = " ".join(english.passage(rnd, 120)[1] for _ in range(4))
        before = english.clean(rnd, 40)
        text = f"{before} {ALL[name](passages)} {english.clean(rnd, 200)}"
        whole = covering(english, text)
        for cut in range(len(before), len(text), len(text) // 9):
            settled = english.corpus.settled(text[:cut])
            early = covering(english, text[:cut])
            for position in range(len(before), settled, 31):
                one, other = (
                    {(document, start) for document, start, end in found if start <= position < end}
                    for found in (early, whole)
                )
                assert one == other, (seed, cut, position)
