"""Copied passages are found in every disguise, and placed in the disguised text."""

from __future__ import annotations

import random
import statistics

import pytest

from tests.corpora.disguises.conftest import Library
from tests.corpora.disguises.disguises import FOLDED, NESTED, READ

TRIALS = 12
ALL = FOLDED | READ | NESTED


@pytest.mark.parametrize("name", ALL)
def test_a_disguised_copy_is_found_and_placed(name: str, english: Library) -> None:
    overlaps = []
    for seed in range(TRIALS):
        rnd = random.Random(seed)
        document, passage = english.passage(rnd)
        hidden = ALL[name](passage)
        before = english.clean(rnd, rnd.randrange(1, 200)) + " "
        answer = f"{before}{hidden} {english.clean(rnd, 60)}"
        true = range(len(before), len(before) + len(hidden))
        covered: set[int] = set()
        for match in english.corpus.matches(answer):
            assert match.pieces[0][0].start == match.span.start
            assert match.pieces[-1][0].end == match.span.end
            at = match.span.start
            for ours, theirs in match.pieces:
                assert ours.start == at
                assert theirs.end <= len(document.text) or match.document_id != document.id
                at = ours.end
            if match.document_id == document.id:
                covered |= set(range(match.span.start, match.span.end))
        overlaps.append(len(covered & set(true)) / len(covered | set(true)))
    assert sum(overlap > 0.5 for overlap in overlaps) >= TRIALS - 1
    assert statistics.median(overlaps) >= 0.95


@pytest.mark.parametrize("name", READ)
def test_the_reading_says_which_disguise_it_was(name: str, english: Library) -> None:
    _, passage = english.passage(random.Random(1))
    views = {match.view for match in english.corpus.matches(READ[name](passage))}
    assert views - {"plain"}
