"""A text that grows: whatever the steps, the follower says what the corpus says."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document
from corpora.errors import LONGEST_TEXT, AnswerTooLarge
from corpora.matching import matcher as matching


def answers(library: list[Document], elsewhere: list[str]) -> list[str]:
    """Plain, edited and disguised copies in text of other origin; the last one is longer than a slab of windows."""
    rnd = random.Random(2)
    made = []
    for number in range(6):
        words: list[str] = []
        for _ in range(4):
            document = rnd.choice(library).text.split()
            start = rnd.randrange(len(document) - 70)
            copied = document[start : start + 70]
            if number % 3 == 1:
                copied = [rnd.choice(elsewhere) if rnd.random() < 0.3 else word for word in copied]
            if number % 3 == 2:
                copied = [base64.b64encode(" ".join(copied).encode()).decode()]
            at = rnd.randrange(len(elsewhere) - 90)
            words += elsewhere[at : at + rnd.randrange(20, 90)] + copied
        made.append(" ".join(words))
    made.append(" ".join(elsewhere[:3200] + library[0].text.split()[:90] + elsewhere[3200:3400]))
    return made


@given(data=st.data())
@settings(max_examples=40)
def test_it_says_at_every_length_what_the_corpus_says(
    data: st.DataObject, corpus: Corpus, library: list[Document], elsewhere: list[str]
) -> None:
    text = data.draw(st.sampled_from(answers(library, elsewhere)[:-1]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=1, max_size=6)))
    follower = corpus.follow()
    for end in [*cuts, len(text)]:
        assert follower.look(text[:end]) == (corpus.matches(text[:end]), corpus.settled(text[:end]))


def test_more_windows_than_are_looked_up_at_once(corpus: Corpus, library: list[Document], elsewhere: list[str]) -> None:
    text = answers(library, elsewhere)[-1]
    follower = corpus.follow()
    for end in range(len(text) * 3 // 4, len(text), 700):
        follower.look(text[:end])
    assert follower.look(text) == (corpus.matches(text), corpus.settled(text))
    assert follower.look(text)[0]


def test_full_windows_are_looked_through_once(
    corpus: Corpus, library: list[Document], elsewhere: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = answers(library, elsewhere)[0]
    looked: list[int] = []

    def counted(*arguments):
        for found in candidates(*arguments):
            looked.append(found.window)
            yield found

    candidates = matching.candidates
    monkeypatch.setattr(matching, "candidates", counted)
    corpus.matches(text)
    once = len(looked)
    looked.clear()
    follower = corpus.follow()
    for end in range(0, len(text), 150):
        follower.look(text[:end])
    assert once
    assert len(looked) < 3 * once


def test_another_text_is_looked_at_from_its_beginning(corpus: Corpus, library: list[Document]) -> None:
    follower = corpus.follow()
    for document in library[:3]:
        text = document.text[:900]
        assert follower.look(text) == (corpus.matches(text), corpus.settled(text))


def test_it_stays_with_its_version(tmp_path: Path, library: list[Document]) -> None:
    corpus = Corpus.build(tmp_path, library[:2], name="x")
    follower = corpus.follow()
    corpus.update(remove=[library[0].id])
    assert {match.document_id for match in follower.look(library[0].text)[0]} == {library[0].id}
    assert corpus.follow().look(library[0].text)[0] == []


def test_too_long_a_text_is_refused(corpus: Corpus) -> None:
    with pytest.raises(AnswerTooLarge, match="at most"):
        corpus.follow().look("a" * (LONGEST_TEXT + 1))


def test_a_corpus_warms_up_with_and_without_texts(tmp_path: Path, library: list[Document]) -> None:
    for store_text in (True, False):
        with Corpus.build(tmp_path / str(store_text), library[:2], name="x", store_text=store_text) as corpus:
            corpus.warm()
            corpus.update(remove=[document.id for document in library[:1]])
            corpus.warm()
