"""Names of people and places: a spaCy model on words that could be names, words around them, and lists."""
# ruff: noqa: E501 - patterns of words

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from detectors.pii import cues, known
from detectors.pii.again import again
from detectors.pii.candidate import Candidate
from detectors.pii.cues import Named
from detectors.pii.gazetteer import AMBIGUOUS, AMBIGUOUS_PLACES, FAMILY_NAMES, GIVEN_NAMES, PLACES, PRODUCTS, STARTERS
from detectors.pii.known import WORD
from detectors.pii.segments import Segment
from detectors.pii.wording import edge, inside_a_sentence, parts, plain

if TYPE_CHECKING:
    from detectors.pii.assurance import SecondModel

ENTITY_OF_LABEL: Final = {"PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION"}
"""spaCy's labels, of the English and of the other models, as Presidio's entities."""

NER_SCORE: Final = 0.85
REMEMBERED: Final = 4096
"""Segments whose names are remembered; each costs a few hundred bytes."""

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
_IN: Final = re.compile(r"\b(?:in|at|near|to|from|of|visit(?:ed|ing)?)\s{1,2}(?:the )?\Z", re.IGNORECASE)
_CODE: Final = re.compile(
    r"^\s*(?:#(?!#)|//|/\*|;|>>>|\$|@\w)|[;{}]\s*$|^\s*(?:import|from \S+ import|class|def|return|elif|const|let|var|public|private|static|function|package|using|include)\b|\w\(\w*[,)]|\w = |==|__|->|=>|[│├┼─]|\w\.\w+\(",
)
"""Lines of code, where words with capitals are seldom names."""
_NOTICE: Final = re.compile(
    r"(?i:\bcopyright\b|\(c\) (?:19|20)\d\d|©|spdx-|all rights reserved|@author\b|__(?:author|credits|maintainer)__)|^\s*(?:#|//|\*|;|\"\"\")\s*(?i:author|contributors?|maintainer|written by|hacked by|modified by|based on)\b",
)
"""Notices that name their holder so that everybody may read it."""
_MARKED: Final = re.compile(r"[^\W_a-z]")
_LETTERS: Final = re.compile(r"[^\W\d_]{3}")
_BEFORE_CODE: Final = re.compile(r"[\w./\\$@#<&+=\[{|`-]\Z")
_BEHIND_CODE: Final = re.compile(r"[\w(\[={\\`>|]|\.\w|::|://")
_FILLED: Final = re.compile(r"(?i:name|nombre|apellido|vorname|nom|naam|nome|cognome)s?[ \t]*:")
_SURE_PLACES: Final = PLACES - AMBIGUOUS_PLACES - GIVEN_NAMES
WINDOW: Final = 36
"""Characters kept on either side of a word that could be a name: more than the model sees."""


