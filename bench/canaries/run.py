"""
Canaries: false alarms on honest answers, markers and decoys found in every disguise, and what looking costs.

    python -m bench.canaries [PATH ...] [--answers 10000] [--each 60] [--seed 11]

PATHs are files and folders of documents to take honest answers from; without any, public packages are fetched (see
``bench.matching.fetch``).  Prints one JSON line per figure with its target; CPU time of one thread.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.canaries.honest import answers
from bench.figures import emit
from bench.matching.disguises import DISGUISES
from bench.matching.figures import wilson
from corpora import Corpus
from corpora.errors import AnswerTooLarge
from corpora.planting import is_decoy, marker
from corpora.planting.copies import plant
from corpora.readers import read_documents
from detectors.canaries import CanaryDetector
from detectors.verbatim import VerbatimDetector
from guard import CheckRequest, Guard, GuardUnavailable, Principal
from guard.settings import CorpusSetting, LedgerSetting, PiiSetting, Settings

KEY = b"the key of this bench, no other"
ANN = Principal(user="ann", groups=frozenset({"staff"}))
PLANTED = 400
"""Documents of the corpus that canaries are planted in."""
DECOYS = 25
LONGEST = 12_000
FILLER = (
    "I looked into this for you and there are a few things worth knowing before the meeting on Thursday afternoon. "
    "Most of it is ordinary business and nobody would be surprised to hear about it over lunch in the canteen. "
)
SHAPES: dict[str, Callable[[str], str]] = {
    **DISGUISES,
    "lower case": str.lower,
    "without head": lambda text: text.replace("EXDOC-", ""),
    "without hyphens": lambda text: text.replace("-", ""),
    "cut off after eight signs": lambda text: text.replace(text[text.find("EXDOC-") + 15 :][:10], "", 1),
    "numbers of characters": lambda text: " ".join(str(byte) for byte in text.encode()),
}

emitted = partial(emit, "canaries")


def honest_texts(paths: list[Path]) -> list[str]:
    """Return the texts of documents at *paths*, or of public packages."""
    if paths:
        return [one.text for one in read_documents(paths, on_skip=lambda _: None, on_note=lambda _: None)]
    from bench.matching.texts import library

    found = library()
    return [text for part in (found.indexed, found.held, found.unrelated, found.raw) for _, text in part]


@contextmanager
def planted_guard(texts: list[str], folder: Path) -> Iterator[Guard]:
    """Plant canaries in copies of some documents and open a guard over their index."""
    source = folder / "source"
    source.mkdir()
    for number, text in enumerate(texts):
        head = '---\nlabel: internal\nreaders: ["group:staff"]\n---\n'
        (source / f"report-{number}.txt").write_text(head + text[:LONGEST], encoding="utf-8")
    start = time.process_time()
    done = plant(source, folder / "copies", key=KEY, corpus="files", decoys=DECOYS, on_skip=print)
    took = time.process_time() - start
    emitted(
        "planting",
        documents=done.documents,
        markers=done.markers,
        decoys=len(done.decoys),
        copied=len(done.copied),
        cpu_ms_per_document=round(1e3 * took / len(texts), 2),
    )
    Corpus.build(folder / "index", read_documents([folder / "copies"], on_skip=print), name="files").close()
    settings = Settings(
        corpora=(CorpusSetting("files", folder / "index"),),
        ledger=LedgerSetting(f"sqlite:///{folder}/ledger.db"),
        canary_keys=(KEY,),
        pii=PiiSetting(ner=False),
    )
    with Guard.open(settings) as guard:
        guard.warm()
        yield guard


def false_alarms(guard: Guard, texts: list[str], count: int, chance: random.Random) -> None:
    """Count honest answers in which a marker or text of a decoy is seen."""
    detector = next(one for one in guard.detectors if isinstance(one, CanaryDetector))
    matching = next(one for one in guard.detectors if isinstance(one, VerbatimDetector))
    alarms: Counter[str] = Counter()
    decoys = unread = 0
    spent, characters = [], 0
    for kind, answer in answers(texts, count, chance):
        start = time.process_time()
        try:
            alarms[kind] += bool(detector.detect(answer))
        except AnswerTooLarge:
            unread += 1
            continue
        spent.append(1e3 * (time.process_time() - start))
        characters += len(answer)
        named = {source.id for one in matching.detect(answer) for source in one.documents}
        decoys += any(is_decoy(KEY, "files", name) for name in named)
    total = sum(alarms.values())
    emitted(
        "markers in honest answers",
        target="0",
        alarms=total,
        answers=count,
        interval=[round(end, 6) for end in wilson(total, count)],
        kinds=dict(alarms),
        too_disguised_to_read=unread,
    )
    emitted(
        "decoys in honest answers",
        target="0",
        alarms=decoys,
        answers=count,
        interval=[round(end, 6) for end in wilson(decoys, count)],
    )
    cuts = statistics.quantiles(spent, n=100)
    emitted(
        "a look at an answer",
        cpu_ms_p50=round(cuts[49], 3),
        cpu_ms_p99=round(cuts[98], 3),
        cpu_ms_per_kb=round(sum(spent) / (characters / 1e3), 3),
        characters_on_average=characters // max(len(spent), 1),
    )


def disguised(guard: Guard, each: int, chance: random.Random) -> None:
    """Say for every disguise what becomes of a lone marker, of two, and of one with its text."""
    corpus = guard.corpora["files"]
    infos = [info for info in corpus.documents() if info.ref not in guard.decoys and info.length > 1_500]
    for name, shape in SHAPES.items():
        ends: dict[str, Counter[str]] = {"lone": Counter(), "two": Counter(), "with text": Counter()}
        leaked = 0
        for _ in range(each):
            info = chance.choice(infos)
            text = corpus.text(info.id) or ""
            at = chance.randrange(300, len(text) - 600)
            made, other = (marker(KEY, "files", info.id, place) for place in (at, at + 400))
            chunk = f"{text[at - 300 : at]} [{made}] {text[at : at + 500]}"
            for case, said in (
                ("lone", f"{FILLER}Then {shape(made)} and so on. {FILLER}"),
                ("two", f"{FILLER}Then {shape(made)} and so on. {FILLER}Also {shape(other)}. {FILLER}"),
                ("with text", f"{FILLER}{shape(chunk)} {FILLER}"),
            ):
                action, shown = _judged(guard, said)
                ends[case][action] += 1
                leaked += shape(made[:14]) in shown if case != "with text" else made[6:15] in shown
        emitted(
            f"disguise: {name}",
            each=each,
            lone_redacted=ends["lone"]["redact"] / each,
            lone_stopped=1 - ends["lone"]["allow"] / each,
            two_blocked=ends["two"]["block"] / each,
            with_text_blocked=ends["with text"]["block"] / each,
            with_text_stopped=1 - ends["with text"]["allow"] / each,
            markers_that_left=leaked,
        )


def decoys_found(guard: Guard, each: int, chance: random.Random) -> None:
    """Say how much of a decoy must stand in an answer to be seen."""
    corpus = guard.corpora["files"]
    decoys = [corpus.text(info.id) or "" for info in corpus.documents() if info.ref in guard.decoys]
    for sentences in (1, 2, 3, 6):
        blocked = 0
        for _ in range(each * 4):
            found = chance.choice(decoys).replace("\n\n", " ").split(". ")
            at = chance.randrange(max(len(found) - sentences, 1))
            said = ". ".join(found[at : at + sentences])
            blocked += _judged(guard, f"{FILLER}{said}. {FILLER}")[0] == "block"
        share = wilson(blocked, each * 4)
        emitted(
            f"decoy text, sentences: {sentences}",
            blocked=round(blocked / each / 4, 4),
            interval=[round(end, 4) for end in share],
        )


def _judged(guard: Guard, said: str) -> tuple[str, str]:
    try:
        verdict = guard.check(CheckRequest(answer=said, principal=ANN, record=False))
    except GuardUnavailable:
        # More disguised than is read: nothing is shown.
        return "unread", ""
    return verdict.action.word, verdict.text


def main(arguments: list[str] | None = None) -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    chance = random.Random(options.seed)
    texts = honest_texts(options.paths)
    chosen = [text for text in texts if len(text) > 2_000 and not text.startswith("---")]
    with tempfile.TemporaryDirectory() as folder:
        inside = chance.sample(chosen, min(PLANTED, len(chosen)))
        with planted_guard(inside, Path(folder)) as guard:
            # Half of the answers come from the very documents between which the decoys stand.
            false_alarms(guard, [*inside, *chance.sample(texts, min(len(inside), len(texts)))], options.answers, chance)
            disguised(guard, options.each, chance)
            decoys_found(guard, options.each, chance)


if __name__ == "__main__":
    main()
