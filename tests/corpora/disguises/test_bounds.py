"""Whatever a text holds, looking at it ends soon, and what was not looked at is an error."""

from __future__ import annotations

import base64
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.errors import AnswerTooLarge
from corpora.text.disguises import unfinished, views
from tests.corpora.disguises.conftest import Library


def bits(hashes):
    return np.full(len(hashes), 13.0, dtype=np.float32)


def look(text: str) -> None:
    try:
        for view in views(text, bits):
            assert len(view.text) == len(view.starts) == len(view.ends)
            if view.text:
                assert view.starts.min() >= 0
                assert view.ends.max() <= len(text)
                assert (view.ends > view.starts).all()
            assert view.held is None or 0 <= view.held <= len(text)
    except AnswerTooLarge:
        pass


@pytest.mark.parametrize(
    "text",
    [
        "%",
        "&",
        "\\",
        "&#x110000;" * 30,
        "&#99999999;" * 30,
        "\\u{110000}" * 30,
        "U+FFFFFF " * 30,
        "%FF%FE" * 20,
        "A" * 5000,
        "QUJD" * 3000,
        "&nosuch;" * 50,
        "\\ud800" * 30,
        "\\ud83d\\ude00" * 30,
        "=\n" * 50,
        "0x" * 500,
        "MZXW6===" * 50,
        "1 2 3 4 5 6 7 8 9 10",
        "a b c d e f g h i j k l m n o p",
        "\U000e0041" * 50,
    ],
)
def test_broken_encodings_do_no_harm(english: Library, text: str) -> None:
    assert english.corpus.matches(text) == []
    assert 0 <= english.corpus.settled(text) <= len(text)
    look(text)


ALPHABETS = ("&#;%\\ux0aAfF=+/ \n", "0123456789abcdef :x,", "ab cd-\n.", "<>/tdbr ", "QUJDabcd=\n ", "1234567890. ab")


@given(text=st.one_of([st.text(alphabet=alphabet, max_size=400) for alphabet in ALPHABETS]), data=st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_anything_can_be_looked_at(text: str, data: str) -> None:
    for whole in (text + data, data + text * 3, base64.b64encode((text + data).encode("utf-8", "replace")).decode()):
        look(whole)
        assert 0 <= unfinished(whole) <= len(whole)


@pytest.mark.parametrize(
    "unit",
    [
        "QUJD",
        "&",
        "&#65;",
        "%25",
        "a ",
        "a",
        "a-b-",
        "0x41 ",
        "\\u0041",
        "<td>",
        "eht dna ",
        "gur naq ",
        "the of a in ",
        "1 a 2 b ",
        "l33t h4x0r ",
        "65 66 67 ",
        "MZXW6YTB",
        "\u200b",
    ],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    took = []
    for size in (40_000, 160_000):
        text = (unit * (size // len(unit) + 1))[:size]
        look(text[:20_000])
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            look(text)
            best = min(best, time.process_time() - start)
        took.append(best)
    # Four times the text; were time to grow with its square, sixteen times the time.
    assert took[1] <= 8 * took[0] + 0.05, took
    assert took[1] < 4, took


def test_more_disguises_than_are_read_are_an_error_not_clean(english: Library) -> None:
    """A copy behind a wall of disguised chatter is not waved through."""
    chatter = base64.b64encode(b"just words without meaning, one after another").decode()
    near = " ".join([chatter] * 65)
    far = ("\n" + "." * 60 + "\n").join([chatter] * 65)

    assert english.corpus.matches(near) == []
    with pytest.raises(AnswerTooLarge, match="more disguised passages"):
        english.corpus.matches(far)
