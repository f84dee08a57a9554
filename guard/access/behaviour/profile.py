"""What is kept of one user: counts, sketches and hashes, never a text, in a few kilobytes."""

from __future__ import annotations

import base64
import json
import zlib
from array import array
from collections import deque
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self, TypeVar

from datasketches import hll_sketch, hll_union, tgt_hll_type

from guard.access.behaviour.touched import LG_EVER, Touched
from guard.access.behaviour.wording import BINS

_Number = TypeVar("_Number", int, float)
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


class Level(NamedTuple):
    """How far one indicator has risen, when, and when it was last told."""

    value: float
    at: float
    told: float


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
        sensitive: Sensitive documents touched.
        everything: All documents touched.
        passages: Places copied from, each 512 characters of a document, counted.
        recent: The last questions.
        answers: The last answers.
        places: Where the last answers copied from.
        sessions: Hash of a conversation, and when it was last heard of.
        doors: Hashes of endpoints and models used today.
        repeats: Times each of some sensitive documents was touched today; the rarest make room.
        refused: Sketch of the question that was last refused, and when.
        bins: How often words fell into each bin, halved when it overflows.
        levels: Of every indicator that has ever risen.
        slowed: Whether the user is slowed down.
        address: Hash of the network address last used; 0 where unknown.
    """

    tenant: str = ""
    user: str = ""
    first: float = 0.0
    latest: float = 0.0
    questions: int = 0
    characters: int = 0
    novelty: float = 0.0
    verbatim: float = 0.0
    sensitive: Touched = field(default_factory=Touched)
    everything: Touched = field(default_factory=Touched)
    passages: hll_sketch = field(default_factory=lambda: hll_sketch(LG_EVER, tgt_hll_type.HLL_4))
    recent: deque[Question] = field(default_factory=lambda: deque(maxlen=RECENT))
    answers: deque[Answer] = field(default_factory=lambda: deque(maxlen=FEW))
    places: deque[Place] = field(default_factory=lambda: deque(maxlen=FEW))
    sessions: dict[int, float] = field(default_factory=dict)
    doors: dict[int, float] = field(default_factory=dict)
    repeats: dict[int, int] = field(default_factory=dict)
    refused: tuple[int, float] = (0, 0.0)
    bins: array[int] = field(default_factory=lambda: array("H", bytes(2 * BINS)))
    levels: dict[str, Level] = field(default_factory=dict)
    slowed: bool = False
    address: int = 0

    def turn(self, at: float) -> bool:
        """Begin the day in which *at* lies, and say whether it is a new one; counts of the day begin again."""
        self.first = self.first or at
        self.latest = max(self.latest, at)
        new = self.everything.turn(at)
        self.sensitive.turn(at)
        if new:
            self.questions = self.characters = 0
            self.doors.clear()
            self.repeats.clear()
        return new

    def count_words(self, bins: bytes) -> None:
        """Count the words of a question."""
        for one in bins:
            self.bins[one] += 1
            if self.bins[one] >= FULL:
                self.bins = array("H", (count // 2 for count in self.bins))

    def pack(self) -> bytes:
        """Return it as bytes, at most about 8 KB."""
        values = {
            "format": FORMAT,
            "plain": [getattr(self, name) for name in _PLAIN],
            "sensitive": self.sensitive.pack(),
            "everything": self.everything.pack(),
            "passages": base64.b64encode(self.passages.serialize_compact()).decode(),
            "recent": list(self.recent),
            "answers": list(self.answers),
            "places": list(self.places),
            "sessions": list(self.sessions.items()),
            "doors": list(self.doors.items()),
            "repeats": list(self.repeats.items()),
            "refused": self.refused,
            "bins": self.bins.tolist(),
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
            self.everything = Touched.unpack(values["everything"])
            self.passages = hll_sketch.deserialize(base64.b64decode(values["passages"]))
            self.recent.extend(Question(*one) for one in values["recent"])
            self.answers.extend(Answer(*one) for one in values["answers"])
            self.places.extend(Place(*one) for one in values["places"])
            self.sessions = dict(values["sessions"])
            self.doors = dict(values["doors"])
            self.repeats = dict(values["repeats"])
            sketch, at = values["refused"]
            self.refused = (int(sketch), float(at))
            self.bins = array("H", values["bins"])
            self.levels = {name: Level(*one) for name, one in values["levels"].items()}
        except (zlib.error, KeyError, TypeError, IndexError) as error:
            raise ValueError(f"these are no statistics of a user ({type(error).__name__})") from None
        return self

    def merge(self, other: Profile) -> None:
        """
        Take in what another process knows of the same user.

        Sketches are joined; counts of the day, levels and memories are the larger or later of the two, for both may
        have begun with the same.
        """
        newer = other.latest > self.latest
        if other.everything.day > self.everything.day:
            self.turn(other.latest)
        same_day = other.everything.day == self.everything.day
        self.first = min(self.first, other.first) if self.first and other.first else self.first or other.first
        self.sensitive.merge(other.sensitive)
        self.everything.merge(other.everything)
        joined = hll_union(LG_EVER)
        joined.update(self.passages)
        joined.update(other.passages)
        self.passages = joined.get_result(tgt_hll_type.HLL_4)
        if same_day:
            self.questions = max(self.questions, other.questions)
            self.characters = max(self.characters, other.characters)
            self.repeats = _few(
                {**self.repeats, **{k: max(n, self.repeats.get(k, 0)) for k, n in other.repeats.items()}}
            )
            self.doors = _few({**self.doors, **other.doors})
        self.novelty = max(self.novelty, other.novelty)
        self.verbatim = max(self.verbatim, other.verbatim)
        recent = sorted({*self.recent, *other.recent})[-RECENT:]
        self.recent = deque(recent, maxlen=RECENT)
        if newer:
            self.answers, self.places, self.address = other.answers, other.places, other.address
            self.bins, self.slowed = other.bins, other.slowed
        self.sessions = _few({**self.sessions, **other.sessions})
        self.refused = max(self.refused, other.refused, key=lambda one: one[1])
        for name, level in other.levels.items():
            mine = self.levels.get(name)
            self.levels[name] = level if mine is None else Level(*map(max, zip(mine, level, strict=True)))
        self.latest = max(self.latest, other.latest)


_PLAIN: Final = (
    "tenant",
    "user",
    "first",
    "latest",
    "questions",
    "characters",
    "novelty",
    "verbatim",
    "slowed",
    "address",
)


def remember(table: dict[int, float], key: int, at: float, most: int = FEW) -> None:
    """Put *key* into a table of times that keeps the latest *most*."""
    table.pop(key, None)
    table[key] = at
    if len(table) > most:
        del table[min(table, key=table.__getitem__)]


def count_often(table: dict[int, int], key: int, most: int = FEW) -> int:
    """
    Count *key* in a table of the most frequent, and return its count: never too high, too low by a part at most.

    Source: Misra, Gries, *Finding repeated elements* (1982): too low by at most the number counted over ``most + 1``.
    """
    if key in table or len(table) < most:
        table[key] = table.get(key, 0) + 1
        return table[key]
    for one in list(table):
        table[one] -= 1
        if not table[one]:
            del table[one]
    return 0


def _few(table: dict[int, _Number]) -> dict[int, _Number]:
    return dict(sorted(table.items(), key=lambda item: item[1])[-FEW:])
