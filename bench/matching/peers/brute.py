"""Every window against every document: rapidfuzz's partial_ratio_alignment."""

from __future__ import annotations

from typing import Any

from bench.matching.peers.base import Found, library, strides
from bench.matching.texts import Texts

SAMPLE = 1_000_000
"""Bytes of the corpus it is run over: over all of it, one answer would take minutes.  Fewer documents, fewer false
positives, so the sample is in its favour; the documents that the trials copied are in it."""
_WINDOW, _STEP = 60, 30


class BruteForce:
    """Scores an answer by the best alignment of a window of it."""

    name = f"rapidfuzz partial_ratio_alignment over {SAMPLE / 1e6:g} MB"
    names_documents = True
    most = 4

    def __init__(self) -> None:
        self._fuzz: Any = library("rapidfuzz.fuzz")
        self._texts: Texts = []

    def build(self, texts: Texts) -> None:
        """Index the corpus."""
        self._texts = [(name, " ".join(text.lower().split())) for name, text in texts]

    def ask(self, answer: str) -> Found:
        """Look at one answer."""
        words = answer.lower().split()
        best, name = 0.0, ""
        for start in strides(len(words), _WINDOW, _STEP):
            window = " ".join(words[start : start + _WINDOW])
            for document, text in self._texts:
                aligned = self._fuzz.partial_ratio_alignment(window, text, score_cutoff=best)
                if aligned is not None and aligned.score > best:
                    best, name = aligned.score, document
        return Found(best, frozenset({name} if name else ()))
