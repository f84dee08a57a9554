"""
A table from hashes to the places where they stand, on disk.

Sorted by hash.  The top bits of a hash choose a bucket of the directory, the next eight or sixteen are stored beside
each place.  A :class:`Layout` says how many bytes that takes; they do not depend on the size of the corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

import numpy as np

from corpora.index.checkpoint import continued, settled_size
from corpora.kernels.lookup import lookup
from corpora.text.hashing import HASH_BITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    U32 = NDArray[np.uint32]
    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]

_PARTS: Final = 256
_FLUSH: Final = 1 << 22
"""Entries held in memory before they are spooled: 48 MB."""
PLACE_LIMIT: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How one table is stored.

    Attributes:
        name: Files begin with it.
        tail: Type of what is stored of a hash: ``"u1"`` or ``"<u2"``.
        narrow: Places are below ``2**24`` and take three bytes instead of four.
        load: Entries per bucket of the directory, about; a power of two.
    """

    name: str
    tail: str
    narrow: bool
    load: int

    @property
    def tail_bits(self) -> int:
        """Bits stored of a hash beyond those that choose the bucket."""
        return 8 * np.dtype(self.tail).itemsize


MARKS: Final = Layout(name="marks", tail="<u2", narrow=False, load=4)
PAIRS: Final = Layout(name="pairs", tail="u1", narrow=True, load=8)


class Hits(NamedTuple):
    """
    What a look-up found, one row per (query, place).

    Attributes:
        query: int64, shape ``(n,)``, not decreasing: position in the hashes asked for.
        place: int64, shape ``(n,)``.
        count: int64, shape ``(n,)``: places stored for the same hash.
    """

    query: I64
    place: I64
    count: I64  # type: ignore[assignment]  # a tuple counts as well; nobody does here


