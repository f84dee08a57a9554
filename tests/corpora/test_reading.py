"""Words read straight from the stored texts are those that folding and cutting give."""

from pathlib import Path

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpora.index.textstore import BLOCK, TextReader, TextWriter
from corpora.kernels.reading import read_words
from corpora.text.folding import TABLE
from corpora.text.normalize import code_points, normalize_codes
from corpora.text.words import LONGEST, words_of

# Long enough words, every kind of letter, letters that fold to several, marks, signs, scripts without spaces.
ALPHABET = "abcXYZ019 \n-.,'ßŒﬁ½éñΩжاไทย漢字かなﷺ🅰\u00ad\u0301\u200b"
PIECES = st.lists(
    st.one_of(
        st.text(ALPHABET, max_size=40), st.just("x" * 70), st.just("漢字仮名交じり文" * 5), st.just("plain words " * 30)
    ),
    max_size=8,
)


@given(
    pieces=PIECES, before=st.sampled_from([0, 7, BLOCK - 5, BLOCK]), start=st.integers(0, 50), cut=st.integers(0, 50)
)
@example(pieces=["ﷺ" * 60], before=0, start=0, cut=0)
@settings(max_examples=150)
def test_words_are_those_of_the_folded_text(
    tmp_path_factory, pieces: list[str], before: int, start: int, cut: int
) -> None:
    codes = code_points("y" * before + "".join(pieces))
    directory: Path = tmp_path_factory.mktemp("texts")
    writer = TextWriter(directory)
    writer.append(codes)
    writer.close()
    reader = TextReader(directory)
    low = min(before + start, len(codes))
    high = max(low, len(codes) - cut)
    wanted = words_of(normalize_codes(codes[low:high])).hashes

    assert np.array_equal(_words(reader, low, high), wanted)


def test_a_script_not_met_before_and_a_file_cut_off_read_as_nothing(tmp_path: Path) -> None:
    codes = code_points("ᚠᚢᚦᚨᚱᚲ runes nobody has folded yet")
    writer = TextWriter(tmp_path)
    writer.append(codes)
    writer.close()
    reader = TextReader(tmp_path)
    TABLE.ready[codes[0] >> 8] = False

    assert not len(_words(reader, 0, len(codes)))
    TABLE.prepare(codes)
    assert len(_words(reader, 0, len(codes))) == 6
    reader.raw = reader.raw[:20]
    assert not len(_words(reader, 0, len(codes)))


def _words(reader: TextReader, low: int, high: int) -> np.ndarray:
    return read_words(
        reader.raw, reader.blocks, BLOCK, low, high, TABLE.ready, TABLE.kinds, TABLE.entries, *TABLE.expansions, LONGEST
    )
