"""
Recall, false alarms and CPU of the detectors of secrets and of personal data, on labelled files given on the command line.

    python -m bench.pii_secrets --secrets S.jsonl.gz --negatives N.jsonl.gz --pii P.jsonl.gz --clean PROSE.jsonl.gz CODE.jsonl.gz

A row is an object with ``text``, ``spans`` (``start``, ``end``, ``type``; half-open code points) and ``source``; secrets also
``tier``, ``rule`` and ``style``, personal data ``labelled`` (the types its source labels) and ``lang``, negatives ``kind``.
A labelled span is hit when at least half of it is covered.  Nothing of the files is kept; ``--misses`` prints rule names only.
"""
# ruff: noqa: E501 - tables

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from detectors import Finding
from detectors.pii import PiiDetector
from detectors.secrets import SecretDetector

TYPES = {
    "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CREDIT_CARD", "IBAN_CODE": "IBAN", "US_SSN": "US_SSN",
    "IP_ADDRESS": "IP", "PERSON": "PERSON", "LOCATION": "LOCATION", "DATE_OF_BIRTH": "DATE", "URL": "URL",
}  # fmt: skip
STRUCTURED = ("EMAIL", "PHONE", "CREDIT_CARD", "IBAN", "US_SSN", "IP")
CORE = (*STRUCTURED, "PERSON", "LOCATION")

Row = dict[str, Any]
Detect = Callable[[str], Sequence[Finding]]


def rows(path: str) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def covered(span: Row, found: Iterable[tuple[int, int]]) -> bool:
    places: set[int] = set()
    for start, end in found:
        places.update(range(max(start, span["start"]), min(end, span["end"])))
    return 2 * len(places) >= span["end"] - span["start"]


def overlaps(found: tuple[int, int], spans: Iterable[Row]) -> bool:
    return any(found[0] < span["end"] and span["start"] < found[1] for span in spans)


def secrets(path: str, detect: Detect, *, misses: bool) -> None:
    hits: dict[str, Counter[bool]] = defaultdict(Counter)
    missed: Counter[str] = Counter()
    extra = total = 0
    for row in rows(path):
        found = [(one.span.start, one.span.end) for one in detect(row["text"])]
        extra += sum(not overlaps(one, row["spans"]) for one in found)
        for span in row["spans"]:
            hit = covered(span, found)
            total += hit
            for key in (
                f"tier {row['tier']}",
                f"style {row['style']}",
                f"shape {row.get('shape')} ({row['tier']})",
                f"tool {row.get('tool')} ({row['tier']})",
            ):
                hits[key][hit] += 1
            if not hit and row["tier"] == "core":
                missed[f"{row['rule']} [{row['style']}]"] += 1
    print("secrets: recall")
    for key, counts in sorted(hits.items()):
        print(f"  {key:32} {counts[True] / counts.total():.3f}  of {counts.total()}")
    print(f"  findings beside a label: {extra} ({total} labels hit)")
    if misses:
        for key, count in sorted(missed.items()):
            print(f"    missed {count} {key}")


def negatives(path: str, detect: Detect) -> None:
    flagged: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for row in rows(path):
        size[row["kind"]] += 1
        found = detect(row["text"])
        flagged[row["kind"]] += bool(found)
        rules.update({f"{row['kind']}: {one.rule}" for one in found})
    print(f"secrets: negatives flagged {flagged.total() / size.total():.4f} of {size.total()}")
    for kind, count in size.items():
        if flagged[kind]:
            print(f"  {kind:24} {flagged[kind]} of {count}")
    print("  ", dict(rules))


def clean(path: str, detectors: dict[str, Detect]) -> None:
    texts = [row["text"] for row in rows(path)]
    words = sum(len(text.split()) for text in texts)
    size = sum(len(text.encode()) for text in texts) / 1024
    for name, detect in detectors.items():
        detect(texts[0])
        start = time.process_time()
        found = Counter(one.rule for text in texts for one in detect(text))
        took = time.process_time() - start
        print(
            f"{name:18} {path.rpartition('/')[2]:28} {1000 * found.total() / words:.3f} per 1,000 words, {1000 * took / size:.4f} CPU ms per KB  {dict(found)}"
        )


def personal(path: str, detect: Detect, *, label: str) -> None:
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    size, took = 0, 0.0
    for row in rows(path):
        start = time.process_time()
        found = [one for one in detect(row["text"]) if TYPES.get(one.rule) in row["labelled"]]
        took += time.process_time() - start
        size += len(row["text"].encode())
        group = f"{row['lang']} {row.get('group', '')}"
        for name in row["labelled"]:
            spans = [span for span in row["spans"] if span["type"] == name]
            places = [(one.span.start, one.span.end) for one in found if TYPES[one.rule] == name]
            for scope in (group, row["lang"], "all"):
                table[scope, name]["hit"] += sum(covered(span, places) for span in spans)
                table[scope, name]["spans"] += len(spans)
                table[scope, name]["right"] += sum(overlaps(place, spans) for place in places)
                table[scope, name]["found"] += len(places)
    print(f"personal data, {label}: {1000 * took / (size / 1024):.2f} CPU ms per KB of dense text")
    for scope in ("en", "de", "es", "fr", "it", "nl", "all"):
        for title, names in (("structured", STRUCTURED), ("core", CORE)):
            total: Counter[str] = Counter()
            for name in names:
                total.update(table[scope, name])
            print(f"  {scope:4} {title:11} {score(total)}")
    for (scope, name), counts in sorted(table.items()):
        if counts["spans"] or counts["found"]:
            print(f"    {scope:24} {name:12} {score(counts)}")


def score(counts: Counter[str]) -> str:
    recall = counts["hit"] / counts["spans"] if counts["spans"] else 0.0
    precision = counts["right"] / counts["found"] if counts["found"] else 0.0
    f2 = 5 * precision * recall / (4 * precision + recall) if precision + recall else 0.0
    return f"F2 {f2:.3f}  recall {recall:.3f} of {counts['spans']}  precision {precision:.3f} of {counts['found']}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--secrets")
    parser.add_argument("--negatives")
    parser.add_argument("--pii")
    parser.add_argument("--clean", nargs="*", default=[])
    parser.add_argument("--misses", action="store_true", help="name the rules whose samples were missed")
    options = parser.parse_args(arguments)
    detector, patterns, names = SecretDetector(), PiiDetector(ner=False), PiiDetector()
    if options.secrets:
        secrets(options.secrets, detector.detect, misses=options.misses)
    if options.negatives:
        negatives(options.negatives, detector.detect)
    if options.pii:
        patterns.warm()
        personal(options.pii, patterns.detect, label="patterns")
        names.warm()
        personal(options.pii, names.detect, label="with names")
    for path in options.clean:
        clean(path, {"secrets": detector.detect, "pii, patterns": patterns.detect, "pii, with names": names.detect})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
