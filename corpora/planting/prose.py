"""Decoys in prose: five kinds of papers about matters that do not exist, in the words of the corpus around them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from corpora.planting.genres import (
    CLOSINGS,
    FAMILY_NAMES,
    GENRES,
    GIVEN_NAMES,
    MONTHS,
    ORGANISATIONS,
    PLACES,
    PROJECTS,
    Genre,
)
from corpora.planting.markers import length_prefixed

_FIRST_DAY: Final = date(2023, 3, 1)
_DAYS: Final = 1_250
_FEWEST: Final = 7
_MOST: Final = 11


@dataclass(frozen=True, slots=True)
class Paper:
    """A decoy's words: a name for its file, its title, and its paragraphs."""

    slug: str
    title: str
    text: str


def chance(key: bytes, corpus: str, number: int, turn: int = 0) -> Random:
    """Return the chance that decides everything about one decoy: the same for the same arguments, on any machine."""
    said = b"echoguard canary prose\0" + b"".join(
        length_prefixed(part) for part in (corpus.encode(), str(number).encode(), str(turn).encode())
    )
    # Not for secrecy but for repeatability; what is secret is the key.
    return Random(int.from_bytes(hmac.digest(key, said, hashlib.sha256), "big"))  # noqa: S311


def write(dice: Random, phrases: Sequence[str]) -> Paper:
    """Return one paper about things named by *phrases*, as *dice* fall."""
    genre = dice.choice(GENRES)
    draw = _Drawing(dice, phrases)
    subject = draw["term"]
    draw.keep(lead=draw["person"], org=draw["org"], project=draw["project"], subject=subject, place=draw["place"])
    sentences = [text.format_map(draw) for text in _some(dice, genre)]
    size = dice.choice((2, 3))
    body = [" ".join(sentences[at : at + size]) for at in range(0, len(sentences), size)]
    title = dice.choice(genre.titles).format_map(draw)
    opening, closing = dice.choice(genre.openings), dice.choice(CLOSINGS)
    text = "\n\n".join(_capital(part) for part in (opening.format_map(draw), *body, closing.format_map(draw)))
    return Paper(f"{dice.choice(genre.slugs)}-{subject.replace(' ', '-')}", _capital(title), text)


def _some(dice: Random, genre: Genre) -> list[str]:
    chosen = dice.sample(range(len(genre.sentences)), dice.randint(_FEWEST, min(_MOST, len(genre.sentences))))
    return [genre.sentences[number] for number in sorted(chosen)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Drawing(dict[str, str]):
    """Answers every placeholder: with what was kept under its name, else with something drawn anew."""

    def __init__(self, dice: Random, phrases: Sequence[str]) -> None:
        super().__init__()
        self._dice = dice
        self._recent = _FIRST_DAY + timedelta(days=dice.randrange(_DAYS))
        self._drawn: dict[str, Callable[[], str]] = {
            "person": self._person,
            "org": self._organisation,
            "date": self._later,
            "money": self._money,
            "percent": self._percent,
            "code": self._code,
            "term": lambda: dice.choice(phrases),
            "project": lambda: dice.choice(PROJECTS),
            "place": lambda: dice.choice(PLACES),
            "number": lambda: str(dice.randint(3, 89)),
        }

    def keep(self, **values: str) -> None:
        """Answer these placeholders alike from now on."""
        self.update(values)

    def __missing__(self, name: str) -> str:
        return self._drawn[name]()

    def _person(self) -> str:
        return f"{self._dice.choice(GIVEN_NAMES)} {self._dice.choice(FAMILY_NAMES)}"

    def _organisation(self) -> str:
        return self._dice.choice(ORGANISATIONS).format(*self._dice.sample(FAMILY_NAMES, 2))

    def _later(self) -> str:
        self._recent += timedelta(days=self._dice.randint(1, 24))
        # Not strftime: the months must not depend on the locale.
        return f"{self._recent.day} {MONTHS[self._recent.month - 1]} {self._recent.year}"

    def _money(self) -> str:
        return f"{self._dice.randint(11, 949)},{self._dice.choice((100, 250, 400, 500, 600, 750, 800))}"

    def _percent(self) -> str:
        return f"{self._dice.randint(2, 38)}.{self._dice.randint(1, 9)} percent"

    def _code(self) -> str:
        return f"{self._dice.choice('BDHKMRTW')}{self._dice.choice('ACFLNV')}-{self._dice.randint(1011, 9874)}"
