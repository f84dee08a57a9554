"""Answers with a copied passage in them, and what a matcher said of them."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from bench.matching.answers import WORDS
from bench.matching.edits import Edit
from bench.matching.runs import Occurrences
from bench.matching.texts import Texts
from corpora import Corpus
from corpora.errors import CorpusError
from corpora.match import Match

COVERED = 0.3
"""Share of the planted characters that a finding must cover to count."""
RARE = 0.01
"""A word is rare when no more than this share of the documents hold it."""
RARE_WORDS = 5
"""Rare words that a passage of fifteen must hold to be one of "fifteen rare words"."""

Change = Callable[[str, random.Random], str]


_ATTEMPTS = 2_000


class NoPassage(Exception):
    """The corpus holds no passage of the kind asked for; the row is left out, and the output says so."""


class Kind(Enum):
    """
    Which passages are planted.

    What stands in more than :data:`~bench.matching.runs.COMMON` documents is boilerplate.  A matcher is meant to let
    it pass, so it is planted in a row of its own, which has no target.
    """

    ANY = "any but boilerplate"
    RARE = "with rare words, in one document only"
    COMMON = "boilerplate"


@dataclass(frozen=True, slots=True)
class Trial:
    """
    An answer with one planted passage.

    Attributes:
        answer: The whole text.
        low, high: Where the passage stands, as it was changed, in code points.
        passage: The passage as the document holds it, white space aside.
        document: Where it comes from.
        alone: Whether no other document holds any eight words in a row of it.
    """

    answer: str
    low: int
    high: int
    passage: str
    document: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """
    What was said of a trial.

    Attributes:
        found: Findings cover enough of the passage.
        named: One of them names its document.
        overlap: Characters in both, by characters in either.
        seconds: CPU time.
        refused: The answer could not be checked and would be withheld.
    """

    found: bool
    named: bool
    overlap: float
    seconds: float
    refused: bool = False


class Bank:
    """Passages to plant, out of the real documents of one corpus."""

    def __init__(self, texts: Texts, clean: Sequence[str]) -> None:
        self._occurrences = Occurrences(text for _, text in texts)
        self._sources = [(name, words) for name, text in texts if len(words := text.split()) > 130]
        self._clean = clean
        rnd = random.Random(7)
        self.words = [word for _, words in rnd.sample(self._sources, min(300, len(self._sources))) for word in words]
        """Words to insert, as frequent as they are in the corpus."""

    def edited(self, edit: Edit) -> Change:
        """Return an edit of words as a change of text."""
        return lambda text, rnd: " ".join(edit(text.split(), rnd, self.words))

    def trials(self, length: int, change: Change, count: int, *, seed: str, kind: Kind = Kind.ANY) -> list[Trial]:
        """Return *count* answers with a passage of *length* words, changed."""
        rnd = random.Random(seed)
        return [self._trial(length, change, rnd, kind=kind) for _ in range(count)]

    def passage(self, length: int, rnd: random.Random, *, kind: Kind = Kind.ANY) -> tuple[str, str]:
        """
        Return the id of a document and *length* words of it.

        Raises:
            NoPassage: There is none of that kind, or hardly any.
        """
        for _ in range(_ATTEMPTS):
            name, words = rnd.choice(self._sources)
            start = rnd.randrange(len(words) - length)
            passage = words[start : start + length]
            # Prose: most words hold three letters in a row.
            if sum(bool(re.search(r"[A-Za-z]{3,}", word)) for word in passage) < 0.6 * length:
                continue
            text = " ".join(passage)
            if self._occurrences.common(text) is not (kind is Kind.COMMON):
                continue
            if kind is not Kind.RARE or (
                self._occurrences.rare_words(text, RARE) >= RARE_WORDS and self._occurrences.alone(text)
            ):
                return name, text
        raise NoPassage(f"the corpus has next to no passage of {length} words, {kind.value}")

    def _trial(self, length: int, change: Change, rnd: random.Random, *, kind: Kind) -> Trial:
        name, passage = self.passage(length, rnd, kind=kind)
        hidden = change(passage, rnd)
        around = rnd.choice(self._clean).split()
        at = rnd.randrange(20, 200)
        after = around[at : max(at + 20, WORDS - len(hidden.split()))]
        before = " ".join(around[:at])
        low = len(before) + 1
        answer = f"{before} {hidden} {' '.join(after)}"
        return Trial(answer, low, low + len(hidden), passage, name, self._occurrences.alone(passage))


def judge(corpus: Corpus, trial: Trial) -> Judged:
    """Match one trial; CPU time of this process."""
    started = time.process_time()
    try:
        matches = corpus.matches(trial.answer)
    except CorpusError:
        return Judged(found=False, named=False, overlap=0.0, seconds=time.process_time() - started, refused=True)
    seconds = time.process_time() - started
    found, overlap = overlapping(matches, trial)
    named = any(
        m.document_id == trial.document and m.span.start < trial.high and m.span.end > trial.low for m in matches
    )
    return Judged(found=found, named=found and named, overlap=overlap, seconds=seconds)


def overlapping(matches: Sequence[Match], trial: Trial) -> tuple[bool, float]:
    """Return whether the passage is covered enough, and intersection over union of all findings with it."""
    covered = bytearray(len(trial.answer))
    for match in matches:
        covered[match.span.start : match.span.end] = b"\1" * (match.span.end - match.span.start)
    length = trial.high - trial.low
    common = covered.count(1, trial.low, trial.high)
    return common > COVERED * length, common / (length + covered.count(1) - common)
