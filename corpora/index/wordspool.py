"""The words of a corpus, kept on disk while it is built: which are common is known only at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.index.checkpoint import continued, settled_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]

_CHUNK: Final = 1 << 20
"""Words read back at once."""


class WordSpool:
    """Appends words (the low 32 bits of their hash, and their place) and reads them back in order."""

    def __init__(self, directory: Path, state: int | None = None) -> None:
        self._path = directory / "words.spool"
        self._file = continued(self._path, state)
        self.total = (state or 0) // 8

    def add(self, hashes: U64, places: I64) -> None:
        """Add words: hashes uint64 and places below ``2**32``, equal lengths, places increasing."""
        # Through the buffer of the file: tofile() goes around it, one call to the system for every text.
        self._file.write(((hashes << np.uint64(32)) | places.astype(np.uint64)).data)
        self.total += len(hashes)

    def checkpoint(self) -> int:
        """Write everything to disk and return its size in bytes, from which a new spool goes on."""
        return settled_size(self._file)

    def chunks(self, *, overlap: int = 0) -> Iterator[tuple[U64, I64]]:
        """Yield hashes (low 32 bits) and places; each chunk begins *overlap* words before the end of the one before."""
        self._file.flush()
        with self._path.open("rb") as file:
            for start in range(0, self.total, _CHUNK):
                file.seek(8 * max(start - overlap, 0))
                words = np.fromfile(file, dtype=np.uint64, count=_CHUNK + min(start, overlap))
                yield words >> np.uint64(32), (words & np.uint64(0xFFFFFFFF)).astype(np.int64)

    def abandon(self) -> None:
        """Close and remove the file."""
        self.release()
        self._path.unlink(missing_ok=True)

    def release(self) -> None:
        """Close the file as it is."""
        self._file.close()
