"""How long an answer takes: CPU time of one thread, after warming up."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import numpy as np

from bench.matching.answers import WORDS, Answers
from bench.matching.disguises import DISGUISES
from bench.matching.figures import quantile
from bench.matching.plant import Bank
from bench.matching.recall import Tally
from bench.matching.report import Report, Row
from corpora import Corpus
from corpora.errors import CorpusError

TARGETS = {20: (0.8, 3.0), 120: (1.0, 4.0), 1000: (2.5, 10.0)}
"""Milliseconds by megabytes of the corpus: p50 and p99 where nothing was copied."""
COPIES, DISGUISED, ADVERSARIAL = 3, 3, 10
"""How many times the p99 above others may take."""
WARM_UP = 200
"""Answers before the first that is timed: code is compiled, pages are read, caches are filled."""


def clean_row(corpus: Corpus, answers: Answers, report: Report, *, megabytes: int, count: int) -> float:
    """Time answers that copied nothing, half of them on the corpus's own matters; return p50 in milliseconds."""
    chosen = mixed(answers, count)
    times, withheld = timed(corpus, chosen)
    p50, p99 = quantile(times, 0.5), quantile(times, 0.99)
    goal = TARGETS.get(megabytes)
    report.add(
        Row(
            corpus=megabytes,
            group="speed",
            name="nothing copied",
            values={"p50_ms": round(p50, 3), "p99_ms": round(p99, 3), "answers": len(chosen), "withheld": withheld},
            target=f"{goal[0]:g} / {goal[1]:g} ms" if goal else "",
            met=p50 <= goal[0] and p99 <= goal[1] if goal else None,
        )
    )
    return p50


def copy_rows(corpus: Corpus, bank: Bank, tally: Tally, report: Report, *, megabytes: int, count: int) -> None:
    """Report p99 with copies, with a disguise, and for answers made to be slow."""
    rnd = random.Random(23)
    hostile, withheld = timed(corpus, [half_encoded(bank, rnd) for _ in range(count)])
    for name, times, factor, refused in (
        ("with copies", [1e3 * one for one in tally.seconds["recall"]], COPIES, 0),
        ("with one disguise", [1e3 * one for one in tally.seconds["disguise"]], DISGUISED, 0),
        ("half-encoded mixture", hostile, ADVERSARIAL, withheld),
    ):
        if not times:
            continue
        p99, limit = quantile(times, 0.99), TARGETS.get(megabytes, (0.0, 0.0))[1] * factor
        report.add(
            Row(
                corpus=megabytes,
                group="speed",
                name=name,
                values={
                    "p50_ms": round(quantile(times, 0.5), 3),
                    "p99_ms": round(p99, 3),
                    "answers": len(times),
                    "withheld": refused,
                },
                target=f"p99 {limit:g} ms" if limit else "",
                met=p99 <= limit if limit else None,
            )
        )


def mixed(answers: Answers, count: int) -> list[str]:
    """Return *count* clean answers, as many of siblings as of unrelated text where there are as many."""
    hard = answers.negatives[: count // 2]
    chosen = hard + answers.unrelated[: count - len(hard)]
    random.Random(17).shuffle(chosen)
    return chosen


def timed(corpus: Corpus, answers: Sequence[str]) -> tuple[list[float], int]:
    """Return milliseconds of CPU for each answer, and how many were refused."""
    for answer in answers[:WARM_UP]:
        _refused(corpus, answer)
    times, withheld = [], 0
    for answer in answers:
        started = time.process_time()
        withheld += _refused(corpus, answer)
        times.append(1e3 * (time.process_time() - started))
    return times, withheld


def _refused(corpus: Corpus, answer: str) -> bool:
    try:
        corpus.matches(answer)
    except CorpusError:
        return True
    return False


def half_encoded(bank: Bank, rnd: random.Random) -> str:
    """Return an answer of copied passages, each in another disguise, some in two, some broken off."""
    pieces: list[str] = []
    words = 0
    while words < WORDS:
        length = rnd.randrange(6, 26)
        _, passage = bank.passage(length, rnd)
        words += length
        hidden = rnd.choice(list(DISGUISES.values()))(passage)
        if rnd.random() < 0.3:
            hidden = rnd.choice(list(DISGUISES.values()))(hidden[: 8 * length])
        if rnd.random() < 0.5:
            hidden = hidden[rnd.randrange(len(hidden) // 3 + 1) : len(hidden) - rnd.randrange(len(hidden) // 3 + 1)]
        pieces += [hidden, passage if rnd.random() < 0.2 else ""]
    return " ".join(pieces)


def reference_row(report: Report, *, megabytes: int, count: int = 300) -> None:
    """
    Time work that never changes, much like ours: small arrays, sorted and looked up.

    Its p50 compares machines; a p99 far above it says that the machine was busy, and by how much the rows beside it
    are too high.
    """
    known = np.sort(np.random.default_rng(29).integers(0, 1 << 62, 1 << 20))
    asked = np.random.default_rng(31).integers(0, 1 << 62, 4_000)
    times = []
    for _ in range(count):
        started = time.process_time()
        known[np.searchsorted(known, np.sort(asked)).clip(max=len(known) - 1)].sum()
        times.append(1e3 * (time.process_time() - started))
    values = {"p50_ms": round(quantile(times, 0.5), 3), "p99_ms": round(quantile(times, 0.99), 3)}
    report.add(Row(corpus=megabytes, group="speed", name="reference: fixed work, whatever the corpus", values=values))
