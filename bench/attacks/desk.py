"""A guarded question-answering desk with a clock of its own, and the book of what it gave away."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import numpy as np

from bench.attacks.world import World
from corpora import Corpus, Document, DocumentRef
from guard import CheckRequest, Guard, Principal, Verdict
from guard.access.tails import Tails
from guard.exemption import Question

TENANT = "acme"
NAME = "desk"
DAY = 86_400.0
_CUTS = re.compile(r"\[passage withheld\]|\n\n\[The rest of this answer was withheld[^\]]*\]$")
_RULES = """
[rules]
pii = { default = "allow" }
secret = "allow"
canary = "block"
training = "block"
"""


class Clock:
    """Seconds since the epoch, as they are told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    @contextmanager
    def ruling(self) -> Iterator[Clock]:
        """Let the whole program go by this clock."""
        with mock.patch("time.time", self):
            yield self


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a victim says.

    Attributes:
        text: Of the answer.
        parts: (start in the answer, document, start in the document, length) of what comes from documents.
    """

    text: str
    parts: tuple[tuple[int, int, int, int], ...]


Answerer = Callable[[World, str, Sequence[int]], Answer]


def echoing(world: World, question: str, chunks: Sequence[int]) -> Answer:  # noqa: ARG001 - as every answerer
    """Repeat the whole context."""
    return together(
        world, [(world.chunks[one].document, world.chunks[one].start, world.chunks[one].end) for one in chunks]
    )


def extracting(world: World, question: str, chunks: Sequence[int]) -> Answer:
    """Give the two sentences of the context that are nearest to the question, in the order of the context."""
    found = [(world.chunks[one].document, *span) for one in chunks for span in world.sentences(one)]
    if not found:
        return Answer("I do not know.", ())
    vectors = world.embed([world.texts[document][start:end] for document, start, end in found])
    best = sorted(np.argsort(-(vectors @ world.embed([question])[0]))[:2])
    return together(world, [found[number] for number in best])


def together(world: World, ranges: Sequence[tuple[int, int, int]]) -> Answer:
    """Return an answer made of ranges of documents."""
    text, parts = "", []
    for document, start, end in ranges:
        text += "\n\n" if text else ""
        parts.append((len(text), document, start, end - start))
        text += world.texts[document][start:end]
    return Answer(text or "I do not know.", tuple(parts))


@dataclass(slots=True)
class Turn:
    """One question as it went."""

    admitted: bool
    retrieved: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    answer: Answer | None = None
    verdict: Verdict | None = None


class Book:
    """What left, per reader and for all together: one mark for each character of each document."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.by_user: dict[tuple[str, int], np.ndarray] = {}
        self.all: dict[int, np.ndarray] = {}
        self.longest = 0
        self.before_cut: int | None = None

    def shown(self, user: str, answer: Answer, verdict: Verdict, question: str = "") -> str:
        """Mark what *verdict* shows of *answer*, but for what *question* said already; return it all."""
        seen = np.zeros(len(answer.text), dtype=bool)
        at, kept = 0, []
        for piece in _CUTS.split(verdict.text):
            place = answer.text.find(piece, at) if piece else -1
            if place >= 0:
                seen[place : place + len(piece)] = True
                at = place + len(piece)
                kept.append(piece)
        if verdict.action and self.before_cut is None:
            self.before_cut = sum(int(mask.sum()) for mask in self.all.values()) + int(
                np.argmin(seen) if len(seen) else 0
            )
        if question:
            for span in Question(question[:8_000]).repeats(answer.text, final=True)[0]:
                seen[span.start : span.end] = False
        for begin, document, start, length in answer.parts:
            mask = seen[begin : begin + length]
            self._mark(self.by_user, (user, document), document, start, mask)
            self._mark(self.all, document, document, start, mask)
            self.longest = max(self.longest, longest_run(mask))
        return " ".join(kept)

    def _mark(self, book: dict, key: object, document: int, start: int, mask: np.ndarray) -> None:
        if mask.any():
            if key not in book:
                book[key] = np.zeros(len(self._world.texts[document]), dtype=bool)
            book[key][start : start + len(mask)] |= mask

    def recovered(self, masks: dict[int, np.ndarray]) -> tuple[int, int]:
        """
        Count the chunks of which enough is in *masks*.

        Returns:
            Those with a ROUGE-L over 0.5 of all that was shown of them put together, and those of which more than half
            was shown, which is a ROUGE-L over 0.5 of a text as long as the chunk.
        """
        assembled = whole = 0
        for chunk in self._world.chunks:
            mask = masks.get(chunk.document)
            if mask is None:
                continue
            share = float(mask[chunk.start : chunk.end].mean())
            # F1 of a text and the part of it that is known: 2 c / (1 + c).
            assembled += 2 * share / (1 + share) > 0.5
            whole += share > 0.5
        return assembled, whole


