"""
Whether what was removed leaves others unfound.

Of a passage that stands in very many places only some are stored: the first ones, and some of every combination of
rights (:data:`corpora.index.writer.MOST_PLACES`).  When the documents that were stored go, those that were left out for
them have to be stored instead, and so the segment has to be written anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpora.index.marks import GRAM
from corpora.index.writer import MOST_PLACES
from corpora.text.hashing import gram_hashes
from corpora.text.normalize import normalize_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from corpora.index.documents import DocumentTable
    from corpora.index.reader import IndexReader

    I64 = NDArray[np.int64]

Rights = tuple[str, frozenset[str], str]


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
