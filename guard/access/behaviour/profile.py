"""What is kept of one user: counts, sketches and hashes, never a text, in a few kilobytes."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from array import array
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from datasketches import hll_sketch, hll_union, tgt_hll_type

from guard.access.behaviour.ring import Ring
from guard.access.behaviour.touched import LG_EVER, Touched
from guard.access.behaviour.wording import BINS

FORMAT: Final = 1
RECENT: Final = 32
"""Questions remembered."""
FULL: Final = 60_000
FEW: Final = 16
"""Answers, sessions, doors, documents and places remembered."""


class Question(NamedTuple):
    """One remembered question; ``odd``: it was no sentence, ``sampling``: hash of how its answer was to be drawn."""

    at: float
    sketch: int
    exact: int
    skeleton: int
    sampling: int
    odd: bool


class Answer(NamedTuple):
    """One remembered answer, and the question it belongs to."""

    sketch: int
    exact: int


class Place(NamedTuple):
    """Where an answer copied from: hash of the document and the range there."""

    document: int
    start: int
    end: int


class Mark(NamedTuple):
    """A hash and a number that belongs to it: a time, or how often."""

    key: int
    value: float


class Level(NamedTuple):
    """How far one indicator has risen, when, and when it was last told."""

    value: float
    at: float
    told: float


_QUESTION: Final = struct.Struct("<dQIII?")
_ANSWER: Final = struct.Struct("<QI")
_PLACE: Final = struct.Struct("<Iii")
_MARK: Final = struct.Struct("<Id")


def _counted() -> hll_sketch:
    return hll_sketch(LG_EVER, tgt_hll_type.HLL_4)


def _marks(raw: bytes = b"") -> Ring[Mark]:
    return Ring(Mark, _MARK, FEW, raw)


@dataclass(slots=True)
class Profile:
    """
    What is kept of one user.

    Attributes:
        tenant: Whose user it is.
        user: The user's name, normalised.
        first: When the user was first seen, in seconds since the epoch.
        latest: When last; never goes back.
        questions: Today.
        characters: Asked and answered today.
        novelty: Share of touched documents that were new to the user, a moving average.
        verbatim: Share of answers that was copied from documents, a moving average.
        slowed: Whether the user is slowed down.
        address: Hash of the network address last used; 0 where unknown.
        refused: Sketch of the question that was last refused; 0 for none.
        refused_at: When.
        sensitive: Sensitive documents touched.
        everything: All documents ever touched, counted.
        passages: Places ever copied from, each 512 characters of a document, counted.
        recent: The last questions.
        answers: The last answers.
        places: Where the last answers copied from.
        sessions: Conversations, and when they were last heard of.
        doors: Endpoints and models used today, and when.
        repeats: How often some sensitive documents were touched today; the rarest make room.
        bins: How often words fell into each bin, halved when it overflows.
        levels: Of every indicator that has ever risen.
    """

    tenant: str = ""
    user: str = ""
    first: float = 0.0
    latest: float = 0.0
    questions: int = 0
    characters: int = 0
    novelty: float = 0.0
    verbatim: float = 0.0
    slowed: bool = False
    address: int = 0
    refused: int = 0
    refused_at: float = 0.0
    sensitive: Touched = field(default_factory=Touched)
    everything: hll_sketch = field(default_factory=_counted)
    passages: hll_sketch = field(default_factory=_counted)
    recent: Ring[Question] = field(default_factory=lambda: Ring(Question, _QUESTION, RECENT))
    answers: Ring[Answer] = field(default_factory=lambda: Ring(Answer, _ANSWER, FEW))
    places: Ring[Place] = field(default_factory=lambda: Ring(Place, _PLACE, FEW))
    sessions: Ring[Mark] = field(default_factory=_marks)
    doors: Ring[Mark] = field(default_factory=_marks)
    repeats: Ring[Mark] = field(default_factory=_marks)
    bins: array[int] = field(default_factory=lambda: array("H", bytes(2 * BINS)))
    levels: dict[str, Level] = field(default_factory=dict)

    def turn(self, at: float) -> bool:
        """Begin the day in which *at* lies, and say whether it is a new one; counts of the day begin again."""
        self.first = self.first or at
        self.latest = max(self.latest, at)
        new = self.sensitive.turn(at)
        if new:
            self.questions = self.characters = 0
            self.doors.clear()
            self.repeats.clear()
        return new

    def touch(self, key: int) -> float:
        """Count a document, and return how much that is new: 1 or 0, with hundreds of documents on the average."""
        before = self.everything.get_estimate()
        self.everything.update(key)
        return min(1.0, float(self.everything.get_estimate() - before))

    def count_words(self, bins: bytes) -> None:
        """Count the words of a question."""
        for one in bins:
            self.bins[one] += 1
            if self.bins[one] >= FULL:
                self.bins = array("H", (count // 2 for count in self.bins))

    def pack(self) -> bytes:
        """Return it as bytes, at most about 9 KB."""
        values = {
            "format": FORMAT,
            "plain": [getattr(self, name) for name in _PLAIN],
            "sensitive": self.sensitive.pack(),
            "counted": [_text(getattr(self, name).serialize_compact()) for name in _COUNTED],
            "rings": [getattr(self, name).text() for name in _RINGS],
            "bins": _text(self.bins.tobytes()),
            "levels": self.levels,
        }
        return zlib.compress(json.dumps(values, separators=(",", ":")).encode(), 1)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """
        Return what :meth:`pack` packed.

        Raises:
            ValueError: It is something else, or was packed by a newer program.
        """
        try:
            values = json.loads(zlib.decompress(packed))
            if values["format"] != FORMAT:
                raise ValueError("statistics in a format that this program does not know")
            self = cls(**dict(zip(_PLAIN, values["plain"], strict=True)))
            self.sensitive = Touched.unpack(values["sensitive"])
            for name, text in zip(_COUNTED, values["counted"], strict=True):
                setattr(self, name, hll_sketch.deserialize(base64.b64decode(text)))
            raw = [base64.b64decode(text) for text in values["rings"]]
            self.recent = Ring(Question, _QUESTION, RECENT, raw[0])
            self.answers = Ring(Answer, _ANSWER, FEW, raw[1])
            self.places = Ring(Place, _PLACE, FEW, raw[2])
            self.sessions, self.doors, self.repeats = map(_marks, raw[3:])
            self.bins = array("H", base64.b64decode(values["bins"]))
            self.levels = {name: Level(*one) for name, one in values["levels"].items()}
        except (zlib.error, KeyError, TypeError, IndexError, AttributeError, RuntimeError) as error:
            raise ValueError(f"these are no statistics of a user ({type(error).__name__})") from None
        return self

    def merge(self, other: Profile) -> None:
        """
        Take in what another process knows of the same user.

        Sketches are joined; counts of the day, levels and memories are the larger or later of the two, for both may
        have begun with the same.
        """
        newer = other.latest > self.latest
        if other.sensitive.day > self.sensitive.day:
            self.turn(other.latest)
        if other.sensitive.day == self.sensitive.day:
            self.questions = max(self.questions, other.questions)
            self.characters = max(self.characters, other.characters)
            _join(self.repeats, other.repeats)
            _join(self.doors, other.doors)
        self.first = min(self.first or other.first, other.first or self.first)
        self.sensitive.merge(other.sensitive)
        for name in _COUNTED:
            joined = hll_union(LG_EVER)
            joined.update(getattr(self, name))
            joined.update(getattr(other, name))
            setattr(self, name, joined.get_result(tgt_hll_type.HLL_4))
        self.recent.replace(sorted({*self.recent, *other.recent}))
        _join(self.sessions, other.sessions)
        if newer:
            self.answers, self.places, self.address = other.answers, other.places, other.address
            self.novelty, self.verbatim, self.bins = other.novelty, other.verbatim, other.bins
            self.slowed = other.slowed
        if other.refused_at > self.refused_at:
            self.refused, self.refused_at = other.refused, other.refused_at
        for name, level in other.levels.items():
            mine = self.levels.get(name)
            self.levels[name] = level if mine is None else Level(*map(max, zip(mine, level, strict=True)))
        self.latest = max(self.latest, other.latest)


_PLAIN: Final = (
    *("tenant", "user", "first", "latest", "questions", "characters"),
    *("novelty", "verbatim", "slowed", "address", "refused", "refused_at"),
)
_COUNTED: Final = ("everything", "passages")
_RINGS: Final = ("recent", "answers", "places", "sessions", "doors", "repeats")


def remember(ring: Ring[Mark], key: int, at: float) -> list[Mark]:
    """Put *key* into marks of times, of which the latest stay, and return them."""
    marks = [*(mark for mark in ring if mark.key != key), Mark(key, at)]
    ring.replace(marks)
    return marks[-FEW:]


def count_often(ring: Ring[Mark], key: int) -> int:
    """
    Count *key* in marks of the most frequent, and return its count: never too high, too low by a part at most.

    Source: Misra, Gries, *Finding repeated elements* (1982): too low by at most the number counted over 17.
    """
    counts = {mark.key: mark.value for mark in ring}
    if key in counts or len(counts) < FEW:
        counts[key] = counts.get(key, 0.0) + 1
    else:
        counts = {one: count - 1 for one, count in counts.items() if count > 1}
    ring.replace([Mark(one, count) for one, count in counts.items()])
    return int(counts.get(key, 0))


def _join(mine: Ring[Mark], theirs: Ring[Mark]) -> None:
    joined = {mark.key: mark.value for mark in mine}
    for mark in theirs:
        joined[mark.key] = max(mark.value, joined.get(mark.key, 0.0))
    mine.replace(sorted((Mark(*one) for one in joined.items()), key=lambda mark: mark.value))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
