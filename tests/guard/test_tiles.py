"""Tiles: the same cuts however much of the text is known."""

from hypothesis import given
from hypothesis import strategies as st

from corpora.span import Span
from guard.tiles import LONGEST_TILE, tile_ends, whole_words

TEXTS = st.text(alphabet="aaab \n文", max_size=120)


@given(text=TEXTS, more=TEXTS)
def test_what_is_a_whole_word_stays_one(text: str, more: str) -> None:
    """A cut that is certain in a prefix is a cut of the whole."""
    cut = whole_words(text, len(text))

    assert 0 <= cut <= len(text)
    if 0 < cut < len(text + more):
        assert cut in tile_ends(text + more, [Span(0, len(text + more))])


@given(text=TEXTS, upto=st.integers(0, 120))
def test_whole_words_never_goes_beyond(text: str, upto: int) -> None:
    assert whole_words(text, upto) <= min(upto, len(text))


@given(text=TEXTS, data=st.data())
def test_cuts_do_not_depend_on_the_ranges_asked_for(text: str, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    every = tile_ends(text, [Span(0, len(text))])

    assert tile_ends(text, spans) == [cut for cut in every if any(span.start < cut < span.end for span in spans)]


def test_golden_cuts() -> None:
    long = "x" * (2 * LONGEST_TILE + 5)

    assert tile_ends("one two  three", [Span(0, 14)]) == [3, 7]
    assert tile_ends(long, [Span(0, len(long))]) == [32, 64]
    assert whole_words("one two thr", 11) == 7
    assert whole_words("one two ", 8) == 7
    assert whole_words("one", 3) == 0
    assert whole_words(long, len(long)) == 64