class NameFinder:
    """
    Runs a model segment by segment, on the words around what could be a name.

    What it found in a segment is remembered under a keyed hash of the segment, as offsets only, so that a stream that
    is looked at again and again pays once per sentence.

    Args:
        nlp: The spaCy pipeline.
        ordinary: Words of the language, lower case, that alone are no name; may be empty.
        nouns: Those of them that are nouns and nothing else.
        second: Another model, which looks at every segment that holds a capital letter or a digit.
    """

    def __init__(
        self,
        nlp: Any,
        ordinary: frozenset[str] = frozenset(),
        nouns: frozenset[str] = frozenset(),
        *,
        second: SecondModel | None = None,
    ) -> None:
        self._nlp = nlp
        self._second = second
        self._nouns = nouns
        # Dictionaries list names of people too; those that are nothing else are no words of the language.
        self._names = (GIVEN_NAMES - AMBIGUOUS) | (FAMILY_NAMES & nouns) | (FAMILY_NAMES - ordinary) | _SURE_PLACES
        self._ordinary = ordinary - self._names
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, tuple[Named, ...]] = OrderedDict()

    def find(self, text: str, pieces: Sequence[Segment]) -> Iterator[Candidate]:
        """Yield the names in each of *pieces* of *text*; what stands in one depends on it and on those in front of it."""
        todo: dict[bytes, tuple[str, tuple[tuple[int, int], ...]]] = {}
        places: list[tuple[int, bytes]] = []
        found: dict[bytes, tuple[Named, ...]] = {}
        for piece in pieces:
            segment = text[piece.start : piece.end].rstrip()
            windows = self._windows(segment)
            if not windows and not _FILLED.search(segment) and not self._asks_second(segment):
                continue
            digest = hashlib.blake2b(segment.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
            places.append((piece.start, digest))
            if digest in found or digest in todo:
                continue
            remembered = self._recall(digest)
            if remembered is None:
                todo[digest] = (segment, windows)
            else:
                found[digest] = remembered
        for digest, names in self._run(todo):
            found[digest] = names
            self._remember(digest, names)
        candidates = [
            Candidate(entity, start + begin, start + end, score)
            for start, digest in places
            for entity, begin, end, score in found[digest]
        ]
        yield from candidates
        yield from again(text, pieces, candidates, self._is_ordinary)

    def _windows(self, segment: str) -> tuple[tuple[int, int], ...]:
        """Return the ranges of *segment* around words that could be names."""
        windows: list[tuple[int, int]] = []
        first = True
        for word in WORD.finditer(segment):
            bare = plain(word.group())
            leading = first and not any(char.isalnum() for char in segment[: word.start()])
            first = False
            if bare in STARTERS or (leading and bare in self._ordinary):
                continue
            start = edge(segment, max(0, word.start() - WINDOW), back=True)
            end = edge(segment, min(len(segment), word.end() + WINDOW), back=False)
            if windows and start <= windows[-1][1]:
                windows[-1] = (windows[-1][0], end)
            else:
                windows.append((start, end))
        return tuple(windows)

    def _run(
        self,
        todo: dict[bytes, tuple[str, tuple[tuple[int, int], ...]]],
    ) -> Iterator[tuple[bytes, tuple[Named, ...]]]:
        if not todo:
            return
        jobs = [segment[start:end] for segment, windows in todo.values() for start, end in windows]
        docs = iter(self._nlp.pipe(jobs, batch_size=128))
        by_second = self._by_second([segment for segment, _ in todo.values()])
        for (digest, (segment, windows)), names in zip(todo.items(), by_second, strict=True):
            for start, _ in windows:
                names.extend(self._named(segment, start, next(docs)))
            for rules in (cues, known):
                names.extend(rules.people(segment, self._is_ordinary))
                names.extend(rules.places(segment, self._is_ordinary))
            names.extend(known.listed_together(segment, names, self._is_ordinary))
            yield digest, () if _NOTICE.search(segment) else tuple(dict.fromkeys(names))

    def _asks_second(self, segment: str) -> bool:
        return self._second is not None and _MARKED.search(segment) is not None

    def _by_second(self, segments: Sequence[str]) -> list[list[Named]]:
        """Return what the second model finds in each of *segments*, without what is no name in code."""
        found: list[list[Named]] = [[] for _ in segments]
        if self._second is None:
            return found
        asked = [index for index, segment in enumerate(segments) if self._asks_second(segment)]
        for index, names in zip(asked, self._second.names([segments[index] for index in asked]), strict=True):
            segment = segments[index]
            code = _CODE.search(segment) is not None
            places = any(
                entity == "LOCATION" and _LETTERS.search(segment, start, end) for entity, start, end, _ in names
            )
            for entity, start, end, score in names:
                if code and not _supported(segment[start:end]):
                    continue
                if not self._no_name(entity, segment, start, end) and (places or _LETTERS.search(segment, start, end)):
                    kind = self._entity(entity, segment, start, end)
                    found[index].append((kind, start, end, min(max(score, cues.LIKELY), NER_SCORE)))
        return found

    def _no_name(self, entity: str, segment: str, start: int, end: int) -> bool:
        """Say whether the second model took words of the language or of code for a name."""
        value = segment[start:end]
        words = [plain(word) for word in value.split()]
        if all(word in STARTERS or word in PRODUCTS for word in words):
            return True
        if _BEFORE_CODE.search(segment[max(0, start - 1) : start]) or _BEHIND_CODE.match(segment, end):
            return True
        if entity == "PERSON" and _NO_NAME.search(value):
            return True
        # Without a capital, or with nothing else, only a listed name is one: the model was taught on names alone.
        return (value.islower() or (value.isupper() and len(words) == 1)) and not _supported(value)

    def _named(self, segment: str, shift: int, doc: Any) -> Iterator[Named]:
        """Yield what the model calls a name in the window of *segment* that begins at *shift*."""
        code = _CODE.search(segment) is not None
        for ent in doc.ents:
            entity = ENTITY_OF_LABEL.get(ent.label_)
            if entity is None:
                continue
            for start, end in parts(segment, shift + ent.start_char, shift + ent.end_char):
                if code and not _supported(segment[start:end]):
                    continue
                if self._is_name(entity, segment, start, end):
                    yield self._entity(entity, segment, start, end), start, end, NER_SCORE

    def _entity(self, entity: str, segment: str, start: int, end: int) -> str:
        """Return what it is after all: small models take unknown people for places, and places for people."""
        words = [plain(word) for word in segment[start:end].split()]
        if " ".join(words) in PLACES and words[0] not in GIVEN_NAMES:
            return "LOCATION"
        behind = _IN.search(segment[max(0, start - 16) : start])
        if entity == "LOCATION" and known.is_given(words[0]) and not behind and " ".join(words) not in PLACES:
            return "PERSON"
        return entity

    def _is_name(self, entity: str, segment: str, start: int, end: int) -> bool:
        value = segment[start:end]
        words = value.split()
        if not words or not value[0].isupper() or _NO_NAME.search(value):
            return False
        if any(_CAMEL.search(word) and not _CAMEL_NAME.match(word) for word in words):
            return False
        bare = [plain(word) for word in words]
        if any(word in PRODUCTS for word in bare) or all(word in STARTERS for word in bare):
            return False
        if any(word in GIVEN_NAMES and word not in AMBIGUOUS for word in bare):
            return True
        if value.isupper() and len(words) == 1:
            return False
        if not all(self._is_ordinary(word) for word in bare):
            return True
        if entity == "PERSON" and _TITLED.search(segment[max(0, start - 24) : start]):
            return True
        # Nouns with capitals (dictionaries list family names and towns among them) are a name inside a sentence, not at its
        # beginning and not in a heading.
        if len(bare) == 1 and _DETERMINER.search(segment[max(0, start - 12) : start]):
            return False
        return all(word in self._nouns for word in bare) and inside_a_sentence(segment, start, end)

    def _is_ordinary(self, word: str) -> bool:
        """Say whether *word* or what it is a form of is a word of the language."""
        if word in self._ordinary or word in self._names:
            return word not in self._names
        return any(
            word.endswith(ending) and word.removesuffix(ending) + rest in self._ordinary for ending, rest in _ENDINGS
        )

    def _recall(self, digest: bytes) -> tuple[Named, ...] | None:
        with self._lock:
            names = self._seen.get(digest)
            if names is not None:
                self._seen.move_to_end(digest)
            return names

    def _remember(self, digest: bytes, names: tuple[Named, ...]) -> None:
        with self._lock:
            self._seen[digest] = names
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)


def _supported(value: str) -> bool:
    """Say whether a list knows one of the words: in code a model alone is no evidence."""
    return any(known.is_given(word) or word in FAMILY_NAMES or word in PLACES for word in map(plain, value.split()))


_ENDINGS: Final = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("d", ""), ("er", ""),
)  # fmt: skip
