"""Folding: what it makes of a text, and the way back."""

from __future__ import annotations

import random
import unicodedata

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from corpora.span import Span
from corpora.text.normalize import normalize
from corpora.text.words import LONGEST, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Merger Agreement", "mergeragreement"),
        ("ＭＥＲＧＥＲ", "merger"),
        ("mer\u00adger\u200bs", "mergers"),
        ("m\u0301e\u0308rger", "merger"),
        ("m e r-g_e.r", "merger"),
        ("straße ﬁnal", "strassefinal"),
        ("Сорy рaste", "copypaste"),
        ("don't don’t", "dontdont"),
        ("١٢٣ ４５ ²", "123452"),
        ("𝐛𝐨𝐥𝐝 𝒾𝓉", "boldit"),
        ("한국", unicodedata.normalize("NFKD", "한국")),
        ("ｶﾞ ガ", "カカ"),
        ("合併契約", "合併契約"),
        ("İstanbul ılık", "istanbulilik"),
        ("\U0001f600 !? \t\n", ""),
        ("a\ud800b", "ab"),
        ("", ""),
    ],
)
def test_folded_form(text: str, folded: str) -> None:
    assert normalize(text).text == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one two-three", ["one", "two", "three"]),
        ("don't", ["dont"]),
        ("mer\u200bger", ["merger"]),
        ("合併x契", ["合", "併", "x", "契"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("a" * 60, ["a" * 24, "a" * 24, "a" * 12]),
        ("x, , y", ["x", "y"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    folded = normalize(text)
    found = words_of(folded)
    assert [folded.text[a:b] for a, b in zip(found.begin, found.end, strict=True)] == words


TEXTS = st.text(alphabet=st.characters() | st.sampled_from("aA ßﬁé\u0301\u200b\u00adＡ½㎏"), max_size=60)


@given(text=TEXTS, data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_span_survives_the_way_back(text: str, data: st.DataObject) -> None:
    folded = normalize(text)
    assume(len(folded))
    start = data.draw(st.integers(0, len(folded) - 1))
    end = data.draw(st.integers(start + 1, len(folded)))

    original = folded.to_original(Span(start, end))

    assert folded.text[start:end] in normalize(original.of(text)).text
    # Both ends of the range belong to it: no shorter range of the original gives as much.
    assert len(normalize(original.of(text)[1:]).text) < len(normalize(original.of(text)).text)
    assert len(normalize(original.of(text)[:-1]).text) < len(normalize(original.of(text)).text)


@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


@given(text=TEXTS, more=TEXTS)
@settings(max_examples=150, deadline=None)
def test_what_comes_later_changes_only_the_last_word(text: str, more: str) -> None:
    short, long = normalize(text), normalize(text + more)
    assert long.text.startswith(short.text)
    before, after = words_of(short), words_of(long)
    assert np.array_equal(before.hashes[:-1], after.hashes[: max(len(before) - 1, 0)])
    assert len(after) >= len(before)


@given(text=st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=20))
@example("ﬀ")
@settings(max_examples=150, deadline=None)
def test_case_width_and_marks_do_not_matter(text: str) -> None:
    folded = normalize(text).text
    assert normalize("\u200b".join(text)).text == folded
    assert normalize("".join(char + "\u0301" for char in text)).text == folded
    assert normalize(unicodedata.normalize("NFKC", text)).text == normalize(unicodedata.normalize("NFKD", text)).text


def test_a_long_text_folds_like_its_parts() -> None:
    rnd = random.Random(3)
    # Where no spaces are written, a word knows the character before it: parts begin with a letter.
    parts = ["a" + "".join(rnd.choices("abc ﬁß Ünï\u200b,合", k=997)) + "\n" for _ in range(200)]
    whole = normalize("".join(parts))
    assert whole.text == "".join(normalize(part).text for part in parts)
    hashes = np.concatenate([words_of(normalize(part)).hashes for part in parts])
    assert np.array_equal(words_of(whole).hashes, hashes)
    assert whole.origin.tolist() == sorted(whole.origin.tolist())


@pytest.mark.parametrize("span", [Span(0, 0), Span(0, 4), Span(2, 9)])
def test_a_range_outside_is_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="is not a range"):
        normalize("abc").to_original(span)


def test_word_hashes_differ_for_anagrams_and_prefixes() -> None:
    words = ["ab", "ba", "abc", "a", "b", "aa", "aaa", "b" * LONGEST]
    assert len(set(words_of(normalize(" ".join(words))).hashes.tolist())) == len(words)
