"""Names of people and places, by a spaCy model, only around words that could be names."""
# ruff: noqa: E501, RUF001 - both apostrophes are meant

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from detectors.pii.candidate import Candidate
from detectors.pii.gazetteer import AMBIGUOUS, FAMILY_NAMES, GIVEN_NAMES, PRODUCTS, STARTERS
from detectors.pii.segments import Segment

ENTITY_OF_LABEL: Final = {"PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION"}
"""spaCy's labels, of the English and of the other models, as Presidio's entities."""

NER_SCORE: Final = 0.85
LISTED_SCORE: Final = 0.7
REMEMBERED: Final = 4096
"""Segments whose names are remembered; each costs a few hundred bytes."""

_WORD: Final = re.compile(
    r"(?<![\w./\\$@#<&+=-])(?:(?:Mc|Mac|O['’]|D['’]|De|Di|Du|La|Le|Van|Fitz)[A-ZÀ-ÖØ-Þ]|[A-ZÀ-ÖØ-ÞĀ-ŽͰ-ϿЀ-Я])[a-zß-öø-ÿā-žά-ώа-я]{1,24}"
    r"(?:-[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿā-ž]{1,24})?(?:['’]s)?(?![\w(\[=\\]|\.\w|::|://|-\d)",
)
_TRIM_START: Final = re.compile(r"^[\s\"'`*_(\[>:;,.-]+")
_TRIM_END: Final = re.compile(r"(?:['’]s)?[\s\"'`*_.,;:)\]>-]*$")
_NO_NAME: Final = re.compile(r"[_/\\=<>{}\[\]()#$%&*+|~^@0-9]|::|--|\.\w")
_CAMEL: Final = re.compile(r"[a-zß-ÿ][A-Z]|[A-Z]{2,}[a-z]")
_CAMEL_NAME: Final = re.compile(r"^(?:Mc|Mac|De|Di|Du|La|Le|Van|Fitz)[A-Z][a-zß-ÿ]+$")
_TITLED: Final = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lady|lord|herr|frau|madame|mme|mlle|monsieur|señor|señora|sr|sra|sig|signor|signora|"
    r"don|doña|dott|dhr|mevr|doctor|nurse|captain|judge|president|senator|hi|hello|dear|hey|regards|sincerely|cheers|thanks|hola|liebe|lieber|cher|chère|"
    r"name|named|called|patient|client|customer|employee|colleague|manager|contact|by|author|signed|from|attn|"
    r"nombre|nom|nome|naam|apellidos?|vorname|nachname|paciente)\b[\s.,:*-]{1,4}$",
    re.IGNORECASE,
)
_DETERMINER: Final = re.compile(
    r"\b(?:the|an?|any|this|that|each|such|every|no|your|its|our|their)\s{1,3}$", re.IGNORECASE
)
_LOWER_WORD: Final = re.compile(r"(?<!\w)[a-zß-öø-ÿ]+(?!\w)")
_UPPER_WORD: Final = re.compile(r"(?<!\w)[A-ZÀ-ÖØ-Þ][\w-]*")
WINDOW: Final = 36
"""Characters kept on either side of a word that could be a name: more than the model sees."""


_INTRODUCED: Final = re.compile(
    r"(?:\b(?i:mr|mrs|ms|miss|mx|dr|prof|professor|sir|herr|frau|madame|mme|mlle|monsieur|señor|señora|sra?|signora?|dott|dhr|mevr)\b\.?[ ]{1,2}"
    r"|\b(?i:(?:full |first |last |given |family |maiden |sur|user|patient |customer |client )?name|nombre|apellidos?|vorname|nachname|nom|cognome)s?(?::\s{0,6}| is ))"
    r"(?P<name>[A-ZÀ-ÖØ-ÞĀ-Ž][\wß-ÿ'’-]{1,24}(?:[ ](?:[A-Z]\.?|(?:van|de|von|der|la|del)|[A-ZÀ-ÖØ-ÞĀ-Ž][\wß-ÿ'’-]{1,24})){0,3})(?![\w(\[=.])",
)


