"""Answers that copied nothing: windows of 300 words that share no run of eight words with what is indexed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bench.matching.runs import RUN, sharing
from bench.matching.texts import Library, Texts

WORDS = 300
"""Words of an answer."""
LONGEST = 4_000
"""Characters of an answer, layout apart: mails hold attachments that are three hundred "words" of base64."""


@dataclass(frozen=True, slots=True)
class Answers:
    """
    Clean answers of one corpus, each of :data:`WORDS` words.

    Attributes:
        unrelated: Of other matters.
        siblings: Of documents held back from the packages that are indexed: same authors, same phrases.
        legal: Of licences held back.
        raw: Mails as they travel, with headers and encodings.
    """

    unrelated: list[str]
    siblings: list[str]
    legal: list[str]
    raw: list[str] = field(default_factory=list)

    @property
    def negatives(self) -> list[str]:
        """The hard ones."""
        return self.siblings + self.legal


def clean_answers(library: Library, indexed: Callable[[], Iterable[str]], *, unrelated: int, hard: int) -> Answers:
    """
    Choose the answers.

    Args:
        library: Where they come from.
        indexed: Called once; all texts of the corpus.
        unrelated: Answers of unrelated text wanted; fewer where there is less text.
        hard: Hard negatives wanted, a quarter of them of licences where there are as many.
    """
    loose = windows(library.unrelated, unrelated + unrelated // 20 + 20, seed=1)
    siblings = windows(library.held, 4 * hard, seed=2)
    legal = windows(library.legal, 4 * hard, seed=3)
    raw = windows(library.raw, hard // 4, seed=4, longest=None)
    candidates = loose + siblings + legal + raw
    shared = sharing(candidates, indexed())
    kept = [answer if not taken else None for answer, taken in zip(candidates, shared.tolist(), strict=True)]
    first, second = len(loose), len(loose) + len(siblings)
    third = second + len(legal)
    law = [answer for answer in kept[second:third] if answer is not None][: hard // 4]
    return Answers(
        [answer for answer in kept[:first] if answer is not None][:unrelated],
        [answer for answer in kept[first:second] if answer is not None][: hard - len(law)],
        law,
        [answer for answer in kept[third:] if answer is not None],
    )


def windows(texts: Texts, count: int, *, seed: int, longest: int | None = LONGEST) -> list[str]:
    """Return up to *count* windows in random order: side by side first, then, if too few, also those in between."""
    rnd = random.Random(seed)
    order = rnd.sample(texts, len(texts))
    found: list[str] = []
    for offset in (0, WORDS // 2, WORDS // 4, 3 * WORDS // 4):
        layer: list[str] = []
        for _, text in order:
            if len(layer) > 2 * count:
                break
            pieces = re.findall(r"\S+\s*", text)
            for start in range(offset, len(pieces) - WORDS + 1, WORDS):
                window = pieces[start : start + WORDS]
                if longest is None or sum(len(piece.rstrip()) for piece in window) <= longest:
                    layer.append("".join(window))
        rnd.shuffle(layer)
        found += layer
        if len(found) >= count:
            break
    return found[:count]


DEFINITION = (
    f"windows of {WORDS} words that share no run of {RUN} words with the corpus: of unrelated text, "
    "of documents held back from the same packages, and of licences held back"
)
