"""The keyed window: one stretch of a document, the same for everybody, wherever the document stands."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora import Corpus, Document
from corpora.text.landmarks import landmarks
from guard.access.window import NOTHING, FixedWindow

KEY = b"sixteen bytes and more"
SHARE = 0.05


def prose(seed: int, words: int = 600) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abcdefghiklmnoprstu", k=chance.randint(2, 9))) for _ in range(words))


def built(folder: Path, *texts: tuple[str, str, str], name: str = "files") -> Corpus:
    documents = [Document(id=one, tenant=tenant, text=text) for one, tenant, text in texts]
    return Corpus.build(folder, documents, name=name)


def shown(window: FixedWindow, corpus: Corpus, name: str, share: float = SHARE) -> str:
    span = window.of(corpus, corpus.info(name), share)
    return corpus.text(name)[span.start : span.end]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [prose(seed) for seed in range(40)]


@pytest.fixture(scope="module")
def corpus(texts, tmp_path_factory) -> Corpus:
    return built(
        tmp_path_factory.mktemp("w") / "i", *((str(number), "acme", text) for number, text in enumerate(texts))
    )


def test_it_is_the_stated_share_and_lies_inside(corpus, texts):
    window = FixedWindow(KEY)
    for number, text in enumerate(texts):
        for share in (0.01, SHARE, 0.5, 1.0):
            span = window.of(corpus, corpus.info(str(number)), share)
            assert 0 <= span.start < span.end <= len(text)
            assert len(span) == int(share * len(text))


def test_the_key_and_nothing_else_decides_where(corpus):
    places = [FixedWindow(KEY).of(corpus, corpus.info(str(number)), SHARE) for number in range(40)]

    assert places == [FixedWindow(KEY).of(corpus, corpus.info(str(number)), SHARE) for number in range(40)]
    others = [FixedWindow(KEY + b"!").of(corpus, corpus.info(str(number)), SHARE) for number in range(40)]
    assert sum(one == other for one, other in zip(places, others, strict=True)) < 8
    # Spread over the documents, not all at their beginning.
    assert len({span.start * 4 // 4000 for span in places}) > 2


def test_another_name_or_corpus_or_place_is_the_same_window(corpus, texts, tmp_path):
    window = FixedWindow(KEY)
    added = built(
        tmp_path / "again", *((f"renamed/{number}", "acme", text) for number, text in enumerate(texts)), name="b"
    )

    for number in range(40):
        assert shown(window, added, f"renamed/{number}") == shown(window, corpus, str(number))


def test_small_edits_elsewhere_leave_it_on_the_same_words(corpus, texts, tmp_path):
    """Ten words in six hundred change: the window moves where they hit its beginning, and nearly nowhere else."""
    chance = random.Random(5)
    edited = []
    for number, text in enumerate(texts):
        words = text.split()
        for _ in range(10):
            words[chance.randrange(len(words))] = "".join(chance.choices("abcdefgh", k=7))
        edited.append((str(number), "acme", "A line that is new.\n" + " ".join(words)))
    again = built(tmp_path / "edited", *edited)
    window = FixedWindow(KEY)

    begins = [
        (shown(window, corpus, str(n)).split()[1:5], shown(window, again, str(n)).split()[1:5]) for n in range(40)
    ]

    # Each edit touches four of 600 runs and writes four new ones: about one in eight may move.
    assert sum(before == after for before, after in begins) >= 30


@given(before=st.integers(0, 300), after=st.integers(0, 300), seed=st.integers(0, 99))
def test_what_is_added_around_a_text_changes_no_landmark_of_it(before, after, seed):
    text = prose(seed, 80)
    longer = f"{prose(seed + 1000, before)} {text} {prose(seed + 2000, after)}"
    inside = {value for value, _ in landmarks(text, 10**6)}

    assert inside <= {value for value, _ in landmarks(longer, 10**6)}


def test_landmarks_are_the_first_places_of_their_runs():
    text = "One, two -- three four five. ONE two three  four"
    found = {offset: text[offset:].split(maxsplit=1)[0] for _, offset in landmarks(text, 99)}

    assert found == {0: "One,", 5: "two", 12: "three", 18: "four", 23: "five."}


@pytest.mark.parametrize("text", ["", "two words", "....", "a"])
def test_a_text_without_landmarks_begins_at_its_beginning(tmp_path, text):
    corpus = built(tmp_path / "i", ("d", "acme", text or " "), ("e", "acme", prose(1)))
    span = FixedWindow(KEY).of(corpus, corpus.info("d"), 0.5)

    assert (span.start, len(span)) == (0, len(text or " ") // 2)


def test_tenants_have_windows_of_their_own(texts, tmp_path):
    corpus = built(
        tmp_path / "i", *((f"{tenant}{n}", tenant, texts[n]) for n in range(20) for tenant in ("acme", "zeta"))
    )
    window = FixedWindow(KEY)

    assert sum(shown(window, corpus, f"acme{n}") == shown(window, corpus, f"zeta{n}") for n in range(20)) < 4


def test_without_a_key_or_text_there_is_none(corpus, texts, tmp_path):
    assert FixedWindow(None).of(corpus, corpus.info("1"), SHARE) == NOTHING
    assert FixedWindow(KEY).of(corpus, corpus.info("1"), 0.0) == NOTHING
    marks = Corpus.build(tmp_path / "m", [Document(id="d", text=texts[0])], name="m", store_text=False)
    assert FixedWindow(KEY).of(marks, marks.info("d"), SHARE) == NOTHING


def test_a_guessable_key_is_refused():
    with pytest.raises(ValueError, match="16"):
        FixedWindow(b"short")
