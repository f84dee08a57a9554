"""One version of a corpus, open: what readers look at, and what a newer version takes over from it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from corpora.errors import CorpusCorrupt
from corpora.index.directory import current_version, read_version, stamp_of
from corpora.index.reader import hiding, open_segment, verify_segment
from corpora.index.weights import WEIGHT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpora.document import Document, DocumentInfo
    from corpora.index.manifest import FileRecord
    from corpora.index.reader import IndexReader
    from corpora.index.segments import SegmentRecord, Version
    from corpora.index.weights import WordWeights

_PATIENCE: Final = 10.0
"""Seconds after which a corpus that changes faster than it can be opened is given up."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    Every segment of one version, open.

    Attributes:
        stamp: What :func:`corpora.index.directory.stamp_of` said before it was opened.
        version: Its description.
        segments: Oldest first, as in the description.
    """

    stamp: tuple[int, ...] | None
    version: Version
    segments: tuple[IndexReader, ...] = field(repr=False)

    def __len__(self) -> int:
        return sum(len(segment.documents) for segment in self.segments)

    def find(self, document_id: str) -> tuple[int, int] | None:
        """Return the segment and the number of a document, None where there is none of that id."""
        for place, segment in enumerate(self.segments):
            number = segment.documents.number(document_id)
            if number is not None:
                return place, number
        return None

    def info(self, document_id: str) -> DocumentInfo | None:
        """Return what is known of a document, None where there is none of that id."""
        found = self.find(document_id)
        return None if found is None else self.segments[found[0]].documents.at(found[1])

    def text(self, document_id: str) -> str | None:
        """Return the text of a document; None where there is none of that id, or no text is kept."""
        found = self.find(document_id)
        return None if found is None else self.segments[found[0]].text(found[1])

    def documents(self) -> Iterator[DocumentInfo]:
        """Go through all documents: segment by segment, in each in the order in which they were added."""
        return (info for segment in self.segments for info in segment.documents)

    def family(self, document: Document) -> str | None:
        """
        Return the family that *document* inherits: of a document with its text, else of the one with its id.

        Removed documents count too, as long as their segment is there: removing and adding again resets no account.
        None where the document founds a family of its own.
        """
        for segment in self.segments:
            family = segment.documents.family_of(document.text)
            if family is not None:
                return family
        replaced = self.info(document.id)
        return None if replaced is None else replaced.family

    def verify(self, directory: Path) -> None:
        """
        Compare every byte on disk with its checksum.

        Raises:
            CorpusCorrupt: Something differs; the message names the file.
        """
        read_version(directory, self.version.name)
        for record in self.version.segments:
            verify_segment(directory, record)


def open_snapshot(directory: Path, known: Snapshot | None = None) -> Snapshot:
    """
    Open the version in force.

    Args:
        directory: Of the corpus.
        known: An older snapshot; segments that are the same are taken over as they are, without another check.

    Raises:
        CorpusNotFound: Nothing was built there.
        CorpusVersion: Another version of this program wrote it.
        CorpusCorrupt: It is not as it was written.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        stamp = stamp_of(directory)
        name = current_version(directory)
        try:
            version = read_version(directory, name)
            segments = tuple(_opened(directory, record, known) for record in version.segments)
            return Snapshot(stamp, version, _with_shared_weights(segments))
        except (CorpusCorrupt, FileNotFoundError):
            # Another process may just have put a newer version in force and removed this one.
            if current_version(directory) == name:
                raise
            if time.monotonic() > until:
                raise CorpusCorrupt(f"{directory} changes faster than it can be opened; try again") from None


def _opened(directory: Path, record: SegmentRecord, known: Snapshot | None) -> IndexReader:
    if known is not None:
        for other, reader in zip(known.version.segments, known.segments, strict=True):
            if other == record:
                return reader
            if (other.name, other.digest) == (record.name, record.digest):
                return hiding(reader, record)
    return open_segment(directory, record)


def _with_shared_weights(segments: tuple[IndexReader, ...]) -> tuple[IndexReader, ...]:
    """Let segments with equal word weights hold the same object: what a matcher makes of a text by them is the same."""
    weights: dict[FileRecord, WordWeights] = {}
    shared = []
    for segment in segments:
        same = weights.setdefault(segment.manifest.files[WEIGHT_FILE], segment.weights)
        shared.append(segment if same is segment.weights else replace(segment, weights=same))
    return tuple(shared)
