"""Opening files: regular ones only, within a root only, never through a link put in their place."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from corpora.errors import ReaderError

# O_NONBLOCK: a named pipe would otherwise wait for a writer for ever.  Not every system has these.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


def open_regular(path: Path) -> BinaryIO:
    """
    Open *path*, which is no link, for reading bytes.

    Raises:
        ReaderError: It cannot be opened or is no regular file.
    """
    try:
        descriptor = os.open(path, _FLAGS)
        handle = os.fdopen(descriptor, "rb")
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            handle.close()
            raise ReaderError("is not a regular file")
    except OSError as error:
        raise ReaderError(cannot(error)) from None
    return handle


def inside(path: Path, root: Path) -> Path | None:
    """Return where *path* really is, or None when that is outside *root* (a resolved folder) or nowhere."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return real if real.is_relative_to(root) else None


def read_small(path: Path, root: Path, limit: int) -> bytes:
    """
    Return the bytes of a file of labels.

    Raises:
        ReaderError: It lies outside *root*, cannot be read, or is larger than *limit* bytes.
    """
    real = inside(path, root)
    if real is None:
        raise ReaderError("is a link that leaves the folder that was given")
    with open_regular(real) as handle:
        try:
            data = handle.read(limit + 1)
        except OSError as error:
            raise ReaderError(cannot(error)) from None
    if len(data) > limit:
        raise ReaderError(f"is larger than {limit:,} bytes")
    return data


def cannot(error: OSError) -> str:
    """Say why the system refused to read."""
    return f"cannot be read: {(error.strerror or type(error).__name__).lower()}"