class NameFinder:
    """
    Runs a model segment by segment, on the words around what could be a name.

    What it found in a segment is remembered under a keyed hash of the segment, as offsets only, so that a stream that
    is looked at again and again pays once per sentence.

    Args:
        nlp: The spaCy pipeline.
        ordinary: Words of the language, lower case, that alone are no name; may be empty.
        nouns: Those of them that are nouns and nothing else.
    """

    def __init__(self, nlp: Any, ordinary: frozenset[str] = frozenset(), nouns: frozenset[str] = frozenset()) -> None:
        self._nlp = nlp
        self._nouns = nouns
        self._ordinary = ordinary - GIVEN_NAMES - FAMILY_NAMES
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, tuple[tuple[str, int, int, float], ...]] = OrderedDict()

    def find(self, text: str, pieces: Sequence[Segment]) -> Iterator[Candidate]:
        """Yield the names in each of *pieces* of *text*; what stands in one piece depends on that piece alone."""
        todo: dict[bytes, tuple[str, tuple[tuple[int, int], ...]]] = {}
        places: list[tuple[int, bytes]] = []
        known: dict[bytes, tuple[tuple[str, int, int, float], ...]] = {}
        for piece in pieces:
            segment = text[piece.start : piece.end].rstrip()
            windows = self._windows(segment)
            if not windows:
                continue
            digest = hashlib.blake2b(segment.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
            places.append((piece.start, digest))
            if digest in known or digest in todo:
                continue
            remembered = self._recall(digest)
            if remembered is None:
                todo[digest] = (segment, windows)
            else:
                known[digest] = remembered
        for digest, names in self._run(todo):
            known[digest] = names
            self._remember(digest, names)
        for start, digest in places:
            for entity, begin, end, score in known[digest]:
                yield Candidate(entity, start + begin, start + end, score)

    def _windows(self, segment: str) -> tuple[tuple[int, int], ...]:
        """Return the ranges of *segment* around words that could be names."""
        windows: list[tuple[int, int]] = []
        first = True
        for word in _WORD.finditer(segment):
            lowered = word.group().lower()
            plain = lowered.removesuffix("'s").removesuffix("’s")
            leading = first and not any(char.isalnum() for char in segment[: word.start()])
            first = False
            if plain in STARTERS or (leading and plain in self._ordinary):
                continue
            start = _edge(segment, max(0, word.start() - WINDOW), back=True)
            end = _edge(segment, min(len(segment), word.end() + WINDOW), back=False)
            if windows and start <= windows[-1][1]:
                windows[-1] = (windows[-1][0], end)
            else:
                windows.append((start, end))
        return tuple(windows)

    def _run(
        self,
        todo: dict[bytes, tuple[str, tuple[tuple[int, int], ...]]],
    ) -> Iterator[tuple[bytes, tuple[tuple[str, int, int, float], ...]]]:
        if not todo:
            return
        jobs = [segment[start:end] for segment, windows in todo.values() for start, end in windows]
        docs = iter(self._nlp.pipe(jobs, batch_size=128))
        for digest, (segment, windows) in todo.items():
            names: list[tuple[str, int, int, float]] = []
            for start, _ in windows:
                names.extend(self._named(segment, start, next(docs)))
            names.extend(self._listed(segment))
            names.extend(self._introduced(segment))
            yield digest, tuple(dict.fromkeys(names))

    def _introduced(self, segment: str) -> Iterator[tuple[str, int, int, float]]:
        """Yield capitalised words that a title or a label introduces: ``Dr. Foo``, ``Name: Foo B. Bar``."""
        for match in _INTRODUCED.finditer(segment):
            start, end = match.span("name")
            words = [_plain(word) for word in segment[start:end].split()]
            if not any(word in STARTERS or word in PRODUCTS for word in words) and not self._is_ordinary(words[-1]):
                yield "PERSON", start, end - _possessive(segment[:end]), LISTED_SCORE

    def _named(self, segment: str, shift: int, doc: Any) -> Iterator[tuple[str, int, int, float]]:
        """Yield what the model calls a name in the window of *segment* that begins at *shift*."""
        for ent in doc.ents:
            entity = ENTITY_OF_LABEL.get(ent.label_)
            if entity is None:
                continue
            for start, end in _parts(segment, shift + ent.start_char, shift + ent.end_char):
                if self._is_name(entity, segment, start, end):
                    yield entity, start, end, NER_SCORE

    def _listed(self, segment: str) -> Iterator[tuple[str, int, int, float]]:
        """Yield a listed given name with the capitalised words behind it, whatever the model says."""
        words = list(_WORD.finditer(segment))
        for index, word in enumerate(words):
            given = _plain(word.group())
            if given not in GIVEN_NAMES:
                continue
            end = word.end()
            last = word
            for other in words[index + 1 : index + 4]:
                between = segment[last.end() : other.start()]
                if between not in {
                    " ",
                    " van ",
                    " de ",
                    " von ",
                    " der ",
                    " di ",
                    " da ",
                    " van der ",
                    " van den ",
                    " de la ",
                } and not (
                    len(between) <= 5 and re.fullmatch(r" [A-Z]\.? ", between)  # noqa: PLR2004 - a middle initial
                ):
                    break
                if _plain(other.group()) in STARTERS:
                    break
                last, end = other, other.end()
            if last is not word or (given not in AMBIGUOUS and not segment[word.start() - 1 : word.start()].isalnum()):
                yield "PERSON", word.start(), end - _possessive(segment[:end]), LISTED_SCORE

    def _is_name(self, entity: str, segment: str, start: int, end: int) -> bool:
        value = segment[start:end]
        words = value.split()
        if not words or not value[0].isupper() or _NO_NAME.search(value):
            return False
        if any(_CAMEL.search(word) and not _CAMEL_NAME.match(word) for word in words):
            return False
        plain = [_plain(word) for word in words]
        if any(word in PRODUCTS for word in plain) or all(word in STARTERS for word in plain):
            return False
        if any(word in GIVEN_NAMES for word in plain):
            return True
        if value.isupper() and len(words) == 1:
            return False
        if not all(self._is_ordinary(word) for word in plain):
            return True
        if entity == "PERSON" and _TITLED.search(segment[max(0, start - 24) : start]):
            return True
        # Nouns with capitals (dictionaries list family names and towns among them) are a name inside a sentence, not at its
        # beginning and not in a heading.
        if len(plain) == 1 and _DETERMINER.search(segment[max(0, start - 12) : start]):
            return False
        return all(word in self._nouns for word in plain) and _inside_a_sentence(segment, start, end)

    def _is_ordinary(self, word: str) -> bool:
        """Say whether *word* or what it is a form of is a word of the language."""
        if word in self._ordinary:
            return True
        for ending, rest in (
            ("s", ""),
            ("es", ""),
            ("ies", "y"),
            ("ing", ""),
            ("ing", "e"),
            ("ed", ""),
            ("ed", "e"),
            ("d", ""),
            ("er", ""),
        ):
            if word.endswith(ending) and word.removesuffix(ending) + rest in self._ordinary:
                return True
        return False

    def _recall(self, digest: bytes) -> tuple[tuple[str, int, int, float], ...] | None:
        with self._lock:
            names = self._seen.get(digest)
            if names is not None:
                self._seen.move_to_end(digest)
            return names

    def _remember(self, digest: bytes, names: tuple[tuple[str, int, int, float], ...]) -> None:
        with self._lock:
            self._seen[digest] = names
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)


