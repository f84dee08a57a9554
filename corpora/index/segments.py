"""
What a version of a corpus is: an ordered list of segments, and which documents of each are removed.

A segment is written once and never changed.  Adding documents writes another one, removing documents writes nothing but
their numbers into the next version; :mod:`corpora.index.compaction` says when segments are written anew as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from corpora.errors import CorpusCorrupt
from corpora.index.manifest import MAGIC, sealed, unsealed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    I64 = NDArray[np.int64]

_KIND_OF_FILE = f"{MAGIC}-version"


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """
    One segment of a version.

    Attributes:
        name: Name of its directory.
        digest: Checksum of its manifest.
        removed: Numbers of removed documents as half-open ranges, in order, disjoint.
    """

    name: str
    digest: str
    removed: tuple[tuple[int, int], ...] = ()

    def numbers(self) -> I64:
        """Return the numbers of the removed documents, int64, in order."""
        parts = [np.arange(start, end, dtype=np.int64) for start, end in self.removed]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def ranges_of(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return *numbers* as half-open ranges, in order, disjoint."""
    ordered = np.unique(np.fromiter(numbers, dtype=np.int64))
    if not len(ordered):
        return ()
    breaks = np.flatnonzero(np.diff(ordered) > 1) + 1
    starts = ordered[np.concatenate(([0], breaks))].tolist()
    ends = (ordered[np.concatenate((breaks - 1, [len(ordered) - 1]))] + 1).tolist()
    return tuple(zip(starts, ends, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """
    A corpus at one moment.

    Attributes:
        name: Name of the version; every change makes a new one.
        corpus: Name of the corpus.
        kind: retrieval, training, public or prompt.
        store_text: Whether the texts are kept.
        created: UTC time, ISO 8601.
        segments: Oldest first.
    """

    name: str
    corpus: str
    kind: str
    store_text: bool
    created: str
    segments: tuple[SegmentRecord, ...]

    def to_bytes(self) -> bytes:
        """Return the stored form."""
        return sealed(
            {
                "magic": _KIND_OF_FILE,
                "version": self.name,
                "name": self.corpus,
                "kind": self.kind,
                "store_text": self.store_text,
                "created": self.created,
                "segments": [
                    {"name": segment.name, "manifest": segment.digest, "removed": segment.removed}
                    for segment in self.segments
                ],
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes, *, where: Path) -> Version:
        """
        Read the stored form.

        Raises:
            CorpusVersion: Another version of this program wrote it.
            CorpusCorrupt: It is not as it was written.
        """
        body: dict[str, Any] = unsealed(raw, magic=_KIND_OF_FILE, where=where)
        try:
            return cls(
                name=body["version"],
                corpus=body["name"],
                kind=body["kind"],
                store_text=body["store_text"],
                created=body["created"],
                segments=tuple(
                    SegmentRecord(
                        one["name"], one["manifest"], tuple((index(start), index(end)) for start, end in one["removed"])
                    )
                    for one in body["segments"]
                ),
            )
        except (KeyError, TypeError, ValueError):
            raise CorpusCorrupt(f"{where} is incomplete; restore it from a copy or build the index again") from None
