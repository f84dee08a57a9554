"""Opens one version of an index: checked first, then memory-mapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from corpora.errors import CorpusCorrupt
from corpora.index.directory import MANIFEST, current_version
from corpora.index.documents import DocumentTable
from corpora.index.manifest import CHECKED_AT_ONCE, Manifest, check_file
from corpora.index.postings import MARKS, PAIRS, PostingReader
from corpora.index.textstore import TextReader
from corpora.index.vectors import SketchReader
from corpora.index.weights import WordWeights

if TYPE_CHECKING:
    from pathlib import Path

FULLY_CHECKED: Final = 256 << 20
"""Bytes up to which opening compares every block with its checksum; of larger indexes it samples as many."""
_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class IndexReader:
    """Everything of one version, open."""

    manifest: Manifest
    directory: Path
    documents: DocumentTable
    texts: TextReader | None
    marks: PostingReader
    pairs: PostingReader
    sketches: SketchReader
    weights: WordWeights


def open_index(directory: Path) -> IndexReader:
    """
    Open the version in force.

    Size and checksum of every file are compared first; in an index larger than :data:`FULLY_CHECKED` only every n-th
    block of each file is (:func:`verify_index` compares all).

    Raises:
        CorpusNotFound: Nothing was built there.
        CorpusVersion: Another version of this program wrote it.
        CorpusCorrupt: It is not as it was written.
    """
    for attempt in range(_ATTEMPTS):
        version = current_version(directory)
        try:
            manifest = _manifest(directory, version)
            _check(directory / version, manifest, every=0)
            return _open(directory / version, manifest)
        except (CorpusCorrupt, FileNotFoundError):
            # Another process may just have put a newer version in force and removed this one.
            if attempt == _ATTEMPTS - 1 or current_version(directory) == version:
                raise
    raise CorpusCorrupt(f"{directory} changes faster than it can be opened")


def verify_index(directory: Path, version: str) -> None:
    """
    Compare every block of every file with its checksum.

    Raises:
        CorpusCorrupt: Something differs.
        CorpusVersion: Another version of this program wrote it.
    """
    _check(directory / version, _manifest(directory, version), every=1)


def _manifest(directory: Path, version: str) -> Manifest:
    path = directory / version / MANIFEST
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusCorrupt(f"{path} cannot be read ({error.strerror}); build the index again") from None
    manifest = Manifest.from_bytes(raw, where=path)
    if manifest.version != version:
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
    except (ValueError, KeyError, RuntimeError) as error:
        raise CorpusCorrupt(f"{directory} is damaged ({type(error).__name__}); build the index again") from None
