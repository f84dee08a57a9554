"""Building a corpus from nothing, or from where a build that was stopped had come."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from corpora.index import checkpoint
from corpora.index.change import first_version
from corpora.index.compaction import compacted
from corpora.index.directory import changing, new_segment, put_in_force, under_way
from corpora.index.manifest import digest_of
from corpora.index.reader import hiding, open_segment
from corpora.index.segments import SegmentRecord, ranges_of
from corpora.index.writer import IndexWriter, resumable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from corpora.document import Document


def build(
    directory: Path,
    documents: Iterable[Document],
    *,
    name: str,
    kind: str,
    store_text: bool,
    resume: bool,
    progress: Callable[[int, int], None] | None,
) -> None:
    """
    Index *documents* and put the result in force; see :meth:`corpora.Corpus.build`.

    Raises:
        CorpusError: Something cannot be indexed or written; what was in force before still is.
    """
    with changing(directory, resume=resume):
        target = under_way(directory) if resume else None
        writer = None if target is None else _going_on(target, store_text=store_text)
        with new_segment(directory, target if writer is not None else None) as folder:
            if writer is None:
                writer = IndexWriter(folder, store_text=store_text, every=checkpoint.EVERY)
            try:
                writer.add_all(documents, progress)
                raw = writer.finish(name=name, kind=kind).to_bytes()
            finally:
                writer.release()
        records = [SegmentRecord(folder.name, digest_of(raw), ranges_of(writer.stale))]
        if writer.stale and store_text:
            now = open_segment(directory, records[0])
            records = compacted(directory, records, [now], old=[hiding(now, SegmentRecord(folder.name, ""))])
        put_in_force(directory, first_version(name=name, kind=kind, store_text=store_text, segments=records))


def _going_on(target: Path, *, store_text: bool) -> IndexWriter | None:
    """Return a writer that goes on in *target*; None, and *target* removed, where that cannot be."""
    state = resumable(target, store_text=store_text)
    if state is not None:
        try:
            return IndexWriter(target, store_text=store_text, every=checkpoint.EVERY, state=state)
        except (ValueError, KeyError):
            # The list of documents is not as it was written: from the beginning, then.
            pass
    shutil.rmtree(target)
    return None
