"""Opens the segments of a version: checked first, then memory-mapped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from corpora.errors import CorpusCorrupt
from corpora.index.directory import MANIFEST
from corpora.index.documents import DocumentTable
from corpora.index.manifest import CHECKED_AT_ONCE, Manifest, check_file, digest_of
from corpora.index.postings import MARKS, PAIRS, PostingReader
from corpora.index.textstore import TextReader
from corpora.index.vectors import SketchReader
from corpora.index.weights import WordWeights

if TYPE_CHECKING:
    from pathlib import Path

    from corpora.index.segments import SegmentRecord

FULLY_CHECKED: Final = 256 << 20
"""Bytes up to which opening compares every block with its checksum; of larger segments it samples as many."""


@dataclass(frozen=True, slots=True)
class IndexReader:
    """Everything of one segment, open; its documents are those that the version has not removed."""

    manifest: Manifest
    directory: Path
    documents: DocumentTable
    texts: TextReader | None
    marks: PostingReader
    pairs: PostingReader
    sketches: SketchReader
    weights: WordWeights

    def text(self, number: int) -> str | None:
        """Return the text of the document with this number; None where no text is kept."""
        if self.texts is None:
            return None
        text = self.documents.text_of(number)
        start = int(self.documents.starts[text])
        codes = self.texts.codes(start, start + int(self.documents.lengths[text]))
        return codes.astype("<u4").tobytes().decode("utf-32-le")


def open_segment(directory: Path, record: SegmentRecord) -> IndexReader:
    """
    Open the segment of a corpus that *record* names, without the documents that it says are removed.

    Size and checksum of every file are compared first; in a segment larger than :data:`FULLY_CHECKED` only every n-th
    block of each file is (:func:`verify_segment` compares all).

    Raises:
        CorpusVersion: Another version of this program wrote it.
        CorpusCorrupt: It is missing, or not as it was written.
    """
    path = directory / record.name
    manifest = _manifest(directory, record)
    _check(path, manifest, every=0)
    return hiding(_open(path, manifest), record)


def hiding(reader: IndexReader, record: SegmentRecord) -> IndexReader:
    """
    Return *reader* without the documents that *record* says are removed.

    Raises:
        CorpusCorrupt: It removes documents that the segment does not have.
    """
    done = 0
    for start, end in record.removed:
        if not done <= start < end <= reader.documents.rows:
            raise CorpusCorrupt(f"the version does not fit the segment {record.name}; build the index again")
        done = end
    return replace(reader, documents=reader.documents.without(record.numbers()))


def verify_segment(directory: Path, record: SegmentRecord) -> None:
    """
    Compare every block of every file of a segment with its checksum.

    Raises:
        CorpusCorrupt: Something differs.
        CorpusVersion: Another version of this program wrote it.
    """
    _check(directory / record.name, _manifest(directory, record), every=1)


def _manifest(directory: Path, record: SegmentRecord) -> Manifest:
    path = directory / record.name / MANIFEST
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusCorrupt(f"{path} cannot be read ({error.strerror}); build the index again") from None
    manifest = Manifest.from_bytes(raw, where=path)
    if manifest.segment != record.name or digest_of(raw) != record.digest:
        raise CorpusCorrupt(f"{path} belongs to another version; build the index again")
    return manifest


def _check(directory: Path, manifest: Manifest, *, every: int) -> None:
    total = sum(record.size for record in manifest.files.values())
    step = every or max(1, total // FULLY_CHECKED)
    for name, record in manifest.files.items():
        check_file(directory / name, record, every=1 if record.size <= 16 * CHECKED_AT_ONCE else step)


def _open(directory: Path, manifest: Manifest) -> IndexReader:
    try:
        return IndexReader(
            manifest=manifest,
            directory=directory,
            documents=DocumentTable(directory, corpus=manifest.name, kind=manifest.kind),
            texts=TextReader(directory) if manifest.parameters["store_text"] else None,
            marks=PostingReader(directory, MARKS),
            pairs=PostingReader(directory, PAIRS),
            sketches=SketchReader(directory, str(manifest.parameters["sketch_index"])),
            weights=WordWeights(directory),
        )
    except (ValueError, KeyError, RuntimeError, OSError) as error:
        raise CorpusCorrupt(f"{directory} is damaged ({type(error).__name__}); build the index again") from None
