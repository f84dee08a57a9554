"""
Where a build that was stopped goes on.

The files of a segment under way only grow.  Now and then they are synchronised to disk and their sizes, with what else
the writers hold, are written to one small file.  A build that goes on cuts the files to those sizes and has exactly the
state of that moment.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from corpora.errors import CorpusError
from corpora.index.manifest import MAGIC, sealed, unsealed

if TYPE_CHECKING:
    from pathlib import Path

CHECKPOINT_FILE: Final = "checkpoint"
EVERY: Final = 1 << 25
"""Code points taken in from one checkpoint to the next."""
_MAGIC: Final = f"{MAGIC}-checkpoint"


def write_checkpoint(directory: Path, state: dict[str, Any]) -> None:
    """Make *state* the one at which a build in *directory* goes on; the files it speaks of are on disk."""
    temporary = directory / f"{CHECKPOINT_FILE}.new"
    state = {**state, "files": {file.name: file.stat().st_size for file in _files(directory)}}
    with temporary.open("wb") as file:
        file.write(sealed({"magic": _MAGIC, **state}))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(directory / CHECKPOINT_FILE)


def read_checkpoint(directory: Path) -> dict[str, Any] | None:
    """
    Return the state at which a build in *directory* goes on.

    None where there is none, another version of this program wrote it, or a file is shorter than it was then.
    """
    path = directory / CHECKPOINT_FILE
    try:
        state = unsealed(path.read_bytes(), magic=_MAGIC, where=path)
    except (OSError, CorpusError):
        return None
    sizes = {file.name: file.stat().st_size for file in _files(directory)}
    return state if all(sizes.get(name, -1) >= size for name, size in state["files"].items()) else None


def _files(directory: Path) -> list[Path]:
    return [file for file in directory.iterdir() if not file.name.startswith(CHECKPOINT_FILE)]


def settled_size(file: BinaryIO) -> int:
    """Write *file* to disk and return its size in bytes."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def continued(path: Path, size: int | None) -> BinaryIO:
    """Open *path* for appending: empty, or as it was when it had *size* bytes."""
    if size is None:
        return path.open("w+b")
    file = path.open("r+b")
    file.truncate(size)
    file.seek(size)
    return file
