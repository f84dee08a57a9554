"""
Recall, false flags, speed and size of near-verbatim matching on real text: ``python -m bench.matching [--trials N]``.

Prints one JSON object per row, with the target beside it.  One thread, CPU time.  Text comes from
:mod:`bench.matching_text`; passages are planted in clean answers of about 300 words.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable

from bench.matching_text import clean_answers, documents, split
from corpora import Corpus, Document

Edit = Callable[[list[str], random.Random, list[str]], list[str]]


def random_edits(rate: float) -> Edit:
    """A third each of substituting, deleting, and inserting after a word."""

    def edit(words: list[str], rnd: random.Random, other: list[str]) -> list[str]:
        out: list[str] = []
        for word in words:
            kind = rnd.randrange(3) if rnd.random() < rate else 3
            if kind != 1:
                out.append(rnd.choice(other) if kind == 0 else word)
            if kind == 2:
                out.append(rnd.choice(other))
        return out

    return edit


def every(step: int) -> Edit:
    return lambda words, rnd, other: [rnd.choice(other) if i % step == step - 1 else w for i, w in enumerate(words)]


def filler(step: int) -> Edit:
    return lambda words, rnd, other: [
        part for i, w in enumerate(words) for part in ([w, rnd.choice(other)] if i % step == step - 1 else [w])
    ]


def swapped(words: list[str], _rnd: random.Random, _other: list[str]) -> list[str]:
    out = list(words)
    for i in range(0, len(out) - 1, 2):
        out[i], out[i + 1] = out[i + 1], out[i]
    return out


def numbered(words: list[str], _rnd: random.Random, _other: list[str]) -> list[str]:
    return [part for i, word in enumerate(words, 1) for part in (f"{i}.", word)]


def shuffled(words: list[str], rnd: random.Random, _other: list[str]) -> list[str]:
    parts = [words[start : start + 12] for start in range(0, len(words), 12)]
    rnd.shuffle(parts)
    return [word for part in parts for word in part]


SIXTY = {0: 0.999, 10: 0.999, 20: 0.999, 30: 0.999, 40: 0.99, 50: 0.97}
TWENTY_FIVE = {10: 0.99, 20: 0.95, 30: 0.85}
ROWS: list[tuple[str, int, float, Edit]] = [
    *((f"{rate} % edits", 60, target, random_edits(rate / 100)) for rate, target in SIXTY.items()),
    *((f"{rate} % edits", 25, target, random_edits(rate / 100)) for rate, target in TWENTY_FIVE.items()),
    ("exact", 15, 0.99, random_edits(0.0)),
    *((f"every {step}. word replaced", 60, 0.98, every(step)) for step in (4, 3, 2)),
    ("filler after every 2nd word", 60, 0.98, filler(2)),
    ("filler after every word", 60, 0.98, filler(1)),
    ("pairs swapped", 60, 0.98, swapped),
    ("numbered", 60, 0.98, numbered),
    ("sentences shuffled", 60, 0.98, shuffled),
]


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def planted(
    corpus: Corpus,
    sources: list[tuple[str, list[str]]],
    clean: list[str],
    length: int,
    edit: Edit,
    rnd: random.Random,
    other: list[str],
) -> tuple[bool, bool, float, float]:
    """Return whether a planted passage was found, whether its document was named, overlap, and CPU seconds."""
    while True:
        name, words = rnd.choice(sources)
        start = rnd.randrange(len(words) - length)
        passage = words[start : start + length]
        # Prose: most words hold three letters in a row.
        if sum(bool(re.search(r"[A-Za-z]{3,}", word)) for word in passage) >= 0.6 * length:
            break
    hidden = " ".join(edit(passage, rnd, other))
    around = rnd.choice(clean).split()
    at = rnd.randrange(20, 200)
    before, after = " ".join(around[:at]), " ".join(around[at : max(at + 20, 300 - len(hidden.split()))])
    answer, low = f"{before} {hidden} {after}", len(before) + 1
    started = time.process_time()
    found = corpus.matches(answer)
    took = time.process_time() - started
    covered = {i for match in found for i in range(match.span.start, match.span.end)}
    there = set(range(low, low + len(hidden)))
    common = len(covered & there)
    named = any(match.document_id == name and match.span.end > low for match in found)
    return common > 0.3 * len(there), named, common / len(covered | there), took


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--trials", type=int, default=200)
    arguments.add_argument("--clean", type=int, default=1000)
    options = arguments.parse_args()
    indexed, held = split(documents())
    characters = sum(len(text) for _, text in indexed)
    clean = clean_answers(indexed, held, options.clean)
    with tempfile.TemporaryDirectory() as directory:
        started = time.process_time()
        corpus = Corpus.build(
            directory,
            (Document(id=name, text=text.encode("utf-8", "replace").decode()) for name, text in indexed),
            name="bench",
        )
        took = time.process_time() - started
        stats = corpus.stats()
        report("build", {"megabytes": characters / 1e6, "mb_per_s": characters / 1e6 / took}, "15 MB/s")
        report("size", {"index_bytes_per_character": int(stats["index_bytes"]) / characters}, "1.0")
        for answer in clean[:100]:
            corpus.matches(answer)
        times, flagged = [], 0
        for answer in clean:
            started = time.process_time()
            flagged += bool(corpus.matches(answer))
            times.append(time.process_time() - started)
        milliseconds = {"p50_ms": 1e3 * quantile(times, 0.5), "p99_ms": 1e3 * quantile(times, 0.99)}
        report(
            "nothing copied", {**milliseconds, "flagged": flagged / len(clean), "answers": len(clean)}, ".8 / 3 ms, .01"
        )
        sources = [(name, words) for name, text in indexed if len(words := text.split()) > 130]
        other = [word for _, words in sources[:300] for word in words]
        for name, length, target, edit in ROWS:
            rnd = random.Random(f"{name} {length}")
            tried = [planted(corpus, sources, clean, length, edit, rnd, other) for _ in range(options.trials)]
            report(
                f"{length} words, {name}",
                {
                    "recall": statistics.mean(row[0] for row in tried),
                    "document": statistics.mean(row[1] for row in tried),
                    "overlap": statistics.median(row[2] for row in tried),
                    "p99_ms": 1e3 * quantile([row[3] for row in tried], 0.99),
                },
                str(target),
            )


def report(row: str, values: dict[str, float], target: str) -> None:
    """Print one row."""
    rounded = {key: round(value, 4) for key, value in values.items()}
    print(
        json.dumps({"bench": "matching", "row": row, **rounded, "target": target, "machine": platform.machine()}),
        flush=True,
    )


if __name__ == "__main__":
    main()
