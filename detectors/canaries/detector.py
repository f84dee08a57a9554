"""The detector: all readings of a text, the letters of each, and the markers among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.planting.markers import Mark, valid_key
from corpora.span import Span
from corpora.text.disguises import View, views
from corpora.text.normalize import normalize
from detectors.canaries.escapes import numbered, unescaped
from detectors.canaries.letters import LENGTH, search
from detectors.canaries.sources import MarkedDocuments
from detectors.finding import Finding, Kind, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.corpus import Corpus

RULE: Final = "canary"
REACH: Final = 448
"""Code points that an encoded marker takes at most, and after which it is known; matching waits for as many."""


class CanaryDetector:
    """
    Finds markers made by :func:`corpora.planting.marker` with one of the keys.

    Seen through: case, width, look-alikes and leetspeak; spaces, hyphens and whatever else stands between the letters;
    letters or groups in reverse; shifts of the alphabet; every encoding that :mod:`corpora.text.disguises` reads, and
    one of these inside another.  A marker without its head is found, and one that was cut off after eight signs.

    Args:
        keys: The keys of markers, at least one.
        corpora: Where the documents are looked up that markers were planted in; findings name them.

    Raises:
        ValueError: There is no key, or one is shorter than :data:`corpora.planting.MIN_KEY_LENGTH` bytes.
    """

    name = "canaries"

    def __init__(self, *keys: bytes, corpora: Sequence[Corpus] = ()) -> None:
        if not keys:
            raise ValueError("markers need at least one key")
        self._keys = tuple(valid_key(key) for key in keys)
        self._documents = MarkedDocuments(corpora, self._keys)

    def detect(self, answer: str) -> list[Finding]:
        """
        Return one finding per marker, in order of place; overlapping ones are one.

        Raises:
            corpora.errors.CorpusError: A corpus cannot be read, or more is hidden in the answer than is read.
        """
        found: list[tuple[Span, Mark]] = list(_plain(answer, self._keys))
        for view in _readings(answer):
            if view.text:
                found += _placed(_plain(view.text, self._keys), view.starts, view.ends)
        united: list[tuple[Span, set[Source]]] = []
        for span, mark in sorted(found, key=lambda one: one[0]):
            documents = self._documents.of(mark)
            end = united[-1][0].end if united else 0
            if span.start < end and span.end - end < end - span.start:
                before, known = united[-1]
                united[-1] = (Span(before.start, max(end, span.end)), known)
                known.update(documents)
            else:
                # Two markers in one encoding may share a sign, and are two.
                united.append((Span(max(span.start, end), span.end), set(documents)))
        return [
            Finding(kind=Kind.CANARY, rule=RULE, span=span, documents=tuple(sorted(documents)))
            for span, documents in united
        ]

    def settled(self, answer: str) -> int:
        """See :meth:`detectors.base.Detector.settled`: the end of the answer may still become a marker."""
        # The readings are not asked: what they hold of markers is complete, and read, within REACH.
        folded = normalize(answer)
        kept = len(folded) - LENGTH + 1
        return min(int(folded.origin[kept]) if kept > 0 else 0, max(len(answer) - REACH, 0))


def _readings(text: str) -> Iterator[View]:
    yield from views(text, _bits)
    for reading in (unescaped(text), numbered(text)):
        if reading is not None:
            yield reading


def _plain(text: str, keys: Sequence[bytes]) -> Iterator[tuple[Span, Mark]]:
    """Yield the markers in one reading, with their places in it."""
    folded = normalize(text)
    for seen in search(folded.text, folded.starts, keys):  # type: ignore[arg-type]  # an array of bools serves
        yield folded.to_original(Span(seen.start, seen.end)), seen.mark


def _placed(
    found: Iterator[tuple[Span, Mark]], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Iterator[tuple[Span, Mark]]:
    for span, mark in found:
        placed = Span(int(starts[span.start : span.end].min()), int(ends[span.start : span.end].max()))
        if len(placed) <= REACH:
            yield placed, mark


def _bits(hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
    """Say that all words are equally rare: where words end does not matter to markers."""
    return np.full(len(hashes), 8.0, dtype=np.float32)
