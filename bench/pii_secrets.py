"""
Recall, false alarms and CPU of the detector of personal data, on labelled files given on the command line.

    python -m bench.pii_secrets --pii P.jsonl.gz --clean PROSE.jsonl.gz CODE.jsonl.gz

A row is an object with ``text``, ``spans`` (``start``, ``end``, ``type``; half-open code points) and ``source``, ``labelled``
(the types its source labels) and ``lang``.  A labelled span is hit when at least half of it is covered.  Nothing of the files
is kept.  Credentials are measured by :mod:`bench.findings`.
"""
# ruff: noqa: E501 - tables

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from bench.findings.rows import covered, overlaps, rows
from detectors import Finding
from detectors.pii import PiiDetector
from detectors.secrets import SecretDetector

TYPES = {
    "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "CREDIT_CARD": "CREDIT_CARD", "IBAN_CODE": "IBAN", "US_SSN": "US_SSN",
    "IP_ADDRESS": "IP", "PERSON": "PERSON", "LOCATION": "LOCATION", "DATE_OF_BIRTH": "DATE", "URL": "URL",
}  # fmt: skip
STRUCTURED = ("EMAIL", "PHONE", "CREDIT_CARD", "IBAN", "US_SSN", "IP")
CORE = (*STRUCTURED, "PERSON", "LOCATION")

Detect = Callable[[str], Sequence[Finding]]


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
    parser.add_argument("--pii")
    parser.add_argument("--clean", nargs="*", default=[])
    options = parser.parse_args(arguments)
    detector, patterns, names = SecretDetector(), PiiDetector(ner=False), PiiDetector()
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
