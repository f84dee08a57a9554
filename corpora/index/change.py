"""Changing a corpus: documents in and out, one new version at the end or none."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from corpora.document import Document
from corpora.errors import CorpusError, DocumentError, DocumentNotFound
from corpora.index.compaction import compacted, weights_for
from corpora.index.directory import changing, new_name, new_segment, put_in_force
from corpora.index.manifest import digest_of
from corpora.index.reader import hiding, open_segment
from corpora.index.segments import SegmentRecord, Version, ranges_of
from corpora.index.snapshot import open_snapshot
from corpora.index.writer import IndexWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from corpora.index.reader import IndexReader
    from corpora.index.snapshot import Snapshot

MOST_UNMERGED: Final = 64
"""Segments of a corpus without texts, which cannot be merged: every answer is compared with each."""
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Change:
    """
    What an update did, in documents.

    Attributes:
        added: Documents with an id that was not there.
        replaced: Documents that took the place of one with the same id.
        removed: Documents that are gone.
        unchanged: Documents handed in that were there already, exactly so.
    """

    added: int = 0
    replaced: int = 0
    removed: int = 0
    unchanged: int = 0


class _Update:
    """One update under way; the caller holds the right to write."""

    def __init__(self, directory: Path, snapshot: Snapshot, progress: Callable[[int, int], None] | None) -> None:
        self._directory = directory
        self._old = snapshot
        self._progress = progress
        self._gone: list[set[int]] = [set(record.numbers().tolist()) for record in snapshot.version.segments]
        self._kept: set[tuple[int, int]] = set()
        self._taken: set[tuple[int, int]] = set()
        self._added = 0
        self._read = self._characters = 0

    def run(self, add: Iterable[Document], remove: Iterable[str]) -> tuple[Change, list[SegmentRecord]]:
        """Write the new documents as a segment; return what was done, and all segments with what they have lost."""
        leaving = self._find(remove)
        new = self._write(add, leaving)
        removed = len(leaving - self._taken)
        for place, number in leaving | self._taken:
            self._gone[place].add(number)
        records = [
            replace(record, removed=ranges_of(gone))
            for record, gone in zip(self._old.version.segments, self._gone, strict=True)
        ]
        change = Change(added=self._added, replaced=len(self._taken), removed=removed, unchanged=len(self._kept))
        return change, records if new is None else [*records, new]

    def _find(self, remove: Iterable[str]) -> set[tuple[int, int]]:
        if isinstance(remove, str):
            raise DocumentError("remove is a list of document ids, not one string")
        leaving: set[tuple[int, int]] = set()
        unknown: list[str] = []
        for document_id in remove:
            found = self._old.find(document_id) if isinstance(document_id, str) else None
            if found is None:
                unknown.append(f"{document_id!r:.200}")
            else:
                leaving.add(found)
        if unknown:
            more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
            raise DocumentNotFound(
                f"no document {', '.join(unknown[:_NAMED])}{more} in {self._old.version.corpus!r}; nothing was changed"
            )
        return leaving

    def _write(self, add: Iterable[Document], leaving: set[tuple[int, int]]) -> SegmentRecord | None:
        stream = self._new(add, leaving)
        first = next(stream, None)
        if first is None:
            return None
        version = self._old.version
        with new_segment(self._directory) as target:
            writer = IndexWriter(target, store_text=version.store_text)
            try:
                writer.add(first, family=self._old.family(first))
                for document in stream:
                    writer.add(document, family=self._old.family(document))
                writer.inherit(weights_for(writer.characters, self._old.segments))
                raw = writer.finish(name=version.corpus, kind=version.kind).to_bytes()
            finally:
                writer.release()
        return SegmentRecord(target.name, digest_of(raw))

    def _new(self, add: Iterable[Document], leaving: set[tuple[int, int]]) -> Iterator[Document]:
        """Yield the documents that are not there exactly so already."""
        for document in add:
            if not isinstance(document, Document):
                raise DocumentError(f"a corpus is built from Document objects, not from {type(document).__name__}")
            self._read += 1
            self._characters += len(document.text)
            if self._progress is not None:
                self._progress(self._read, self._characters)
            found = self._old.find(document.id)
            if found is None:
                self._added += 1
                yield document
                continue
            if found in self._kept or found in self._taken:
                raise DocumentError(f"the document id {document.id[:200]!r} is used twice; ids are unique in a corpus")
            if found not in leaving and self._old.segments[found[0]].documents.holds(document, found[1]):
                self._kept.add(found)
            else:
                self._taken.add(found)
                yield document


def update(
    directory: Path,
    known: Snapshot,
    *,
    add: Iterable[Document],
    remove: Iterable[str],
    compact: bool,
    progress: Callable[[int, int], None] | None,
) -> Change:
    """
    Change the corpus in *directory*, of which *known* is a version that is open; see :meth:`corpora.Corpus.update`.

    Raises:
        CorpusError: It cannot be read, written or changed in this way; nothing was changed.
    """
    with changing(directory):
        old = open_snapshot(directory, known)
        if (old.version.corpus, old.version.kind) != (known.version.corpus, known.version.kind):
            raise CorpusError(f"{directory} now holds another corpus; open it anew")
        change, records = _Update(directory, old, progress).run(add, remove)
        if compact and not old.version.store_text:
            raise CorpusError(
                f"{directory} keeps no texts, so it cannot be compacted; build the index again from the documents"
            )
        segments = [_reopened(directory, old, record) for record in records]
        records, segments = _without_empty(records, segments)
        if old.version.store_text:
            records = compacted(directory, records, segments, old=old.segments, whole=compact)
        elif len(records) > MOST_UNMERGED:
            raise CorpusError(
                f"{directory} was changed {len(records) - 1} times and keeps no texts to merge the changes; "
                "build the index again from the documents"
            )
        if tuple(records) != old.version.segments:
            put_in_force(directory, replace(old.version, name=new_name("v"), created=now(), segments=tuple(records)))
    return change


def first_version(*, name: str, kind: str, store_text: bool, segments: list[SegmentRecord]) -> Version:
    """Return the version that a build puts in force."""
    return Version(
        name=new_name("v"), corpus=name, kind=kind, store_text=store_text, created=now(), segments=tuple(segments)
    )


def now() -> str:
    """Return this moment in UTC, ISO 8601."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _reopened(directory: Path, old: Snapshot, record: SegmentRecord) -> IndexReader:
    for reader in old.segments:
        if reader.directory.name == record.name:
            return hiding(reader, record)
    return open_segment(directory, record)


def _without_empty(
    records: list[SegmentRecord], segments: list[IndexReader]
) -> tuple[list[SegmentRecord], list[IndexReader]]:
    live = [place for place, segment in enumerate(segments) if len(segment.documents)]
    return [records[place] for place in live], [segments[place] for place in live]
