"""
The table of documents: what is known of each, and which of them have the same text.

Documents with equal texts share one text in the store and in the marks, so ten thousand copies cost little and are
found as one.
"""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from corpora.document import DocumentInfo
from corpora.errors import CorpusCorrupt
from corpora.index.families import Families, read_families

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from corpora.document import Document

    I64 = NDArray[np.int64]
    U64 = NDArray[np.uint64]

TABLE_FILE: Final = "documents.table"
META_FILE: Final = "documents.meta"
IDS_FILE: Final = "documents.ids"
TEXTS_FILE: Final = "documents.texts"
DIGESTS_FILE: Final = "documents.digests"
DIGEST_BYTES: Final = 16
_DIGEST: Final = np.dtype([("high", "<u8"), ("low", "<u8")])


def id_hash(document_id: str) -> int:
    """Return the key of an id in the table."""
    return int.from_bytes(hashlib.blake2b(document_id.encode(), digest_size=8).digest(), "little")


def text_digest(text: str) -> bytes:
    """Return the digest by which equal texts are told, :data:`DIGEST_BYTES` long."""
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()


def _consistent(rows: I64, order: U64, starts: I64, lengths: I64, *, size: int) -> None:
    """
    Make sure that no number leads out of the tables: in a large index not every block is checked when it is opened.

    Raises:
        ValueError: One does.
    """
    texts, offsets = rows[:, 0], rows[:, 1]
    whole = (
        (texts >= 0).all()
        and (texts < len(starts)).all()
        and (np.diff(offsets, append=size) > 0).all()
        and (offsets[:1] == 0).all()
        and (order < len(rows)).all()
        and (lengths >= 0).all()
        and (starts[:1] == 0).all()
        and (np.diff(starts) == lengths[:-1]).all()
    )
    if not whole:
        raise ValueError("the tables of documents do not fit one another")


