"""
Simulated attackers and honest users against a real guard, with the targets beside the figures.

    python -m bench.attacks [--documents FILE --questions FILE] [--templates FILE] [--quick] [--only PART ...]

Files are JSON Lines, packed or not: documents with ``doc_id`` and ``text``, questions with ``text`` and ``doc_id``,
templates with ``template`` (``{text}`` is where the anchor goes).  Without files the documents of public packages are
fetched, and questions are made of their words.  Everything is CPU time of one process; a full run takes about half an
hour of it, ``--quick`` some five minutes.

Chunks are 100 words.  ``chunks`` are those of which more than half was shown (ROUGE-L over 0.5 against the chunk),
``chunks_assembled`` those whose shown parts, put together, reach ROUGE-L 0.5 (a third of the chunk is enough for that),
``chunks_beyond_quotes`` those of documents of which more was shown than the tenant's budget allows.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.attacks import patience
from bench.attacks.attackers import COMMANDS, KINDS
from bench.attacks.campaigns import campaign, curve
from bench.attacks.desk import echoing, extracting
from bench.attacks.work import WORKLOADS, workday
from bench.attacks.world import World, fetched, from_files, rows
from bench.figures import emit

PARTS = ("attacks", "split", "patience", "work", "curve")
Run = Callable[..., dict[str, object]]


def tell(figure: str, values: dict[str, object], *, target: str, met: bool | None) -> None:
    """Print one figure as a line of JSON."""
    emit("attacks", figure, target=target, met=met, **values)


def attacks(
    world: World, folder: Path, pool: list[str], commands: tuple[str, ...], *, questions: int, quick: bool
) -> None:
    """Run every attacker for one day, and for thirty."""
    days = (1,) if quick else (1, 30)
    for name in KINDS:
        for k in (4, 10):
            for span in days:
                found = campaign(
                    world,
                    folder,
                    name,
                    k=k,
                    questions=questions,
                    days=span,
                    answerer=echoing,
                    commands=commands,
                    pool=pool,
                )
                met = found["chunks_beyond_quotes"] <= 0.01 and not found["over_user_cap"]
                if name in {"crawler", "ikea"} and span == 1:
                    met = met and found["documents"] <= 0.05
                tell(
                    "echoing chain", found, target="chunks beyond quotes <= .01, crawler and ikea <= .05 a day", met=met
                )
        found = campaign(
            world, folder, name, k=4, questions=questions, days=1, answerer=extracting, commands=commands, pool=pool
        )
        tell("extracting chain", found, target="chunks beyond quotes <= .01", met=found["chunks_beyond_quotes"] <= 0.01)


def split(
    world: World, folder: Path, pool: list[str], commands: tuple[str, ...], *, questions: int, quick: bool
) -> None:
    """Share one campaign out to a hundred accounts."""
    for name in ("thief", "crawler"):
        found = campaign(
            world,
            folder,
            name,
            k=10,
            questions=questions,
            days=1,
            answerer=echoing,
            accounts=20 if quick else 100,
            commands=commands,
            pool=pool,
        )
        tell("shared out to accounts", found, target="over_tenant_cap 0", met=found["over_tenant_cap"] == 0)


def patient(world: World, folder: Path, *, quick: bool) -> None:
    """Run the attackers that take their time."""
    runs: list[Run] = [patience.eight_words, patience.two_choices, patience.renamed]
    for run in runs:
        found = run(world, folder)
        tell("patience", found, target="over_cap 0", met=found["over_cap"] == 0)
    found = patience.slow_drip(world, folder, days=10 if quick else 90)
    tell("patience", found, target="over_cap 0", met=found["over_cap"] == 0)


def work(world: World, folder: Path, *, people: int, days: int, quick: bool) -> None:
    """Let honest people work."""
    for label in ("internal", "confidential"):
        for workload in WORKLOADS:
            for k in (4,) if quick else (4, 10):
                found = workday(
                    world, folder, workload, label=label, k=k, answerer=extracting, people=people, days=days
                )
                tell("honest work, extracting chain", found, target="share <= .001", met=found["share"] <= 0.001)
    for label in ("internal", "confidential"):
        found = workday(world, folder, "zipf", label=label, k=4, answerer=echoing, people=people, days=1)
        tell("honest work, echoing chain", found, target="reported", met=None)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--templates", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--most", type=int, default=1_000, help="documents of the corpus")
    parser.add_argument("--count", type=int, help="questions of one attacker (1,000; 40 with --quick)")
    parser.add_argument("--people", type=int, help="honest users (200; 30 with --quick)")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    quick = options.quick
    count = options.count or (40 if quick else 1_000)
    people = options.people or (30 if quick else 200)
    world = (
        from_files(options.documents, options.questions, options.most) if options.documents else fetched(options.most)
    )
    commands = COMMANDS
    if options.templates:
        commands = tuple(row["template"] for row in rows(options.templates) if "{text}" in row["template"])
    pool = list(dict.fromkeys(one.text for one in world.questions))
    began = time.process_time()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shape = {"documents": len(world.texts), "chunks": len(world.chunks), "questions": len(world.questions)}
        tell("corpus", dict(shape), target="1,000 documents", met=None)
        if "attacks" in options.only:
            attacks(world, folder, pool, commands, questions=count, quick=quick)
        if "split" in options.only:
            split(world, folder, pool, commands, questions=count, quick=quick)
        if "patience" in options.only:
            patient(world, folder, quick=quick)
        if "work" in options.only:
            work(world, folder, people=people, days=1 if quick else 2, quick=quick)
        if "curve" in options.only:
            caps = (25, 50, 100) if quick else (10, 25, 50, 100, 200, 400)
            for row in curve(world, folder, pool, caps=caps, ks=(4, 10), questions=count, people=people):
                tell("cap on distinct documents", row, target="coverage <= .05 at the default 50", met=None)
    tell("time", {"cpu_seconds": round(time.process_time() - began)}, target="300 with --quick", met=None)


if __name__ == "__main__":
    main()