class PostingWriter:
    """Collects (hash, place) pairs in bounded memory and writes the table."""

    def __init__(self, directory: Path, layout: Layout, state: dict[str, Any] | None = None) -> None:
        self._directory = directory
        self._layout = layout
        self._hashes: list[U64] = []
        self._places: list[U32] = []
        self._held = 0
        self._spool: BinaryIO | None = None
        self._segments: list[NDArray[np.int64]] = []
        self.total = 0
        if state is not None and state["parts"]:
            self._spool = continued(self._spool_path, state["bytes"])
            self._segments = [np.array(part, dtype=np.int64) for part in state["parts"]]
            self.total = state["bytes"] // 8

    def add(self, hashes: U64, places: I64) -> None:
        """Add pairs: hashes below ``2**40`` and places below ``2**32``, equal lengths."""
        self._hashes.append(hashes)
        self._places.append(places.astype(np.uint32))
        self._held += len(hashes)
        self.total += len(hashes)
        if self._held >= _FLUSH:
            self._flush()

    def checkpoint(self) -> dict[str, Any]:
        """Write everything to disk and return what is needed to go on from here."""
        if self._held:
            self._flush()
        size = 0 if self._spool is None else settled_size(self._spool)
        return {"bytes": size, "parts": [part.tolist() for part in self._segments]}

    def abandon(self) -> None:
        """Close and remove the spool."""
        self.release()
        if self._spool is not None:
            self._spool_path.unlink(missing_ok=True)

    def release(self) -> None:
        """Close the spool as it is."""
        if self._spool is not None:
            self._spool.close()

    def finish(self, thin: Callable[[U64, U32], NDArray[np.bool_]]) -> int:
        """
        Write the table and return the number of its entries; the spool stays until :meth:`abandon`.

        Args:
            thin: Given hashes (sorted) and places, says which entries to keep.
        """
        name, tail_bits = self._layout.name, self._layout.tail_bits
        bits = max(8, min(HASH_BITS - tail_bits, (max(self.total, 1) // self._layout.load).bit_length()))
        directory = np.zeros((1 << bits) + 1, dtype=np.int64)
        written = 0
        with (
            (self._directory / f"{name}.tails").open("wb") as tails,
            (self._directory / f"{name}.places").open("wb") as places,
            (self._directory / f"{name}.high").open("wb") as high_places,
        ):
            for hashes, places_here in self._parts():
                keep = thin(hashes, places_here)
                kept, where = hashes[keep], places_here[keep]
                buckets = (kept >> np.uint64(HASH_BITS - bits)).astype(np.int64)
                if len(buckets):
                    low, high = int(buckets[0]), int(buckets[-1]) + 1
                    directory[low + 1 : high + 1] += np.bincount(buckets - low, minlength=high - low)
                (kept >> np.uint64(HASH_BITS - bits - tail_bits)).astype(self._layout.tail).tofile(tails)
                where.astype("<u2" if self._layout.narrow else "<u4").tofile(places)
                if self._layout.narrow:
                    (where >> np.uint32(16)).astype("u1").tofile(high_places)
                written += len(kept)
        np.cumsum(directory).astype("<u4").tofile(self._directory / f"{name}.buckets")
        return written

    @property
    def _spool_path(self) -> Path:
        return self._directory / f"{self._layout.name}.spool"

    def _flush(self) -> None:
        """Spool what is held, grouped by the top eight bits of the hash."""
        if self._spool is None:
            self._spool = self._spool_path.open("w+b")
        hashes = np.concatenate(self._hashes)
        places = np.concatenate(self._places)
        part = (hashes >> np.uint64(HASH_BITS - 8)).astype(np.uint8)
        order = np.argsort(part, kind="stable")
        # 32 bits of the hash and the place fit one word, which also sorts in the right order.
        keys = (hashes[order] << np.uint64(32)) | places[order].astype(np.uint64)
        keys.tofile(self._spool)
        self._segments.append(np.bincount(part, minlength=_PARTS))
        self._hashes, self._places, self._held = [], [], 0

    def _parts(self) -> Iterator[tuple[U64, U32]]:
        """Yield the pairs in order of hash and place, a part at a time, each pair once."""
        if self._spool is None:
            if self._hashes:
                hashes, places = np.concatenate(self._hashes), np.concatenate(self._places)
                part = (hashes >> np.uint64(HASH_BITS - 8)).astype(np.uint8)
                keys = (hashes << np.uint64(32)) | places.astype(np.uint64)
                order = np.argsort(part, kind="stable")
                bounds = np.concatenate(([0], np.cumsum(np.bincount(part, minlength=_PARTS))))
                keys = keys[order]
                for number in range(_PARTS):
                    yield self._sorted(keys[bounds[number] : bounds[number + 1]], number)
            return
        if self._held:
            self._flush()
        self._spool.flush()
        spooled: U64 = np.memmap(self._spool_path, dtype=np.uint64, mode="r")
        bases = np.concatenate(([0], np.cumsum([segment.sum() for segment in self._segments])))
        inner = [np.concatenate(([0], np.cumsum(segment))) for segment in self._segments]
        for number in range(_PARTS):
            pieces = [
                spooled[base + bound[number] : base + bound[number + 1]]
                for base, bound in zip(bases[:-1], inner, strict=True)
            ]
            yield self._sorted(np.concatenate(pieces), number)

    @staticmethod
    def _sorted(keys: U64, part: int) -> tuple[U64, U32]:
        keys = np.sort(keys)
        if len(keys):
            keys = keys[np.concatenate((np.ones(1, dtype=np.bool_), keys[1:] != keys[:-1]))]
        return (keys >> np.uint64(32)) | np.uint64(part << 32), (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)


class PostingReader:
    """Looks hashes up in a memory-mapped table."""

    def __init__(self, directory: Path, layout: Layout) -> None:
        name = layout.name
        self._buckets: U32 = _mapped(directory / f"{name}.buckets", "<u4")
        self._tails: NDArray[Any] = _mapped(directory / f"{name}.tails", layout.tail)
        self._places: NDArray[Any] = _mapped(directory / f"{name}.places", "<u2" if layout.narrow else "<u4")
        self._high: NDArray[np.uint8] = (
            _mapped(directory / f"{name}.high", "u1") if layout.narrow else np.zeros(0, np.uint8)
        )
        # In a large index not every block is checked when it is opened; no number may lead out of the table.
        ends = self._buckets
        sizes = {int(ends[-1]), len(self._tails), len(self._places), len(self._high) or len(self._places)}
        if int(ends[0]) or (ends[1:] < ends[:-1]).any() or len(sizes) > 1:
            raise ValueError(f"the parts of {name} do not fit one another")
        bits = (len(self._buckets) - 1).bit_length() - 1
        self._shift = HASH_BITS - bits
        self._tail_shift = HASH_BITS - bits - layout.tail_bits
        self._tail_mask = (1 << layout.tail_bits) - 1

    def __len__(self) -> int:
        return len(self._places)

    def find(self, hashes: U64, most: int = PLACE_LIMIT) -> Hits:
        """Return every place stored for each of *hashes*, uint64, shape ``(n,)``, but those with more than *most*."""
        return Hits(
            *lookup(
                hashes,
                self._buckets,
                self._tails,
                self._places,
                self._high,
                self._shift,
                self._tail_shift,
                self._tail_mask,
                most,
            )
        )


def _mapped(path: Path, dtype: str) -> NDArray[Any]:
    if path.stat().st_size == 0:
        return np.zeros(0, dtype=dtype)
    # A plain view: attribute look-ups on np.memmap itself cost microseconds.
    return np.asarray(np.memmap(path, dtype=dtype, mode="r"))
