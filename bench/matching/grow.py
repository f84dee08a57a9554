"""
Documents in any number, made of real ones.

Each takes phrases of two to six words from eight real documents in turn and replaces one word in five by another word
of the corpus.  Words, pairs of words and topics are as frequent as in real text, but nothing longer than six words is
copied, so that the real documents stay the only origin of what the bench plants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from bench.matching.texts import Texts

HOW = "phrases of 2 to 6 words, each document from 8 real ones, one word in five replaced by another word of the corpus"
_SOURCES = 8
_POOL_BYTES = 24_000_000
"""Bytes of real text that is taken apart; bounds the memory."""


def grown(texts: Texts, size: int, *, seed: int = 11) -> Iterator[tuple[str, str]]:
    """Yield documents of *size* bytes together."""
    rnd = np.random.default_rng(seed)
    pool: list[list[str]] = []
    total = 0
    for _, text in texts:
        if total > _POOL_BYTES:
            break
        pool.append(re.findall(r"\S+\s*", text))
        total += len(text.encode())
    every = [word for document in pool for word in document]
    pool = [document for document in pool if len(document) > 50]
    made = number = 0
    while made < size:
        text = _document(pool, every, rnd)
        made += len(text.encode())
        yield f"grown/{number}", text
        number += 1


def _document(pool: list[list[str]], every: list[str], rnd: np.random.Generator) -> str:
    sources = [pool[place] for place in rnd.integers(len(pool), size=_SOURCES).tolist()]
    length = int(rnd.lognormal(6.7, 0.8)) + 60
    pieces: list[str] = []
    which, where = rnd.integers(_SOURCES, size=length).tolist(), rnd.random(length).tolist()
    for source, begin, words in zip(which, where, rnd.integers(2, 7, size=length).tolist(), strict=True):
        if len(pieces) >= length:
            break
        taken = sources[source]
        start = int(begin * (len(taken) - words))
        pieces += taken[start : start + words]
    changed = range(int(rnd.integers(5)), len(pieces), 5)
    for place, other in zip(changed, rnd.integers(len(every), size=len(changed)).tolist(), strict=True):
        pieces[place] = every[other]
    return "".join(pieces)