def _inside_a_sentence(segment: str, start: int, end: int) -> bool:
    """Say whether lower-case words stand before ``[start, end)`` and the segment is no heading or list of terms."""
    before = _LOWER_WORD.findall(segment[:start])
    around = len(before) + len(_LOWER_WORD.findall(segment[end:]))
    capitals = len(_UPPER_WORD.findall(segment))
    return bool(before) and around >= 3 and capitals <= max(2, around // 2)  # noqa: PLR2004 - fewer are no sentence


def _plain(word: str) -> str:
    lowered = word.lower().strip(".,;:'\"’()")
    return lowered.removesuffix("'s").removesuffix("’s")


def _possessive(text: str) -> int:
    return 2 if text.endswith(("'s", "’s")) else 0


def _edge(segment: str, place: int, *, back: bool) -> int:
    """Return the nearest end of a word at or beyond *place*."""
    if back:
        while place > 0 and not segment[place - 1].isspace():
            place -= 1
    else:
        while place < len(segment) and not segment[place].isspace():
            place += 1
    return place


def _parts(segment: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the range without quotes, punctuation and possessive at its ends, cut at line ends."""
    at = start
    for line in segment[start:end].splitlines(keepends=True):
        begin, stop = at, at + len(line)
        at = stop
        lead = _TRIM_START.match(line)
        begin += lead.end() if lead else 0
        tail = _TRIM_END.search(segment[begin:stop])
        stop = begin + tail.start() if tail else stop
        if begin < stop:
            yield begin, stop
