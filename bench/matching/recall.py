"""Recall, span overlap and the right document, row by row of the table of targets."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.matching.disguises import DISGUISES, Disguise
from bench.matching.edits import PATTERNS, random_edits
from bench.matching.figures import quantile, wilson
from bench.matching.plant import Bank, Change, Judged, Kind, NoPassage, Trial, judge
from bench.matching.report import Report, Row
from corpora import Corpus


@dataclass(frozen=True, slots=True)
class Case:
    """
    One kind of copy.

    Attributes:
        group: recall or disguise.
        name: As the table calls it.
        length: Words copied.
        target: Recall to reach; None where there is nothing to reach.
        change: What is done to them.
        kind: Which passages are copied.
    """

    group: str
    name: str
    length: int
    target: float | None
    change: Change
    kind: Kind = Kind.ANY


def cases(bank: Bank) -> list[Case]:
    """Return every kind of copy of the table."""
    sixty = {0: 0.999, 10: 0.999, 20: 0.999, 30: 0.999, 40: 0.99, 50: 0.97}
    shorter = {10: 0.99, 20: 0.95, 30: 0.85}
    edit = bank.edited
    rows = [Case("recall", edits(60, rate), 60, goal, edit(random_edits(rate / 100))) for rate, goal in sixty.items()]
    rows += [
        Case("recall", edits(25, rate), 25, goal, edit(random_edits(rate / 100))) for rate, goal in shorter.items()
    ]
    rows += [Case("recall", "15 rare words, exact", 15, 0.99, edit(random_edits(0.0)), kind=Kind.RARE)]
    rows += [Case("recall", f"60 words, {name}", 60, 0.98, edit(pattern)) for name, pattern in PATTERNS.items()]
    # Not asked for: boilerplate is what ought to pass.
    rows += [Case("recall", "60 words of boilerplate, exact", 60, None, edit(random_edits(0.0)), kind=Kind.COMMON)]
    return rows + [Case("disguise", name, 60, 0.98, disguised(one)) for name, one in DISGUISES.items()]


def plant(bank: Bank, case: Case, trials: int, report: Report) -> list[Trial]:
    """Return the trials of a case; none, and a note, where the corpus holds no such passage."""
    try:
        return bank.trials(case.length, case.change, trials, seed=case.name, kind=case.kind)
    except NoPassage as error:
        report.note(f"left out: {case.name}: {error}")
        return []


def edits(words: int, rate: int) -> str:
    """Return the name of a row of random edits; the plots look for it."""
    return f"{words} words, {rate} % edits"


def disguised(disguise: Disguise) -> Change:
    """Return a disguise as a change."""

    def change(text: str, _rnd: random.Random) -> str:
        return disguise(text)

    return change


@dataclass(slots=True)
class Tally:
    """What all rows together showed: overlaps, named documents, and times by group."""

    overlaps: list[float]
    named: list[bool]
    seconds: dict[str, list[float]]


def recall_rows(
    corpus: Corpus,
    bank: Bank,
    report: Report,
    *,
    megabytes: int,
    trials: int,
    chosen: Callable[[Case], bool] = lambda _case: True,
    misses: Path | None = None,
) -> Tally:
    """Measure every chosen case; write what was missed to *misses* for reading."""
    tally = Tally([], [], {"recall": [], "disguise": []})
    for case in filter(chosen, cases(bank)):
        planted = plant(bank, case, trials, report)
        if not planted:
            continue
        judged = [judge(corpus, trial) for trial in planted]
        _row(case, planted, judged, report, megabytes)
        if case.target is None:
            continue
        tally.overlaps += [one.overlap for one in judged if one.found]
        tally.named += [one.named for one, trial in zip(judged, planted, strict=True) if one.found and trial.alone]
        tally.seconds[case.group] += [one.seconds for one in judged]
        if misses is not None:
            with misses.open("a", encoding="utf-8") as file:
                for trial, one in zip(planted, judged, strict=True):
                    if not one.found:
                        file.write(json.dumps({"case": case.name, "refused": one.refused, **asdict(trial)}) + "\n")
    return tally


def _row(case: Case, planted: list[Trial], judged: list[Judged], report: Report, megabytes: int) -> None:
    found = sum(one.found for one in judged)
    unique = [one.named for one, trial in zip(judged, planted, strict=True) if one.found and trial.alone]
    times = [1e3 * one.seconds for one in judged]
    report.add(
        Row(
            corpus=megabytes,
            group=case.group,
            name=case.name,
            values={
                "recall": round(found / len(judged), 4),
                "interval": [round(end, 4) for end in wilson(found, len(judged))],
                "trials": len(judged),
                "named": round(statistics.mean(unique), 4) if unique else 0.0,
                "overlap": round(statistics.median([one.overlap for one in judged if one.found] or [0.0]), 4),
                "p50_ms": round(quantile(times, 0.5), 3),
                "p99_ms": round(quantile(times, 0.99), 3),
                "withheld": sum(one.refused for one in judged),
            },
            target="" if case.target is None else f">= {case.target:g}",
            met=None if case.target is None else found / len(judged) >= case.target,
        )
    )


def whole_rows(tally: Tally, report: Report, megabytes: int) -> None:
    """Report overlap and named document over all rows."""
    overlap = statistics.median(tally.overlaps or [0.0])
    report.add(
        Row(
            corpus=megabytes,
            group="recall",
            name="span overlap with the planted copy, all rows",
            values={"median": round(overlap, 4), "p10": round(quantile(tally.overlaps, 0.1), 4)},
            target=">= 0.95",
            met=overlap >= 0.95,
        )
    )
    share = statistics.mean(tally.named or [0.0])
    report.add(
        Row(
            corpus=megabytes,
            group="recall",
            name="right document named where it is unique, all rows",
            values={"share": round(share, 4), "found": len(tally.named)},
            target=">= 0.99",
            met=share >= 0.99,
        )
    )
