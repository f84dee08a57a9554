"""Streams: what a word costs, and how many words wait until they are safe to let go."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence

from bench.matching.figures import quantile
from bench.matching.report import Report, Row
from corpora import Corpus

WORD_MICROSECONDS = 50.0
"""CPU per word, on average."""


def stream_rows(corpus: Corpus, answers: Mapping[str, Sequence[str]], report: Report, *, megabytes: int) -> None:
    """Feed answers word by word; *answers* by what they are."""
    for name, texts in answers.items():
        cost, words = 0.0, 0
        held: list[float] = []
        for text in texts:
            seconds, waiting = follow(corpus, text)
            cost += seconds
            words += len(waiting)
            held += waiting
        per_word = 1e6 * cost / max(words, 1)
        report.add(
            Row(
                corpus=megabytes,
                group="stream",
                name=name,
                values={
                    "us_per_word": round(per_word, 2),
                    "held_p50_words": quantile(held, 0.5),
                    "held_p99_words": quantile(held, 0.99),
                    "answers": len(texts),
                },
                target=f"<= {WORD_MICROSECONDS:g} us per word",
                met=per_word <= WORD_MICROSECONDS,
            )
        )


def follow(corpus: Corpus, text: str) -> tuple[float, list[float]]:
    """
    Feed *text* word by word to the matcher and return CPU seconds, and after each word how many words are held back.

    The only place that knows how a stream is followed: what is settled is asked for after every word, and the matches
    once at the end.
    """
    ends = [match.end() for match in re.finditer(r"\S+\s*", text)]
    started = time.process_time()
    settled = [corpus.settled(text[:end]) for end in ends]
    corpus.matches(text)
    seconds = time.process_time() - started
    held: list[float] = []
    passed = 0
    for fed, offset in enumerate(settled, 1):
        while passed < fed and ends[passed] <= offset:
            passed += 1
        held.append(float(fed - passed))
    return seconds, held
