"""
Nearest sketches by FAISS; the only file that imports it.

Few sketches are compared one by one (``flat``); from :data:`_MOST_FLAT` on they are sorted into lists by
nearest centre and only the nearest :data:`_PROBED` lists are compared (``ivf``), which misses some but stays fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from corpora.index.sketches import ALIKE, BITS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    U8 = NDArray[np.uint8]
    I64 = NDArray[np.int64]

SKETCH_FILE: Final = "sketches.faiss"
PLACE_FILE: Final = "sketches.places"
_MOST_FLAT: Final = 20_000
_PER_LIST: Final = 128
"""Sketches in one list, about."""
_PROBED: Final = 8
_NEAREST: Final = 2
"""Sketches returned for one that is looked up."""


def write_sketches(directory: Path, codes: U8, places: I64) -> str:
    """
    Write an index of sketches.

    Args:
        directory: Where the files go.
        codes: uint8, shape ``(n, 32)``.
        places: int64, shape ``(n,)``: where each begins in the text store.

    Returns:
        Its type: ``none``, ``flat`` or ``ivf``; for the manifest.
    """
    places.astype("<u4").tofile(directory / PLACE_FILE)
    if not len(codes):
        (directory / SKETCH_FILE).write_bytes(b"")
        return "none"
    import faiss

    faiss.omp_set_num_threads(1)
    kind = "flat" if len(codes) <= _MOST_FLAT else "ivf"
    lists = 1 << (max(len(codes) // _PER_LIST, 1).bit_length() - 1)
    index: Any = faiss.IndexBinaryFlat(BITS)
    if kind == "ivf":
        # Sketches spread evenly, so any of them will do for centres: training moves them little and takes seconds.
        index.add(np.ascontiguousarray(codes[:: len(codes) // lists][:lists]))
        index = faiss.IndexBinaryIVF(index, BITS, lists)
        index.train(codes[:lists])
    index.add(codes)
    faiss.write_index_binary(index, str(directory / SKETCH_FILE))
    return kind


class SketchReader:
    """Looks up sketches; safe to use from several threads."""

    def __init__(self, directory: Path, kind: str) -> None:
        self._places: I64 = np.fromfile(directory / PLACE_FILE, dtype="<u4").astype(np.int64)
        self._index: Any = None
        if kind != "none":
            import faiss

            self._faiss = faiss
            self._index = faiss.read_index_binary(str(directory / SKETCH_FILE))
            if kind == "ivf":
                self._index.nprobe = _PROBED

    def __len__(self) -> int:
        return len(self._places)

    def near(self, codes: U8) -> tuple[I64, I64]:
        """
        Return the stored sketches that are alike.

        Args:
            codes: uint8, shape ``(n, 32)``.

        Returns:
            Positions in *codes* and places in the text store, int64, of equal length.
        """
        if self._index is None or not len(codes):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        # Per thread; with more than one, searches of several requests slow one another down.
        self._faiss.omp_set_num_threads(1)
        distances, numbers = self._index.search(codes, _NEAREST)
        row, column = np.nonzero((distances <= ALIKE) & (numbers >= 0))
        return row, self._places[numbers[row, column]]
