"""Exact n-grams in a Bloom filter, as in Data Portraits (Marone and Van Durme, NeurIPS 2023): rbloom."""

from __future__ import annotations

from typing import Any

from bench.matching.peers.base import Found, folded, library
from bench.matching.texts import Texts

_GRAM = 4
_WINDOW = 60
_FALSE = 1e-4
"""False positives of the filter."""


class BloomFilter:
    """Scores an answer by the known n-grams in its best window; cannot say where they come from."""

    name = "Bloom filter of 4-grams (rbloom)"
    names_documents = False
    most = 300

    def __init__(self) -> None:
        self._rbloom = library("rbloom")
        self._known: Any = None

    def build(self, texts: Texts) -> None:
        """Index the corpus."""
        self._known = self._rbloom.Bloom(sum(len(text) for _, text in texts) // 4 + 1000, _FALSE)
        for _, text in texts:
            self._known.update(_grams(folded(text)))

    def ask(self, answer: str) -> Found:
        """Look at one answer."""
        hits = [gram in self._known for gram in _grams(folded(answer))]
        count = best = sum(hits[:_WINDOW])
        for place in range(_WINDOW, len(hits)):
            count += hits[place] - hits[place - _WINDOW]
            best = max(best, count)
        return Found(float(best))


def _grams(words: list[str]) -> list[str]:
    return [" ".join(words[place : place + _GRAM]) for place in range(len(words) - _GRAM + 1)]
