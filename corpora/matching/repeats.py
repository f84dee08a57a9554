"""
Short repeats of a text in a few documents: runs of equal words, by a table of all runs of so many words.

Whether a stretch is a repeat depends on the few words around it only, so what is found in the beginning of a text is
found in the whole; streams rely on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.match import Match
from corpora.span import Span
from corpora.text.hashing import mix, run_hashes
from corpora.text.normalize import normalize
from corpora.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    I64 = NDArray[np.int64]
    U64 = NDArray[np.uint64]
    Bools = NDArray[np.bool_]

FLOOR: Final = 5
"""Equal words in a row that are a repeat, if two of any so many say something."""
ALWAYS: Final = 10
"""Equal words in a row that are a repeat whatever they say; also characters, in scripts without spaces."""
_SAYS: Final = 5
"""Folded characters of a word that says something; shorter ones are mostly those that hold sentences together."""
_SAYS_NUMBER: Final = 3
_SAYING: Final = 2
"""Words of :data:`FLOOR` that say something, at least."""
_HOLDERS: Final = 16
"""Documents that are charged for the same few words, the ones named first; who reads many copies pays for some."""


@dataclass(frozen=True, slots=True)
class WordedText:
    """
    A text as words.

    Attributes:
        hashes: uint64, shape ``(w,)``: the words.
        begin: int64, same shape: where each begins in the original text.
        end: int64, same shape: one past its last character there.
        says: bool, same shape: whether the word says something.
        grams: uint64, shape ``(max(0, w - FLOOR + 1),)``: every :data:`FLOOR` words in a row.
    """

    hashes: U64
    begin: I64
    end: I64
    says: Bools
    grams: U64


@dataclass(frozen=True, slots=True)
class RunTable:
    """
    Several documents' grams as one sorted table: the first place of each gram in each document.

    Attributes:
        documents: Ids.
        texts: Their words.
        grams: uint64, sorted.
        document: int64, same shape: the document of each.
        place: int64, same shape: its first word there.
    """

    documents: tuple[str, ...]
    texts: tuple[WordedText, ...]
    grams: U64
    document: I64
    place: I64


def worded(text: str) -> WordedText:
    """Fold *text* and cut it into words."""
    folded = normalize(text)
    words = words_of(folded)
    size = len(words)
    if not size:
        empty = np.zeros(0, np.int64)
        none = np.zeros(0, np.uint64)
        return WordedText(none, empty, empty, np.zeros(0, np.bool_), none)
    lengths = words.end - words.begin
    first = folded.codes[words.begin]
    number = (first >= ord("0")) & (first <= ord("9"))
    says = (lengths >= _SAYS) | (number & (lengths >= _SAYS_NUMBER))
    grams = run_hashes(words.hashes, FLOOR)
    return WordedText(
        words.hashes,
        folded.origin[words.begin].astype(np.int64),
        folded.origin[words.end - 1].astype(np.int64) + 1,
        says,
        mix(grams),
    )


def table_of(documents: tuple[str, ...], texts: tuple[WordedText, ...]) -> RunTable:
    """Return the table of some documents; of equal runs the documents named first come first."""
    if not texts:
        none = np.zeros(0, np.int64)
        return RunTable((), (), np.zeros(0, np.uint64), none, none)
    grams = np.concatenate([text.grams for text in texts])
    document = np.repeat(np.arange(len(texts)), [len(text.grams) for text in texts])
    place = np.concatenate([np.arange(len(text.grams)) for text in texts])
    # Stable: of equal grams the document named first comes first, and in it the first place.
    order = np.argsort(grams, kind="stable")
    grams, document, place = grams[order], document[order], place[order]
    other = np.concatenate(([True], grams[1:] != grams[:-1]))
    new = other | np.concatenate(([True], document[1:] != document[:-1]))
    grams, document, place = grams[new], document[new], place[new]
    begins = np.flatnonzero(other[new])
    rank = np.arange(len(grams)) - np.repeat(begins, np.diff(begins, append=len(grams)))
    few = rank < _HOLDERS
    return RunTable(documents, texts, grams[few], document[few], place[few])


def repeats_in(ours: WordedText, table: RunTable, corpus: str) -> Iterator[Match]:
    """Yield what *ours* repeats of each document, document by document, each in the order of the text."""
    if not len(table.grams):
        return
    low = table.grams.searchsorted(ours.grams)
    hit = np.flatnonzero(table.grams.take(low, mode="clip") == ours.grams)
    if not len(hit):
        return
    low = low[hit]
    counts = table.grams.searchsorted(ours.grams[hit], side="right") - low
    at = np.repeat(hit, counts)
    entry = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts - low, counts)
    document, place = table.document[entry], table.place[entry]
    order = np.argsort(document, kind="stable")
    hits = _Hits(at[order], place[order], document[order])
    hits = hits.only(_repeats(ours, hits))
    runs = hits.runs()
    for number in sorted(set(runs[2].tolist())):
        begin, end, _, shift = runs[:, runs[2] == number]
        yield from _matches(ours, table.texts[number], begin, end, shift, table.documents[number], corpus)


@dataclass(frozen=True, slots=True)
class _Hits:
    """
    Grams that stand in a text and in documents, sorted by document and then by their place in the text.

    Attributes:
        at: int64, shape ``(h,)``: first word in the text.
        place: int64, same shape: first word in the document.
        document: int64, same shape.
    """

    at: I64
    place: I64
    document: I64

    def only(self, which: Bools) -> _Hits:
        """Return some of them."""
        return _Hits(self.at[which], self.place[which], self.document[which])

    def runs(self) -> I64:
        """
        Return what is repeated.

        Returns:
            int64, shape ``(4, r)``: first word, one past the last, document, and how many words further on it is there.

        Every word of the text belongs to the first gram that covers it, so what comes later never moves it.
        """
        if not len(self.at):
            return np.zeros((4, 0), dtype=np.int64)
        same = self.document[1:] == self.document[:-1]
        shift = self.place - self.at
        begin = self.at.copy()
        begin[1:] = np.where(same, np.maximum(self.at[1:], self.at[:-1] + FLOOR), self.at[1:])
        end = self.at + FLOOR
        new = np.concatenate(([True], ~(same & (shift[1:] == shift[:-1]) & (begin[1:] == end[:-1]))))
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(new)) - 1
        return np.stack((begin[first], end[last], self.document[first], shift[first]))


def _repeats(ours: WordedText, hits: _Hits) -> Bools:
    """Say of each hit whether it is a repeat: part of a run that says something, or of a long one."""
    saying = np.concatenate(([0], np.cumsum(ours.says)))
    says = saying[hits.at + FLOOR] - saying[hits.at] >= _SAYING
    linked = (
        (hits.document[1:] == hits.document[:-1])
        & (hits.at[1:] == hits.at[:-1] + 1)
        & (hits.place[1:] == hits.place[:-1] + 1)
    )
    chain = np.cumsum(np.concatenate(([0], ~linked)))
    counts = (np.bincount(chain) > ALWAYS - FLOOR) | (np.bincount(chain, weights=says) > 0)
    repeats: Bools = counts[chain]
    return repeats


def _matches(
    ours: WordedText, theirs: WordedText, first: I64, last: I64, shift: I64, document: str, corpus: str
) -> Iterator[Match]:
    """Yield the match of each run of words ``[first, last)`` with one document."""
    sizes = last - first
    heads = np.cumsum(sizes) - sizes
    words = np.arange(int(sizes.sum())) + np.repeat(first - heads, sizes)
    places = words + np.repeat(shift, sizes)
    begin, end = ours.begin[words], ours.end[words]
    # One character may fold to several words: the first keeps it.
    begin[1:] = np.maximum(begin[1:], np.minimum(end[:-1], end[1:]))
    from_, to = theirs.begin[places], theirs.end[places]
    alike = end - begin == to - from_
    # Words stay together where the characters between them are as many on both sides.
    cut = np.ones(len(words) + 1, dtype=np.bool_)
    cut[1:-1] = ~(alike[1:] & alike[:-1] & (begin[1:] - end[:-1] == from_[1:] - to[:-1]))
    cut[heads] = True
    starts = np.flatnonzero(cut[:-1])
    ends = np.append(starts[1:], len(words)) - 1
    columns = (begin[starts].tolist(), end[ends].tolist(), from_[starts].tolist(), to[ends].tolist())
    pieces = [(Span(a, b), Span(c, d)) for a, b, c, d in zip(*columns, strict=True)]
    bounds = np.append(np.searchsorted(starts, heads), len(starts)).tolist()
    for low, high in pairwise(bounds):
        mine = tuple(piece for piece in pieces[low:high] if len(piece[0]))
        if mine:
            yield Match(
                span=Span(mine[0][0].start, mine[-1][0].end),
                document_id=document,
                corpus=corpus,
                source=Span(mine[0][1].start, mine[-1][1].end),
                similarity=1.0,
                pieces=mine,
            )