class DocumentTable:
    """Reads the table; :meth:`without` hides removed documents from everything but :meth:`at`."""

    def __init__(self, directory: Path, *, corpus: str, kind: str) -> None:
        self._corpus = corpus
        self._kind = kind
        self._directory = directory
        rows: I64 = np.fromfile(directory / TABLE_FILE, dtype="<i8").reshape(-1, 2)
        self._text_of: I64 = rows[:, 0].copy()
        self._meta_at: list[int] = rows[:, 1].tolist()
        self._keys, self._order = np.fromfile(directory / IDS_FILE, dtype="<u8").reshape(2, -1)
        self.starts, self.lengths = np.fromfile(directory / TEXTS_FILE, dtype="<i8").reshape(2, -1)
        _consistent(rows, self._order, self.starts, self.lengths, size=(directory / META_FILE).stat().st_size)
        # Documents of each text: sorted by text, and where each text's documents begin.
        self._members: I64 = np.argsort(self._text_of, kind="stable")
        self._bounds: I64 = np.searchsorted(self._text_of[self._members], np.arange(len(self.starts) + 1))
        self._meta: bytes | np.memmap[tuple[int], np.dtype[np.uint8]]
        self._meta = np.memmap(directory / META_FILE, dtype=np.uint8, mode="r")
        self._known: dict[int, DocumentInfo] = {}
        self._blocks: I64 | None = None
        self.families: Families = read_families(directory)
        if len(self.families.of) != len(self.starts):
            raise ValueError("the families do not fit the texts")
        self._digests: NDArray[np.void] | None = None
        self._by_digest: I64 | None = None
        self._removed: NDArray[np.bool_] | None = None
        self._live = len(self._meta_at)

    def without(self, removed: I64) -> DocumentTable:
        """Return the same table in which the documents with these numbers, int64, are hidden."""
        table = copy.copy(self)
        table._hide(removed)  # noqa: SLF001 - a copy of our own
        return table

    def _hide(self, numbers: I64) -> None:
        self._removed = np.zeros(len(self._meta_at), dtype=np.bool_)
        self._removed[numbers] = True
        self._live = len(self._meta_at) - int(self._removed.sum())

    def __len__(self) -> int:
        return self._live

    def __iter__(self) -> Iterator[DocumentInfo]:
        return (self.at(number) for number in self.numbers())

    @property
    def rows(self) -> int:
        """How many documents there are with the hidden ones."""
        return len(self._meta_at)

    def numbers(self) -> list[int]:
        """Return the numbers of all documents that are not hidden, in the order in which they were added."""
        every = range(len(self._meta_at))
        if self._removed is None:
            return list(every)
        numbers: list[int] = np.flatnonzero(~self._removed).tolist()
        return numbers

    def live_texts(self) -> I64:
        """Return the numbers of the texts that a document still has, int64, in order."""
        if self._removed is None:
            return np.arange(len(self.starts))
        return np.unique(self._text_of[~self._removed])

    def at(self, number: int) -> DocumentInfo:
        """Return the document with this number, hidden or not."""
        known = self._known.get(number)
        if known is not None:
            return known
        entry = self._entry(number)
        text = int(self._text_of[number])
        family = entry.get("family") or self.families.name(text)
        info = DocumentInfo(
            corpus=self._corpus,
            kind=self._kind,
            id=entry["id"],
            label=entry["label"],
            readers=frozenset(entry["readers"]),
            tenant=entry["tenant"],
            length=int(self.lengths[text]),
            family=family,
            title=entry["title"],
        )
        if len(self._known) > 50_000:  # noqa: PLR2004 - about 50 MB
            self._known.clear()
        self._known[number] = info
        return info

    def _entry(self, number: int) -> dict[str, Any]:
        start = self._meta_at[number]
        end = self._meta_at[number + 1] if number + 1 < len(self._meta_at) else len(self._meta)
        try:
            entry: dict[str, Any] = json.loads(bytes(self._meta[start:end]))
        except ValueError:
            raise CorpusCorrupt(f"{self._directory / META_FILE} is damaged; build the index again") from None
        return entry

    def number(self, document_id: str) -> int | None:
        """Return the number of a document, None where there is none of that id."""
        try:
            key = id_hash(document_id)
        except UnicodeEncodeError:
            return None
        place = int(np.searchsorted(self._keys, np.uint64(key)))
        if place == len(self._keys) or int(self._keys[place]) != key:
            return None
        number = int(self._order[place])
        if self._removed is not None and self._removed[number]:
            return None
        return number if self.at(number).id == document_id else None

    def holds(self, document: Document, number: int) -> bool:
        """Say whether the document with this number is *document*, in text and in all that is known of it."""
        info = self.at(number)
        return (
            (info.id, info.label, info.readers, info.tenant, info.title)
            == (document.id, document.label, document.readers, document.tenant, document.title)
            and info.length == len(document.text)
            and self._text_digests()[int(self._text_of[number])].tobytes() == text_digest(document.text)
        )

    def family_of(self, text: str) -> str | None:
        """Return the family of the documents with this text, hidden ones too; None where there is none."""
        wanted = np.frombuffer(text_digest(text), dtype=_DIGEST)
        digests = self._text_digests()
        if self._by_digest is None:
            self._by_digest = np.argsort(digests["high"])
        place = int(np.searchsorted(digests["high"], wanted["high"][0], sorter=self._by_digest))
        if place == len(digests) or digests[self._by_digest[place]] != wanted[0]:
            return None
        return self.at(self.first_with(int(self._by_digest[place]))).family

    def _text_digests(self) -> NDArray[np.void]:
        """Return the digest of every text; read when asked for, as only writers do."""
        if self._digests is None:
            self._digests = np.fromfile(self._directory / DIGESTS_FILE, dtype=_DIGEST)
        return self._digests

    def text_of(self, number: int) -> int:
        """Return the number of the text of a document."""
        return int(self._text_of[number])

    def text_at(self, places: I64) -> I64:
        """Return the number of the text that holds each place of the text store."""
        return np.searchsorted(self.starts, places, side="right") - 1

    def first_blocks(self, shift: int) -> I64:
        """Return the first block of each text, where texts are cut into blocks of ``2**shift`` code points."""
        if self._blocks is None:
            # One number stays free between texts, so that blocks of different texts are never neighbours.
            counts = (self.lengths >> shift) + 2
            self._blocks = np.cumsum(counts) - counts
        return self._blocks

    def first_with(self, text: int) -> int:
        """Return the number of the first document that had this text, hidden or not."""
        return int(self._members[self._bounds[text]])

    def with_text(self, text: int) -> list[int]:
        """Return the numbers of all documents that have this text and are not hidden."""
        members = self._members[self._bounds[text] : self._bounds[text + 1]]
        if self._removed is not None:
            members = members[~self._removed[members]]
        numbers: list[int] = members.tolist()
        return numbers
