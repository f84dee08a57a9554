"""Edits of a copied passage, word by word."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

Words = list[str]
Edit = Callable[[Words, random.Random, Words], Words]
"""(words of the passage, random numbers, words to insert) -> edited words."""

SENTENCE = 12
"""Words of what is shuffled as a sentence: passages of technical text often hold no full stop."""


def random_edits(rate: float) -> Edit:
    """Edit that share of the words: a third each is replaced, left out, or followed by another word."""
    return partial(_random_edits, rate)


def _random_edits(rate: float, words: Words, rnd: random.Random, other: Words) -> Words:
    edited: Words = []
    for word in words:
        kind = rnd.randrange(3) if rnd.random() < rate else 3
        if kind != 1:
            edited.append(rnd.choice(other) if kind == 0 else word)
        if kind == 2:
            edited.append(rnd.choice(other))
    return edited


def every(step: int) -> Edit:
    """Replace every *step*-th word."""
    return lambda words, rnd, other: [
        rnd.choice(other) if place % step == step - 1 else word for place, word in enumerate(words)
    ]


def filler(step: int) -> Edit:
    """Put another word after every *step*-th one."""
    return lambda words, rnd, other: [
        part
        for place, word in enumerate(words)
        for part in ([word, rnd.choice(other)] if place % step == step - 1 else [word])
    ]


def swapped(words: Words, _rnd: random.Random, _other: Words) -> Words:
    """Swap neighbours in pairs."""
    edited = list(words)
    for place in range(0, len(edited) - 1, 2):
        edited[place], edited[place + 1] = edited[place + 1], edited[place]
    return edited


def numbered(words: Words, _rnd: random.Random, _other: Words) -> Words:
    """Put its number before every word."""
    return [part for number, word in enumerate(words, 1) for part in (f"{number}.", word)]


def shuffled(words: Words, rnd: random.Random, _other: Words) -> Words:
    """Shuffle pieces of :data:`SENTENCE` words."""
    pieces = [words[start : start + SENTENCE] for start in range(0, len(words), SENTENCE)]
    rnd.shuffle(pieces)
    return [word for piece in pieces for word in piece]


PATTERNS: dict[str, Edit] = {
    "every 4th word replaced": every(4),
    "every 3rd word replaced": every(3),
    "every 2nd word replaced": every(2),
    "filler after every 2nd word": filler(2),
    "filler after every word": filler(1),
    "adjacent pairs swapped": swapped,
    "every word numbered": numbered,
    "sentences shuffled": shuffled,
}
