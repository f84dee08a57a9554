"""MinHash signatures of windows in a table of bands: datasketch's MinHashLSH."""

from __future__ import annotations

from binascii import crc32
from typing import Any

from bench.matching.peers.base import Found, folded, library, strides
from bench.matching.texts import Texts

_WINDOW, _STORED_STEP, _ASKED_STEP = 64, 32, 16
"""Words of a window, and how far apart windows begin in the corpus and in an answer."""
_GRAM = 2
"""Words of a shingle."""
_PERMUTATIONS, _BANDS, _ROWS = 128, 42, 3


class MinHashLsh:
    """Scores an answer by the highest estimated Jaccard similarity of a window of it with one of the corpus."""

    name = "datasketch MinHashLSH"
    names_documents = True
    most = 100

    def __init__(self) -> None:
        self._datasketch = library("datasketch")
        self._table: Any = self._datasketch.MinHashLSH(num_perm=_PERMUTATIONS, params=(_BANDS, _ROWS))
        self._kept: dict[tuple[str, int], Any] = {}

    def build(self, texts: Texts) -> None:
        """Index the corpus."""
        for name, text in texts:
            words = folded(text)
            starts = strides(len(words), _WINDOW, _STORED_STEP)
            for start, signature in zip(starts, self._signatures(words, starts), strict=True):
                key = (name, start)
                self._table.insert(key, signature, check_duplication=False)
                self._kept[key] = signature

    def ask(self, answer: str) -> Found:
        """Look at one answer."""
        words = folded(answer)
        best, documents = 0.0, frozenset[str]()
        for signature in self._signatures(words, strides(len(words), _WINDOW, _ASKED_STEP)):
            for key in self._table.query(signature):
                likeness = signature.jaccard(self._kept[key])
                if likeness > best:
                    best, documents = likeness, frozenset({key[0]})
                elif likeness == best:
                    documents |= {key[0]}
        return Found(best, documents)

    def _signatures(self, words: list[str], starts: Any) -> list[Any]:
        hashes = [
            crc32(" ".join(words[place : place + _GRAM]).encode()) for place in range(max(len(words) - _GRAM + 1, 1))
        ]
        windows = [hashes[start : start + _WINDOW - _GRAM + 1] for start in starts]
        made: list[Any] = self._datasketch.MinHash.bulk(windows, num_perm=_PERMUTATIONS, hashfunc=_as_it_is)
        return made


def _as_it_is(value: int) -> int:
    return value
