"""One run: fetch, build, measure, print, record, draw."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.matching import answers, grow, page
from bench.matching.build import build_apart, build_rows, spool, spooled
from bench.matching.fetch import CACHE
from bench.matching.flags import flag_rows
from bench.matching.peers.compare import peer_rows
from bench.matching.plant import Bank
from bench.matching.recall import Case, recall_rows, whole_rows
from bench.matching.report import Report
from bench.matching.speed import clean_row, copy_rows, reference_row
from bench.matching.streaming import stream_rows
from bench.matching.texts import Library, Texts, library, up_to
from corpora import Corpus

SIZES = (20, 120, 1000)
DISK = 6
"""Bytes of disk for every byte of corpus: the text twice, the index, and what is sorted on the way."""


@dataclass(frozen=True, slots=True)
class Effort:
    """
    How much is measured; *quick* runs are for looking, not for the record.

    Attributes:
        trials: Of each kind of copy.
        unrelated: Clean answers of unrelated text.
        hard: Hard negatives wanted.
        timed: Answers that latency is taken from.
        streamed: Answers fed word by word.
        peer_trials: Of each kind of copy, for peers that are fast enough.
        peer_clean: Clean answers at which they are set.
    """

    trials: int
    unrelated: int
    hard: int
    timed: int
    streamed: int
    peer_trials: int
    peer_clean: int


QUICK = Effort(trials=50, unrelated=1_500, hard=600, timed=600, streamed=4, peer_trials=8, peer_clean=120)
FULL = Effort(trials=1_000, unrelated=50_000, hard=2_400, timed=3_000, streamed=40, peer_trials=300, peer_clean=2_000)
LARGE = Effort(trials=300, unrelated=50_000, hard=2_400, timed=3_000, streamed=20, peer_trials=0, peer_clean=0)
"""Of 120 MB and more, where recall is measured for the record and peers no longer fit."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    options = _options(arguments)
    if options.show:
        _show()
        return
    report = Report(quick=options.quick)
    with tempfile.TemporaryDirectory(dir=options.work, prefix="echoguard-bench-") as scratch:
        sizes = [20] if options.quick else list(SIZES) if options.size == "all" else [int(options.size)]
        _check_disk(Path(scratch), max(sizes))
        texts = library()
        for reason in texts.skipped:
            report.note(f"text left out: {reason}")
        report.note(answers.DEFINITION)
        for size in sizes:
            effort = QUICK if options.quick else FULL if size == min(SIZES) else LARGE
            asked = {"trials": options.trials, "unrelated": options.clean, "hard": options.hard}
            effort = replace(effort, **{name: count for name, count in asked.items() if count is not None})
            measure(size, texts, effort, report, Path(scratch) / str(size), options)
            shutil.rmtree(Path(scratch) / str(size))
    print(report.table())
    lessened = (options.quick, options.trials, options.clean, options.hard, options.only, options.skip)
    if options.record or not any(lessened):
        print(f"\nrecord: {report.save()}")
        _show()