def longest_run(mask: np.ndarray) -> int:
    """Return the longest stretch of marked characters."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0


class Desk:
    """A guard over *world*, all of whose documents everybody in the tenant may read."""

    def __init__(
        self, world: World, folder: Path, clock: Clock, *, label: str = "confidential", extra: str = ""
    ) -> None:
        self.world, self.clock, self.label = world, clock, label
        self.book = Book(world)
        self.signals: list[tuple[int, str]] = []
        self.asked = 0
        self._refs = [DocumentRef(NAME, name) for name in world.ids]
        self._places = {ref: number for number, ref in enumerate(self._refs)}
        index = folder / f"index-{label}"
        if not index.exists():
            everybody = frozenset({"*"})
            pairs = zip(world.ids, world.texts, strict=True)
            documents = (
                Document(id=name, text=text, label=label, readers=everybody, tenant=TENANT) for name, text in pairs
            )
            Corpus.build(index, documents, name=NAME).close()
        number = len(list(folder.glob("*.toml")))
        path = folder / f"{number}.toml"
        path.write_text(
            f'[[corpora]]\nname = "{NAME}"\npath = "{index.name}"\n[ledger]\nurl = "sqlite:///ledger{number}.db"\n'
            f"{_RULES}\n{extra}"
        )
        self.guard = Guard.open(path)
        self.guard.ledger._clock = clock  # type: ignore[attr-defined]  # noqa: SLF001 - a default of long ago
        self.guard._tails = Tails(clock)  # noqa: SLF001 - its clock is no setting
        tell = self.guard.watch.signal

        def heard(signal: object) -> None:
            self.signals.append((self.asked, str(getattr(signal, "kind", ""))))
            tell(signal)  # type: ignore[arg-type]

        self.guard.watch.signal = heard  # type: ignore[method-assign]

    def reader(self, name: str) -> Principal:
        """Return somebody of the tenant."""
        return Principal(user=name, tenant=TENANT)

    def ask(self, principal: Principal, question: str, *, k: int, answerer: Answerer | None) -> Turn:
        """Ask, as a chain does: admission, retrieval, filter, answer, check.  Without answerer nothing is answered."""
        self.asked += 1
        request = f"q{self.asked}"
        if not self.guard.admit(question[:8_000], principal, request_id=request).allowed:
            return Turn(admitted=False)
        turn = Turn(admitted=True, retrieved=self.world.nearest(question, k))
        refs = list(dict.fromkeys(self._refs[self.world.chunks[one].document] for one in turn.retrieved))
        kept = self.guard.filter_documents(refs, principal, question=question[:8_000], request_id=request)
        allowed = {self._places[ref] for ref in kept.kept}
        turn.reasons = {self._places[one.ref]: one.reason.value for one in kept.dropped}
        turn.kept = [one for one in turn.retrieved if self.world.chunks[one].document in allowed]
        if answerer is not None:
            turn.answer = answerer(self.world, question, turn.kept)
            turn.verdict = self.guard.check(
                CheckRequest(
                    answer=turn.answer.text,
                    principal=principal,
                    context=kept.kept,
                    question=question[:8_000],
                    request_id=request,
                )
            )
        return turn

    def close(self) -> None:
        """Close the guard."""
        self.guard.close()


@dataclass(slots=True)
class Took:
    """CPU seconds of one part of a run."""

    seconds: float = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Add what the block takes."""
        before = time.process_time()
        yield
        self.seconds += time.process_time() - before


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    z = 1.96
    centre = (hits + z * z / 2) / (count + z * z)
    half = z / (count + z * z) * (hits * (count - hits) / count + z * z / 4) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def per_document(masks: dict[tuple[str, int], np.ndarray]) -> dict[int, list[int]]:
    """Return the characters each reader was shown, per document."""
    found: dict[int, list[int]] = defaultdict(list)
    for (_, document), mask in masks.items():
        found[document].append(int(mask.sum()))
    return found
