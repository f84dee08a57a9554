"""
Personal data beside Presidio as it comes: recall and precision by type, false alarms, CPU, cold start, and the targets.

    python -m bench.personal --pii P.jsonl.gz --prose PROSE.jsonl.gz --code CODE.jsonl.gz

The rows of the files are those of :mod:`bench.pii_secrets`.  F2 is type-aware; a labelled span is hit when at least
half of it is covered by findings of its type.  ``--half`` takes the even or the odd rows only, so that rules are
written on one half and judged on the other; ``--skip`` leaves systems out.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from bench.pii_secrets import CORE, STRUCTURED, TYPES, Row, covered, overlaps, rows, score
from detectors.pii import PiiDetector
from detectors.pii.detector import DEFAULT_MODEL

SYSTEMS = ("patterns", "names", "assurance", "presidio")
TARGETS = {
    ("en structured F2", "names"): ">= .95",
    ("en core F2", "names"): ">= .80",
    ("en core F2", "assurance"): ">= .85",
    ("false alarms per 1,000 words, prose", "names"): "<= .8",
    ("false alarms per 1,000 words, code", "names"): "<= 2",
    ("CPU ms per KB, prose and code", "patterns"): "<= .7",
    ("CPU ms per KB, prose and code", "names"): "<= 10",
    ("cold start, CPU s", "names"): "<= 2",
}
START = "from detectors.pii import PiiDetector as P; P({}).detect('Ann Example lives in Hamburg.')"
START_PRESIDIO = "from bench.personal import presidio; presidio()('Ann Example lives in Hamburg.')"


class Found(NamedTuple):
    """One finding: Presidio's entity and where."""

    rule: str
    start: int
    end: int


Look = Callable[[str], list[Found]]


def ours(**options: Any) -> Look:
    """Return our detector, warm."""
    detector = PiiDetector(**options)
    detector.warm()
    return lambda text: [Found(one.rule, one.span.start, one.span.end) for one in detector.detect(text)]


def presidio() -> Look:
    """Return Presidio's analyzer with everything it switches on by itself, on the same spaCy model."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    models = [{"lang_code": "en", "model_name": DEFAULT_MODEL}]
    engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine)
    return lambda text: [Found(one.entity_type, one.start, one.end) for one in analyzer.analyze(text, "en")]


def opened(system: str) -> Look:
    """Return the system of that name."""
    if system == "presidio":
        return presidio()
    return ours(ner=system != "patterns", assurance=system == "assurance")


def labelled(path: str, half: str) -> Iterator[Row]:
    """Yield the rows of one half, or all."""
    for row in rows(path):
        odd = zlib.crc32(str(row["id"]).encode()) % 2
        if half == "all" or odd == (half == "odd"):
            yield row


def recognised(path: str, half: str, look: Look) -> dict[tuple[str, str], Counter[str]]:
    """Return hits, spans, right findings and findings, per language and type."""
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in labelled(path, half):
        found = [one for one in look(row["text"]) if TYPES.get(one.rule) in row["labelled"]]
        language = row["lang"].partition("/")[0]
        for name in row["labelled"]:
            spans = [span for span in row["spans"] if span["type"] == name]
            places = [(one.start, one.end) for one in found if TYPES[one.rule] == name]
            counts = Counter(
                hit=sum(covered(span, places) for span in spans),
                spans=len(spans),
                right=sum(overlaps(place, spans) for place in places),
                found=len(places),
            )
            groups = [name, *(["structured"] if name in STRUCTURED else []), *(["core"] if name in CORE else [])]
            for group in groups:
                table[language, group].update(counts)
    return table


def alarms(path: str, look: Look) -> tuple[float, float, float]:
    """Return findings per 1,000 words of text with nothing to find, CPU seconds, and the size in KB."""
    texts = [row["text"] for row in rows(path)]
    look(texts[0])
    begun = time.process_time()
    found = sum(len(look(text)) for text in texts)
    took = time.process_time() - begun
    return (
        1000 * found / sum(len(text.split()) for text in texts),
        took,
        sum(len(text.encode()) for text in texts) / 1024,
    )


def cold_start(system: str) -> float:
    """Return the CPU seconds of a fresh process up to its first answer, the best of three."""
    code = (
        START_PRESIDIO
        if system == "presidio"
        else START.format(f"ner={system != 'patterns'}, assurance={system == 'assurance'}")
    )
    taken = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pii")
    parser.add_argument("--prose")
    parser.add_argument("--code")
    parser.add_argument("--half", choices=("all", "even", "odd"), default="all")
    parser.add_argument("--skip", nargs="*", choices=SYSTEMS, default=[])
    options = parser.parse_args(arguments)
    figures: list[tuple[str, str, str]] = []
    for system in SYSTEMS:
        if system in options.skip:
            continue
        look = opened(system)
        if options.pii:
            table = recognised(options.pii, options.half, look)
            for (language, name), counts in sorted(table.items()):
                if counts["spans"]:
                    figures.append((f"{language} {name} F2", system, score(counts).removeprefix("F2 ")))
        took = size = 0.0
        for kind, path in (("prose", options.prose), ("code", options.code)):
            if path:
                rate, seconds, kilobytes = alarms(path, look)
                took, size = took + seconds, size + kilobytes
                figures.append((f"false alarms per 1,000 words, {kind}", system, f"{rate:.3f}"))
        if size:
            figures.append(("CPU ms per KB, prose and code", system, f"{1000 * took / size:.3f}"))
        figures.append(("cold start, CPU s", system, f"{cold_start(system):.2f}"))
    for name, system, figure in sorted(figures, key=lambda one: (one[0], SYSTEMS.index(one[1]))):
        print(f"{name:38} {system:10} {figure:62} {TARGETS.get((name, system), '')}".rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
