"""Disguises are undone before matching, and places are those of the disguised text."""

from __future__ import annotations

import base64
import codecs
import random
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Corpus, Document

LEET = str.maketrans("oeast", "03457")


def wrapped(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


DISGUISES: dict[str, tuple[str, Callable[[str], str]]] = {
    "base64": ("base64", lambda text: base64.b64encode(text.encode()).decode()),
    "base64 in lines": ("base64", wrapped),
    "base64 for addresses": ("base64", lambda text: base64.urlsafe_b64encode(text.encode()).decode()),
    "hex": ("hex", lambda text: text.encode().hex()),
    "hex apart": ("hex", lambda text: text.encode().hex(" ")),
    "rot13": ("rot13", lambda text: codecs.encode(text, "rot13")),
    "backwards": ("backwards", lambda text: text[::-1]),
    "leetspeak": ("leetspeak", lambda text: text.translate(LEET)),
    "percent": ("escapes", lambda text: "".join(f"%{ord(char):02X}" for char in text)),
    "percent for addresses": ("escapes", urllib.parse.quote),
    "entities": ("escapes", lambda text: "".join(f"&#{ord(char)};" for char in text)),
    "hexadecimal entities": ("escapes", lambda text: "".join(f"&#x{ord(char):x};" for char in text)),
    "unicode escapes": ("escapes", lambda text: "".join(f"\\u{ord(char):04x}" for char in text)),
    "rot13 in base64": (
        "base64+rot13",
        lambda text: base64.b64encode(codecs.encode(text, "rot13").encode()).decode(),
    ),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguised_copy_is_found(name: str, corpus: Corpus, library: list[Document], elsewhere: list[str]) -> None:
    view, disguise = DISGUISES[name]
    found = 0
    for seed in range(20):
        rnd = random.Random(seed)
        document = rnd.choice(library)
        words = document.text.split()
        start = rnd.randrange(len(words) - 60)
        hidden = disguise(" ".join(words[start : start + 60]))
        before, after = " ".join(elsewhere[:60]), " ".join(elsewhere[100:150])
        answer = f"{before} {hidden} {after}"
        there = range(len(before) + 1, len(before) + 1 + len(hidden))
        covered: set[int] = set()
        for match in corpus.matches(answer):
            assert match.document_id == document.id
            assert match.pieces[0][0].start == match.span.start
            assert match.pieces[-1][0].end == match.span.end
            at = match.span.start
            for ours, theirs in match.pieces:
                assert ours.start == at
                assert theirs.end <= len(document.text)
                at = ours.end
            if match.view == view:
                covered |= set(range(match.span.start, match.span.end))
        found += len(covered & set(there)) > 0.8 * len(hidden)
        assert len(covered - set(there)) < 20
    assert found >= 19


@given(seed=st.integers(0, 10**6), name=st.sampled_from(sorted(DISGUISES)), data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_disguise_is_held_back_until_it_is_read(
    corpus: Corpus, library: list[Document], elsewhere: list[str], seed: int, name: str, data: st.DataObject
) -> None:
    """The law of settled prefixes holds for disguises as well."""
    rnd = random.Random(seed)
    words = rnd.choice(library).text.split()
    start = rnd.randrange(len(words) - 110)
    hidden = DISGUISES[name][1](" ".join(words[start : start + rnd.choice([20, 60, 110])]))
    at = rnd.randrange(3000)
    text = " ".join(
        [*elsewhere[at : at + rnd.randrange(150)], hidden, *elsewhere[at + 200 : at + rnd.randrange(200, 400)]]
    )
    whole = corpus.matches(text)
    last = 0
    for cut in sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=8, max_size=8))):
        settled = corpus.settled(text[:cut])
        assert last <= settled <= cut
        last = settled
        early = corpus.matches(text[:cut])
        for position in {0, settled - 1, *range(0, settled, 23)}:
            if not 0 <= position < settled:
                continue
            one, other = (
                {(m.document_id, m.span.start) for m in found if m.span.start <= position < m.span.end}
                for found in (early, whole)
            )
            assert one == other, (cut, position)


@pytest.mark.parametrize(
    "text",
    [
        "%",
        "&",
        "\\",
        "&#x110000;",
        "&#99999999;",
        "%FF%FE" * 20,
        "A" * 5000,
        "QUJD" * 3000,
        "&nosuch;" * 50,
        "\\ud800" * 30,
    ],
)
def test_broken_encodings_do_no_harm(corpus: Corpus, text: str) -> None:
    assert corpus.matches(text) == []
    assert 0 <= corpus.settled(text) <= len(text)


@given(text=st.text(alphabet="&#;%\\ux0aAfF=+/ \n", max_size=300))
@settings(max_examples=60, deadline=None)
def test_anything_can_be_looked_at(corpus: Corpus, text: str) -> None:
    corpus.matches(text)
    assert 0 <= corpus.settled(text) <= len(text)


def test_more_encoded_passages_than_are_read_are_an_error_not_clean(tmp_path):
    """A copy behind a wall of encoded chatter is not waved through."""
    from corpora.errors import AnswerTooLarge

    corpus = Corpus.build(
        tmp_path / "wall", [Document(id="d", text="Seven herons stood on the weir. " * 3)], name="wall"
    )
    chatter = " ".join(base64.b64encode(f"just words without meaning {n}".encode()).decode() for n in range(65))

    with pytest.raises(AnswerTooLarge, match="64 encoded passages"):
        corpus.matches(chatter)
