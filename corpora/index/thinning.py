"""
Which places of a passage that stands in very many are stored, and whether what was removed leaves others unfound.

The first ones are stored, and some of every combination of rights.  When the documents that were stored go, those that
were left out for them have to be stored instead, and so the segment has to be written anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.marks import GRAM
from corpora.text.hashing import gram_hashes
from corpora.text.normalize import normalize_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from corpora.index.documents import DocumentTable
    from corpora.index.reader import IndexReader

    I64 = NDArray[np.int64]
    U32 = NDArray[np.uint32]
    U64 = NDArray[np.uint64]

Rights = tuple[str, frozenset[str], str]

MOST_PLACES: Final = 64
"""Places kept of one hash, and so documents named for one passage."""
_PER_RIGHTS: Final = 2
"""Places kept of one hash beyond those for each combination of label, readers and tenant."""


def thinned(starts: I64, classes: I64) -> Callable[[U64, U32], NDArray[np.bool_]]:
    """
    Return what says of hashes (sorted, uint64) and places (uint32) which pairs are stored.

    Args:
        starts: int64, increasing: where each text begins.
        classes: int64, same shape: equal where the rights of the first document of a text are.
    """

    def thin(hashes: U64, places: U32) -> NDArray[np.bool_]:
        """Keep the first :data:`MOST_PLACES` places of a hash, and some of every combination of rights beyond."""
        count = len(hashes)
        if count == 0:
            return np.zeros(0, dtype=np.bool_)
        begins = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(hashes[1:] != hashes[:-1]) + 1))
        sizes = np.diff(begins, append=count)
        rank = np.arange(count) - np.repeat(begins, sizes)
        keep = rank < MOST_PLACES
        heavy = np.repeat(sizes > MOST_PLACES, sizes)
        if heavy.any():
            rows = np.flatnonzero(heavy)
            rights = classes[np.searchsorted(starts, places[rows].astype(np.int64), side="right") - 1]
            order = np.lexsort((rows, rights, hashes[rows]))
            same = (hashes[rows][order][1:] == hashes[rows][order][:-1]) & (rights[order][1:] == rights[order][:-1])
            group = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(~same) + 1))
            within = np.arange(len(rows)) - np.repeat(group, np.diff(group, append=len(rows)))
            keep[rows[order[within < _PER_RIGHTS]]] = True
        return keep

    return thin


def weakened(before: IndexReader, after: IndexReader) -> bool:
    """
    Say whether a passage that was stored in part has lost half of its places, or all of one combination of rights.

    Args:
        before: A segment with its texts.
        after: The same with more documents removed.
    """
    live = np.zeros(len(after.documents.lengths), dtype=np.bool_)
    live[after.documents.live_texts()] = True
    gone = np.setdiff1d(before.documents.live_texts(), np.flatnonzero(live))
    if not len(gone) or before.texts is None:
        return False
    remaining: set[Rights] | None = None
    judged = np.zeros(0, dtype=np.uint64)
    for text in gone.tolist():
        start = int(before.documents.starts[text])
        folded = normalize_codes(before.texts.codes(start, start + int(before.documents.lengths[text])))
        asked = np.setdiff1d(gram_hashes(folded.codes, GRAM), judged)
        hits = before.marks.find(asked)
        heavy = np.flatnonzero(hits.count >= MOST_PLACES)
        if not len(heavy):
            continue
        judged = np.union1d(judged, asked[hits.query[heavy]])
        texts = after.documents.text_at(hits.place[heavy])
        _, first, sizes = np.unique(hits.query[heavy], return_index=True, return_counts=True)
        for begin, size in zip(first.tolist(), sizes.tolist(), strict=True):
            stored = texts[begin : begin + size]
            left = stored[live[stored]]
            if 2 * len(left) < size:
                return True
            lost = _rights(after.documents, np.setdiff1d(stored, left)) - _rights(after.documents, left)
            if lost:
                if remaining is None:
                    remaining = {(info.label, info.readers, info.tenant) for info in after.documents}
                if lost & remaining:
                    return True
    return False


def _rights(table: DocumentTable, texts: I64) -> set[Rights]:
    """Return the rights of the first document of each text, as the places were chosen by."""
    infos = [table.at(table.first_with(text)) for text in np.unique(texts).tolist()]
    return {(info.label, info.readers, info.tenant) for info in infos}
