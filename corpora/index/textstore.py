"""
The texts of a corpus, readable from any code point without decoding what stands before it.

All texts stand one after another in one stream of code points, cut into blocks of :data:`BLOCK`.  A block is stored
with one, two or four bytes per code point, whichever its largest code point needs: plain text costs one byte each.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from corpora.errors import CorpusCorrupt
from corpora.index.checkpoint import continued, settled_size

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    U32 = NDArray[np.uint32]

BLOCK: Final = 4096
"""Code points of one block."""
TEXT_FILE: Final = "text.bin"
BLOCK_FILE: Final = "text.blocks"
_WIDEST: Final = 2
_WIDTHS: Final = {0: "u1", 1: "<u2", 2: "<u4"}


class TextWriter:
    """Appends code points; call :meth:`close` at the end.  *state* is what :meth:`checkpoint` returned before."""

    def __init__(self, directory: Path, state: dict[str, Any] | None = None) -> None:
        self._file = continued(directory / TEXT_FILE, state["bytes"] if state else None)
        self._blocks = continued(directory / BLOCK_FILE, state["blocks"] if state else None)
        self._pending: list[U32] = [np.array(state["pending"], dtype=np.uint32)] if state else []
        self._waiting = sum(map(len, self._pending))
        self._offset: int = state["bytes"] if state else 0

    def append(self, codes: U32) -> None:
        """Add code points, uint32, shape ``(n,)``."""
        self._pending.append(codes)
        self._waiting += len(codes)
        if self._waiting >= 64 * BLOCK:
            self._flush(whole=False)

    def checkpoint(self) -> dict[str, Any]:
        """Write what fills a block to disk, and return what is needed to go on from here."""
        self._flush(whole=False)
        rest: list[int] = np.concatenate(self._pending).tolist() if self._pending else []
        return {"bytes": settled_size(self._file), "blocks": settled_size(self._blocks), "pending": rest}

    def close(self) -> None:
        """Write what is waiting."""
        self._flush(whole=True)
        self.release()

    def release(self) -> None:
        """Close the files as they are."""
        self._file.close()
        self._blocks.close()

    def _flush(self, *, whole: bool) -> None:
        codes = np.concatenate(self._pending) if self._pending else np.zeros(0, np.uint32)
        usable = len(codes) if whole else len(codes) // BLOCK * BLOCK
        table: list[int] = []
        for start in range(0, usable, BLOCK):
            block = codes[start : min(start + BLOCK, usable)]
            top = int(block.max())
            width = 0 if top < 0x100 else 1 if top < 0x10000 else 2  # noqa: PLR2004 - one and two bytes
            data = block.astype(_WIDTHS[width]).tobytes()
            self._file.write(data)
            table.append(self._offset << 2 | width)
            self._offset += len(data)
        self._blocks.write(np.array(table, dtype="<u8").tobytes())
        self._pending = [codes[usable:]]
        self._waiting = len(codes) - usable


class TextReader:
    """
    Reads ranges of code points from the memory-mapped stream.

    Attributes:
        raw: uint8: the stream as it is stored.
        blocks: int64: where each block of it begins, times 4, and 0, 1 or 2 for one, two or four bytes a code point.
    """

    def __init__(self, directory: Path) -> None:
        path = directory / TEXT_FILE
        self._bytes: NDArray[np.uint8] = (
            np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.zeros(0, np.uint8)
        )
        self._path = path
        table = np.fromfile(directory / BLOCK_FILE, dtype="<u8")
        offsets, widths = (table >> 2).astype(np.int64), (table & 3).astype(np.int64)
        whole = (widths < len(_WIDTHS)).all() and (offsets[:1] == 0).all()
        if not whole or (np.diff(offsets) != BLOCK << widths[:-1]).any() or (offsets > len(self._bytes)).any():
            raise ValueError("the blocks of the texts do not fit one another")
        self._table: list[int] = table.tolist()
        # The same for kernels, which take no memory maps as such.
        self.blocks: NDArray[np.int64] = table.astype(np.int64)
        self.raw: NDArray[np.uint8] = np.asarray(self._bytes)

    def codes(self, start: int, end: int) -> U32:
        """Return the code points ``[start, end)`` of the stream, uint32."""
        parts = []
        for number in range(start // BLOCK, -(-end // BLOCK)):
            offset, width = self._table[number] >> 2, self._table[number] & 3
            first = max(start - number * BLOCK, 0)
            last = min(end - number * BLOCK, BLOCK)
            raw = self._bytes[offset + (first << width) : offset + (last << width)]
            part = raw.view(_WIDTHS[width]).astype(np.uint32)
            if len(part) != last - first or (width == _WIDEST and len(part) and int(part.max()) > sys.maxunicode):
                raise CorpusCorrupt(f"{self._path} is damaged; build the index again")
            parts.append(part)
        if not parts:
            return np.zeros(0, np.uint32)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)