def measure(
    megabytes: int, texts: Library, effort: Effort, report: Report, folder: Path, options: argparse.Namespace
) -> None:
    """Build a corpus of *megabytes* in *folder* and print every row of it."""
    folder.mkdir(parents=True)
    real = up_to(texts.indexed, megabytes * 1_000_000)
    source = folder / "documents.jsonl"
    spool(source, corpus_texts(real, megabytes, report))
    built = build_apart(folder / "index", source)
    with Corpus.open(folder / "index") as corpus:
        build_rows(built, corpus, report, megabytes=megabytes)
        chosen = answers.clean_answers(
            texts, lambda: (text for _, text in spooled(source)), unrelated=effort.unrelated, hard=effort.hard
        )
        reference_row(report, megabytes=megabytes)
        clean_row(corpus, chosen, report, megabytes=megabytes, count=effort.timed)
        bank = Bank(real, chosen.unrelated + chosen.siblings)
        wanted = _wanted(options.only)
        if "flags" not in options.skip:
            flag_rows(corpus, chosen, report, megabytes=megabytes, flagged=options.flagged)
        if "recall" not in options.skip:
            tally = recall_rows(
                corpus, bank, report, megabytes=megabytes, trials=effort.trials, chosen=wanted, misses=options.misses
            )
            whole_rows(tally, report, megabytes)
            copy_rows(corpus, bank, tally, report, megabytes=megabytes, count=effort.timed // 3)
        if "stream" not in options.skip:
            copied = [
                trial.answer for trial in bank.trials(60, lambda text, _rnd: text, effort.streamed, seed="stream")
            ]
            streamed = {"nothing copied": chosen.siblings[: effort.streamed], "60 words copied": copied}
            stream_rows(corpus, streamed, report, megabytes=megabytes)
        if "peers" not in options.skip and effort.peer_trials:
            peer_rows(
                corpus,
                real,
                bank,
                chosen,
                report,
                megabytes=megabytes,
                most=effort.peer_trials,
                clean=effort.peer_clean,
                chosen=lambda case: wanted(case) and (not options.quick or "% edits" in case.name),
                patient=not options.quick,
            )


def corpus_texts(real: Texts, megabytes: int, report: Report) -> Iterator[tuple[str, str]]:
    """Yield the real documents, and grown ones up to the size wanted."""
    size = sum(len(text.encode()) for _, text in real)
    yield from real
    missing = megabytes * 1_000_000 - size
    if missing > 0:
        report.note(f"corpus of {megabytes} MB: {size / 1e6:.1f} MB of real documents, the rest grown: {grow.HOW}")
        yield from grow.grown(real, missing)


def _wanted(words: Sequence[str]) -> Callable[[Case], bool]:
    """Return whether a kind of copy is asked for: its name, or that of its group, holds one of *words*."""
    return lambda case: not words or any(word in f"{case.group}: {case.name}" for word in words)


def _check_disk(folder: Path, megabytes: int) -> None:
    free, needed = shutil.disk_usage(folder).free, DISK * megabytes * 1_000_000
    if free < needed:
        raise SystemExit(
            f"bench: a corpus of {megabytes} MB needs {needed / 1e9:.1f} GB of disk and {folder.parent} has "
            f"{free / 1e9:.1f}; choose another place with --work or a smaller corpus with --size"
        )


def _show() -> None:
    try:
        print(f"table: {page.write()}")
        from bench.matching.plot import draw

        for path in draw():
            print(f"figure: {path}")
    except ImportError:
        print("bench: matplotlib is not installed, so nothing was drawn; it is in the group 'bench'", file=sys.stderr)
    except FileNotFoundError as error:
        raise SystemExit(f"bench: {error}") from None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description="Figures of near-verbatim matching.")
    parser.add_argument("--size", choices=[*map(str, SIZES), "all"], default="all", help="megabytes of the corpus")
    parser.add_argument("--quick", action="store_true", help="20 MB and few trials: three minutes, no record")
    parser.add_argument("--record", action="store_true", help="write a record of a run that was made shorter too")
    parser.add_argument("--trials", type=int, help="trials of each kind of copy")
    parser.add_argument("--clean", type=int, help="clean answers of unrelated text")
    parser.add_argument("--hard", type=int, help="hard negatives")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="kinds of copy whose name holds a word")
    parser.add_argument(
        "--skip", nargs="+", default=[], choices=["flags", "recall", "stream", "peers"], help="parts to leave out"
    )
    parser.add_argument("--flagged", type=Path, help="file for clean answers that were flagged, to be read by hand")
    parser.add_argument("--misses", type=Path, help="file for planted passages that were missed")
    parser.add_argument("--work", type=Path, help="where indexes are built; a folder of the cache by default")
    parser.add_argument("--show", action="store_true", help="only draw the newest record and write its table again")
    options = parser.parse_args(arguments)
    if options.work is None:
        CACHE.mkdir(parents=True, exist_ok=True)
        options.work = CACHE
    return options
