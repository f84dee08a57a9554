"""The law that streams rely on: what is settled never changes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document, Match

Seen = set[tuple[str, int, tuple[int, int]]]


def seen_at(matches: list[Match], position: int) -> Seen:
    """
    Return document, start and source position of every match that covers *position*.

    Not the view: what is plain to see is found in some other readings as well, and those may begin later.
    """
    seen: Seen = set()
    for match in matches:
        for ours, theirs in match.pieces:
            if ours.start <= position < ours.end:
                exact = len(ours) == len(theirs)
                at = theirs.start + position - ours.start if exact else theirs.start
                seen.add((match.document_id, match.span.start, (at, at + 1 if exact else theirs.end)))
    return seen


def assert_settled(corpus: Corpus, text: str, cuts: list[int]) -> None:
    whole = corpus.matches(text)
    assert corpus.settled(text) <= len(text)
    before = 0
    for cut in cuts:
        prefix = text[:cut]
        settled = corpus.settled(prefix)
        assert before <= settled <= cut
        before = settled
        early = corpus.matches(prefix)
        borders = {0, settled - 1}
        for match in (*whole, *early):
            for ours, _ in match.pieces:
                borders |= {ours.start - 1, ours.start, ours.end - 1, ours.end}
        for position in sorted(borders):
            if 0 <= position < settled:
                assert seen_at(early, position) == seen_at(whole, position), (cut, position)


def mixture(library: list[Document], elsewhere: list[str], seed: int) -> str:
    """Return a text of copied, edited and clean stretches, some of them short, some twice."""
    rnd = random.Random(seed)
    parts: list[str] = []
    for _ in range(rnd.randrange(2, 7)):
        kind = rnd.randrange(5)
        length = rnd.choice([5, 12, 20, 40, 90, 200])
        words = rnd.choice(library).text.split()
        start = rnd.randrange(len(words) - 210)
        copied = words[start : start + length]
        if kind == 0:
            at = rnd.randrange(len(elsewhere) - 210)
            parts += elsewhere[at : at + length]
        elif kind == 1:
            parts += [rnd.choice(elsewhere) if rnd.random() < 0.3 else word for word in copied]
        elif kind == 2:
            parts += [*copied, rnd.choice(elsewhere), *copied]
        else:
            parts += copied
    return rnd.choice([" ", "  ", "\n", " \u200b"]).join(parts)


@given(seed=st.integers(0, 10**9), data=st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_settled_never_changes(
    corpus: Corpus, library: list[Document], elsewhere: list[str], seed: int, data: st.DataObject
) -> None:
    text = mixture(library, elsewhere, seed)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=6, max_size=6)))
    assert_settled(corpus, text, cuts)


def test_at_every_cut(corpus: Corpus, library: list[Document], elsewhere: list[str]) -> None:
    copied = library[5].text.split()[100:170]
    text = " ".join(elsewhere[:80] + copied + elsewhere[200:290])
    assert_settled(corpus, text, list(range(0, len(text), 7)))


@pytest.mark.parametrize("words", [150, 400])
def test_little_is_held_back(corpus: Corpus, elsewhere: list[str], words: int) -> None:
    """The promise to streams: never more than 120 words, whatever they say."""
    text = " ".join(elsewhere[:words])
    held = text[corpus.settled(text) :]
    assert len(held.split()) <= 120


def test_a_copy_is_seen_before_it_is_settled(corpus: Corpus, library: list[Document]) -> None:
    """A stream that releases only what is settled has not released a word of a copy that it did not know of."""
    words = library[7].text.split()[:300]
    whole = corpus.matches(" ".join(words))
    for count in range(0, 300, 10):
        prefix = " ".join(words[:count])
        for position in range(0, corpus.settled(prefix), 50):
            assert seen_at(corpus.matches(prefix), position) == seen_at(whole, position) != set()
