"""Ours and every peer on the same answers, in one process and one run, each at no more false positives than ours."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from bench.matching.answers import Answers
from bench.matching.figures import wilson
from bench.matching.peers.base import Absent, Found, Peer
from bench.matching.peers.bloom import BloomFilter
from bench.matching.peers.brute import SAMPLE, BruteForce
from bench.matching.peers.exact import InfiniGram
from bench.matching.peers.minhash import MinHashLsh
from bench.matching.plant import Bank, Trial
from bench.matching.recall import Case, cases, plant
from bench.matching.report import Report, Row
from bench.matching.speed import WARM_UP, mixed
from bench.matching.texts import Texts, up_to
from corpora import Corpus
from corpora.errors import CorpusError

PEERS: tuple[Callable[[], Peer], ...] = (InfiniGram, MinHashLsh, BloomFilter, BruteForce)
_SLOW = 10
"""Answers that a slow peer is asked, at the most."""
SKIPPED = "passim is left out: it needs Java and Spark, and is in no registry of this bench"


def peer_rows(
    corpus: Corpus,
    texts: Texts,
    bank: Bank,
    answers: Answers,
    report: Report,
    *,
    megabytes: int,
    most: int,
    clean: int,
    patient: bool,
    chosen: Callable[[Case], bool],
) -> None:
    """
    Compare with every peer that is installed.

    Args:
        corpus: Ours, open.
        texts: What it was built of; the peers get the same.
        bank: Passages to plant.
        answers: Clean ones.
        report: Takes the rows.
        megabytes: Size of the corpus, as asked for.
        most: Trials of each kind of copy.
        clean: Clean answers at which every peer is set, half of them siblings of the corpus.
        patient: Whether slow peers are asked too.
        chosen: Which kinds of copy.
    """
    report.note(SKIPPED)
    report.note("peers are set on clean answers chosen for sharing no 8-word run, which favours peers that count runs")
    planted = {
        case.name: plant(bank, case, most, report) for case in cases(bank) if chosen(case) and case.target is not None
    }
    for make in PEERS:
        try:
            peer = make()
        except Absent as error:
            report.note(f"a peer is left out: {error}")
            continue
        if peer.most < _SLOW and not patient:
            report.note(f"a peer is left out of a quick run: {peer.name}")
            continue
        _compare(corpus, texts, planted, mixed(answers, clean), report, peer, megabytes)


def _compare(
    corpus: Corpus,
    texts: Texts,
    planted: dict[str, list[Trial]],
    clean: Sequence[str],
    report: Report,
    peer: Peer,
    megabytes: int,
) -> None:
    # A slow peer takes seconds for an answer: it is asked of random edits only.
    asked = {name: trials for name, trials in planted.items() if peer.most >= _SLOW or "% edits" in name}
    few = {name: trials[: peer.most] for name, trials in asked.items()}
    copied = {trial.document for trials in few.values() for trial in trials}
    over = texts if not isinstance(peer, BruteForce) else sample(texts, copied)
    began = time.process_time()
    peer.build(over)
    built = time.process_time() - began
    clean = clean[: 10 * peer.most]
    for answer in clean[:WARM_UP]:
        ours(corpus, answer)
    seconds: dict[str, list[float]] = {"ours": [], "peer": []}
    ours_flagged, scores = 0, []
    for answer in clean:
        said, took = _cpu(lambda text: ours(corpus, text), answer)
        ours_flagged += said.score > 0
        seconds["ours"].append(took)
        said, took = _cpu(peer.ask, answer)
        scores.append(said.score)
        seconds["peer"].append(took)
    # Only a score above this one counts as a flag: then no more clean answers are flagged than by ours.
    border = sorted(scores, reverse=True)[ours_flagged] if ours_flagged < len(scores) else 0.0
    rows = []
    for name, trials in few.items():
        mine, theirs = [ours(corpus, trial.answer) for trial in trials], [peer.ask(trial.answer) for trial in trials]
        rows.append(_row(name, mine, theirs, trials, border))
    mean = {whose: 1e3 * statistics.mean(taken) for whose, taken in seconds.items()}
    for name, values, met in rows:
        report.add(
            Row(
                corpus=megabytes,
                group=f"peer {peer.name}",
                name=name,
                values=values,
                target="ours >= peer, > where peer < 0.99",
                met=met,
            )
        )
    report.add(
        Row(
            corpus=megabytes,
            group=f"peer {peer.name}",
            name="milliseconds of an answer without copies, mean",
            values={
                "ours": round(mean["ours"], 3),
                "peer": round(mean["peer"], 3),
                "times_faster": round(mean["peer"] / mean["ours"], 2),
                "peer_build_s": round(built, 1),
                "peer_mb": round(sum(len(text.encode()) for _, text in over) / 1e6, 1),
                "flagged_ours": ours_flagged,
                "flagged_peer": sum(score > border for score in scores),
                "clean_answers": len(clean),
                "peer_border": round(border, 4),
            },
            target="faster than peers that name documents" if peer.names_documents else "",
            met=mean["ours"] < mean["peer"] if peer.names_documents else None,
        )
    )


def _row(
    name: str, mine: Sequence[Found], theirs: Sequence[Found], trials: Sequence[Trial], border: float
) -> tuple[str, dict[str, float | int | list[float]], bool]:
    ours_found = sum(found.score > 0 for found in mine)
    peer_found = sum(found.score > border for found in theirs)
    count = len(trials)
    values: dict[str, float | int | list[float]] = {
        "ours": round(ours_found / count, 4),
        "peer": round(peer_found / count, 4),
        "ours_named": round(_named(mine, trials, 0.0), 4),
        "peer_named": round(_named(theirs, trials, border), 4),
        "trials": count,
        "peer_interval": [round(end, 4) for end in wilson(peer_found, count)],
    }
    better = ours_found > peer_found if peer_found < 0.99 * count else ours_found >= peer_found
    return name, values, better


def _named(found: Sequence[Found], trials: Sequence[Trial], border: float) -> float:
    return sum(
        one.score > border and trial.document in one.documents for one, trial in zip(found, trials, strict=True)
    ) / len(trials)


def ours(corpus: Corpus, answer: str) -> Found:
    """Return what we say, in the same form: 1 where anything was found or the answer would be withheld."""
    try:
        matches = corpus.matches(answer)
    except CorpusError:
        return Found(1.0)
    return Found(float(bool(matches)), frozenset(match.document_id for match in matches))


def sample(texts: Texts, copied: set[str]) -> Texts:
    """Return the documents that were copied, and others up to a megabyte."""
    first = [(name, text) for name, text in texts if name in copied]
    return first + up_to([(name, text) for name, text in texts if name not in copied], SAMPLE)


def _cpu(ask: Callable[[str], Found], answer: str) -> tuple[Found, float]:
    started = time.process_time()
    found = ask(answer)
    return found, time.process_time() - started
