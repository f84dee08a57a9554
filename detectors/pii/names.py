"""Names of people and places, by a spaCy model, only where a capitalised word stands."""
# ruff: noqa: RUF001 - both apostrophes are meant

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from detectors.pii.candidate import Candidate
from detectors.pii.segments import Segment

ENTITY_OF_LABEL: Final = {"PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION"}
"""spaCy's labels, of the English and of the other models, as Presidio's entities."""

NER_SCORE: Final = 0.85
REMEMBERED: Final = 2048

_NAME_LIKE: Final = re.compile(r"[^\W\d_a-z][^\W\d_]*[a-zß-ÿ]")
_TRIM: Final = re.compile(r"^[\s\"'`*_(\[]+|(?:'s|’s)?[\s\"'`*_.,;:)\]]+$|(?:'s|’s)$")


class NameFinder:
    """
    Runs a model segment by segment.

    What it found in a segment is remembered under a keyed hash of the segment, as offsets only, so that a stream that
    is looked at again and again pays once per sentence.
    """

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, tuple[tuple[str, int, int], ...]] = OrderedDict()

    def find(self, text: str, pieces: Sequence[Segment]) -> Iterator[Candidate]:
        """Yield the names in each of *pieces* of *text*; what stands in one piece depends on that piece alone."""
        todo: dict[bytes, str] = {}
        places: list[tuple[int, bytes]] = []
        known: dict[bytes, tuple[tuple[str, int, int], ...]] = {}
        for piece in pieces:
            segment = text[piece.start : piece.end].rstrip()
            if not _NAME_LIKE.search(segment):
                continue
            digest = hashlib.blake2b(segment.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
            places.append((piece.start, digest))
            if digest not in known and digest not in todo:
                remembered = self._recall(digest)
                if remembered is None:
                    todo[digest] = segment
                else:
                    known[digest] = remembered
        if todo:
            for digest, doc in zip(todo, self._nlp.pipe(todo.values(), batch_size=64), strict=True):
                known[digest] = tuple(_entities(doc))
                self._remember(digest, known[digest])
        for start, digest in places:
            for entity, begin, end in known[digest]:
                yield Candidate(entity, start + begin, start + end, NER_SCORE)

    def _recall(self, digest: bytes) -> tuple[tuple[str, int, int], ...] | None:
        with self._lock:
            found = self._seen.get(digest)
            if found is not None:
                self._seen.move_to_end(digest)
            return found

    def _remember(self, digest: bytes, found: tuple[tuple[str, int, int], ...]) -> None:
        with self._lock:
            self._seen[digest] = found
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)


def _entities(doc: Any) -> Iterator[tuple[str, int, int]]:
    for ent in doc.ents:
        entity = ENTITY_OF_LABEL.get(ent.label_)
        if entity is None:
            continue
        start, end = _trimmed(doc.text, ent.start_char, ent.end_char)
        if start < end and any(char.isupper() for char in doc.text[start:end]):
            yield entity, start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    lead = _TRIM.match(piece)
    if lead and lead.end():
        start += lead.end()
        piece = text[start:end]
    tail = re.search(r"(?:'s|’s)?[\s\"'`*_.,;:)\]]*$", piece)
    return start, start + (tail.start() if tail else len(piece))
