"""
The guard as a whole: import, a 300-word answer through every detector, building an index, memory.

Prints one JSON line per figure with its target beside it; CPU time of one thread, so a busy machine matters less.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path

from corpora import Corpus, Document
from guard import CheckRequest, Guard, Principal

SYLLABLES = ["ba", "ren", "to", "mil", "ka", "sor", "vin", "del", "ru", "pas", "ge", "lo", "fin", "ter", "qua", "hem"]
ANN = Principal(user="ann", tenant="acme", groups=frozenset({"staff"}))
RULES = """
[rules]
pii = { PERSON = "redact", default = "redact" }
secret = "block"
canary = "block"
training = "block"
"""


VOCABULARY = [
    "".join(random.Random(number).choices(SYLLABLES, k=1 + (number > 10) + (number > 200) + (number > 4000)))
    for number in range(30_000)
]
WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(len(VOCABULARY))))
"""Made-up words with the frequencies of a natural text (Zipf): few often, most seldom."""


def words(chooser: random.Random, count: int) -> list[str]:
    """Return *count* words."""
    return chooser.choices(VOCABULARY, cum_weights=WEIGHTS, k=count)


def prose(chooser: random.Random, count: int) -> str:
    """Return *count* words in sentences, with a name here and there so that names are looked for."""
    text: list[str] = []
    for word in words(chooser, count):
        text.append("Maria" if chooser.random() < 0.01 else word)
        if chooser.random() < 1 / 14:
            text[-1] += "."
    return " ".join(text)


def median_cpu(guard: Guard, answers: list[str]) -> float:
    """Return the median CPU milliseconds of a check, the first twenty left out."""
    taken = []
    for answer in answers:
        before = time.thread_time()
        guard.check(CheckRequest(answer=answer, principal=ANN))
        taken.append((time.thread_time() - before) * 1000)
    return statistics.median(taken[20:])


def tell(figure: str, value: float, target: float, unit: str, *, at_least: bool = False) -> None:
    """Print one figure."""
    met = value >= target if at_least else value <= target
    print(json.dumps({"figure": figure, "value": round(value, 3), "target": target, "unit": unit, "met": met}))


def main() -> None:
    """Measure and print."""
    chooser = random.Random(20)
    done = [
        subprocess.run(
            [sys.executable, "-X", "importtime", "-c", "import guard"], capture_output=True, text=True, check=True
        )
        for _ in range(3)
    ]
    tell("import guard", min(int(one.stderr.splitlines()[-1].split("|")[1]) for one in done) / 1e6, 0.3, "s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        documents = [
            Document(
                id=f"d{number}",
                text=prose(chooser, 4000),
                label="confidential",
                readers=frozenset({"*"}),
                tenant="acme",
            )
            for number in range(500)
        ]
        size = sum(len(document.text.encode()) for document in documents)
        before = time.process_time()
        Corpus.build(folder / "corpus", documents, name="bench").close()
        tell("build", size / 1e6 / (time.process_time() - before), 5, "MB/s", at_least=True)
        settings = f'[[corpora]]\nname = "bench"\npath = "corpus"\n[ledger]\nurl = "sqlite:///{folder}/ledger.db"\n'
        for label, extra, target in (("without names", "", 5), ("with names", RULES, 30)):
            path = folder / "echoguard.toml"
            path.write_text(settings + extra)
            with Guard.open(path) as guard:
                guard.warm()
                answers = [prose(chooser, 300) for _ in range(120)]
                tell(f"check of 300 words, {label}, p50", median_cpu(guard, answers), target, "ms")
                quoted = [f"{answer} {documents[7].text[500:700]}" for answer in answers]
                tell(f"check of 300 words and a quote, {label}, p50", median_cpu(guard, quoted), target, "ms")
    tell("peak memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 700, "MB")


if __name__ == "__main__":
    main()
