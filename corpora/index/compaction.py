"""
When segments are written anew as one, and how: from the stored texts, without what was removed.

Every segment is looked at for every answer, so there may be few; and removed text has to leave the disk.  Segments are
merged so that each holds several times as much as all smaller ones together: a text is then written anew only a few
times however the corpus grows, and there are never more than :data:`MOST_SEGMENTS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corpora.document import Document
from corpora.index.directory import new_segment
from corpora.index.manifest import digest_of
from corpora.index.postings import PLACE_LIMIT
from corpora.index.segments import SegmentRecord
from corpora.index.thinning import weakened
from corpora.index.writer import IndexWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from corpora.index.reader import IndexReader

MOST_SEGMENTS: Final = 4
"""Segments kept apart where the texts are there to merge them."""
_TIER: Final = 4
"""A segment stays apart while it holds so many times the text of all smaller ones together."""
_MOST_REMOVED: Final = 0.25
"""Share of a segment's text that may be removed before it is written anew."""
_OWN_WEIGHTS: Final = 0.2
"""A segment with less than this share of the largest one's text takes over how rare that one finds each word."""


def live_characters(reader: IndexReader) -> int:
    """Return the code points of the different texts that documents still have."""
    return int(reader.documents.lengths[reader.documents.live_texts()].sum())


def compacted(
    directory: Path,
    records: list[SegmentRecord],
    segments: list[IndexReader],
    *,
    old: Sequence[IndexReader] = (),
    whole: bool = False,
) -> list[SegmentRecord]:
    """
    Return the records of the segments after those that should be one have been written anew as one.

    Args:
        directory: Of the corpus; the caller holds the right to write it.
        records: Oldest first.
        segments: The same, open.
        old: Segments as they were before this change.
        whole: Make one segment of everything, unless it is one already with nothing removed.
    """
    known = {segment.directory.name: segment for segment in old}
    chosen = to_merge([live_characters(segment) for segment in segments], [_kept(segment) for segment in segments])
    for place, segment in enumerate(segments):
        before = known.get(segment.directory.name)
        if not whole and place not in chosen and before is not None and weakened(before, segment):
            chosen = sorted([*chosen, place])
    if whole:
        clean = len(records) == 1 and not records[0].removed
        chosen = [] if clean else list(range(len(records)))
    if not chosen:
        return records
    parts = [segments[place] for place in chosen]
    rest = [place for place in range(len(records)) if place not in chosen]
    weights = weights_for(sum(map(live_characters, parts)), [segments[place] for place in rest])
    one = merged(directory, parts, weights=weights)
    earlier = [records[place] for place in rest if place < chosen[0]]
    later = [records[place] for place in rest if place > chosen[0]]
    return [*earlier, one, *later]


def to_merge(live: Sequence[int], kept: Sequence[float]) -> list[int]:
    """
    Return the places of the segments to be written anew as one, in order; empty where all may stay as they are.

    Args:
        live: Code points of each segment that documents still have.
        kept: Share of each segment's text and documents that is not removed.
    """
    due = {place for place, share in enumerate(kept) if share < 1 - _MOST_REMOVED}
    chosen = set(due)
    order = sorted(range(len(live)), key=lambda place: live[place])
    smaller = 0
    for rank, place in enumerate(order):
        if rank and smaller * _TIER >= live[place]:
            chosen.update(order[: rank + 1])
        smaller += live[place]
    if len(live) - max(len(chosen) - 1, 0) > MOST_SEGMENTS:
        chosen.update(order[:-1])
    while chosen and sum(live[place] for place in chosen) >= PLACE_LIMIT:
        chosen.discard(max(chosen, key=lambda place: live[place]))
    return sorted(chosen) if len(chosen) > 1 or chosen <= due else []


def _kept(reader: IndexReader) -> float:
    """Return the share of a segment that is not removed, of its text or of its documents, whichever is less."""
    documents = len(reader.documents) / max(1, reader.documents.rows)
    return min(documents, live_characters(reader) / max(1, reader.manifest.counts["characters"]) or documents)


def weights_for(characters: int, beside: Sequence[IndexReader]) -> Path | None:
    """
    Return the directory of the segment whose word weights a new one takes over; None where it judges by its own words.

    Args:
        characters: About how many the new segment holds.
        beside: The segments that stay.
    """
    base = max(beside, key=live_characters, default=None)
    if base is None or characters >= _OWN_WEIGHTS * live_characters(base):
        return None
    return base.directory


def merged(
    directory: Path,
    segments: Sequence[IndexReader],
    *,
    weights: Path | None,
    progress: Callable[[int, int], None] | None = None,
) -> SegmentRecord:
    """
    Write one segment with all documents of *segments*, each with its family.

    Args:
        directory: Of the corpus; the caller holds the right to write it.
        segments: With their texts; one document in all at least.
        weights: Directory of the segment whose word weights are taken over.
        progress: Called with the documents and code points written so far.
    """
    manifest = segments[0].manifest
    with new_segment(directory) as target:
        writer = IndexWriter(target, store_text=True)
        writer.inherit(weights)
        try:
            characters = 0
            for documents, (document, family) in enumerate(_stored(segments), start=1):
                writer.add(document, family=family)
                characters += len(document.text)
                if progress is not None:
                    progress(documents, characters)
            raw = writer.finish(name=manifest.name, kind=manifest.kind).to_bytes()
        finally:
            writer.release()
    return SegmentRecord(target.name, digest_of(raw))


def _stored(segments: Sequence[IndexReader]) -> Iterator[tuple[Document, str]]:
    for segment in segments:
        for number in segment.documents.numbers():
            info = segment.documents.at(number)
            document = Document(
                id=info.id,
                text=segment.text(number) or "",
                label=info.label,
                readers=info.readers,
                tenant=info.tenant,
                title=info.title,
            )
            yield document, info.family
