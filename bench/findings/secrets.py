"""
Recall, false alarms and CPU of the search for credentials, ours and other scanners', in one table with the targets.

    python -m bench.findings --secrets S.jsonl.gz --negatives N.jsonl.gz --prose P.jsonl.gz --code C.jsonl.gz [--peers]

A row is an object with ``text``; of credentials also ``spans`` (``start``, ``end``; half-open code points), ``tier``,
``shape``, ``style``, ``tool`` and ``rule``; of look-alikes ``kind``.  A labelled span is found when at least half of it
is covered.  Nothing of the files is kept; ``--misses`` prints names of rules only.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from bench.findings.peers import Find
from bench.findings.rows import Row, covered, overlaps

ZERO = (
    "git-sha",
    "uuid",
    "npm-lock",
    "cargo-lock",
    "go.sum",
    "wheel-record",
    "x509-cert",
    "ssh-public-key",
    "pem-public-key",
)
"""Kinds of look-alikes of which none may be flagged."""


@dataclass
class Tally:
    """What one scanner found: ``[found, of]`` per group."""

    recall: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    flagged: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    beside: int = 0
    alarms: dict[str, float] = field(default_factory=dict)
    cost: dict[str, float] = field(default_factory=dict)
    missed: Counter[str] = field(default_factory=Counter)


def cpu(find: Find, texts: list[str]) -> tuple[float, list[list[tuple[int, int]]]]:
    """Return CPU milliseconds per KB of UTF-8, the least of three runs, and what was found."""
    size = sum(len(text.encode()) for text in texts) / 1024
    for text in texts[:3]:
        find(text)
    best, found = float("inf"), []
    for _ in range(3):
        start = time.process_time()
        found = [find(text) for text in texts]
        best = min(best, time.process_time() - start)
    return 1000 * best / size, found


def tally(find: Find, secrets: list[Row], negatives: list[Row], clean: dict[str, list[Row]]) -> Tally:
    """Return what *find* makes of everything."""
    result = Tally()
    if secrets:
        result.cost["dense"], found = cpu(find, [row["text"] for row in secrets])
        for row, places in zip(secrets, found, strict=True):
            result.beside += sum(not overlaps(place, row["spans"]) for place in places)
            for span in row["spans"]:
                hit = covered(span, places)
                tier = row["tier"]
                for group in (
                    tier,
                    f"{tier} {row.get('shape')}",
                    f"{tier} {row.get('tool')}",
                    f"{tier}, {row['style']}",
                ):
                    result.recall[group][0] += hit
                    result.recall[group][1] += 1
                if not hit and tier == "core":
                    result.missed[f"{row['rule']} [{row['style']}]"] += 1
    for row in negatives:
        hit = bool(find(row["text"]))
        for group in ("all", row["kind"]):
            result.flagged[group][0] += hit
            result.flagged[group][1] += 1
    for name, texts in clean.items():
        result.cost[name], found = cpu(find, [row["text"] for row in texts])
        words = sum(len(row["text"].split()) for row in texts)
        result.alarms[name] = 1000 * sum(map(len, found)) / words
    return result


def lines(result: Tally) -> list[tuple[str, str, str]]:
    """Return the table of targets as ``(what, target, measured)``."""

    def share(counts: list[int]) -> str:
        return f"{counts[0] / counts[1]:.3f}" if counts[1] else "-"

    recall = [
        ("recall, core", ">= .92", "core"),
        ("recall, core, prefixed", ">= .98", "core prefixed"),
        ("recall, core, JWT", ">= .98", "core jwt"),
        ("recall, core, PEM", ">= .98", "core pem"),
        ("recall, weak", "", "weak"),
    ]
    table = [(what, target, share(result.recall[group])) for what, target, group in recall]
    table.append(("look-alikes flagged", "<= .015", share(result.flagged["all"])))
    table.append(("of those that may never be", "0", str(sum(result.flagged[kind][0] for kind in ZERO))))
    for name, alarms in result.alarms.items():
        table.append((f"false alarms per 1,000 words, {name}", "<= .02", f"{alarms:.3f}"))
    for name, cost in result.cost.items():
        table.append((f"CPU ms per KB, {name}", "<= .3" if name == "dense" else "<= .02", f"{cost:.4f}"))
    return table
