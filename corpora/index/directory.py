"""
The directory of a corpus on disk, and how one version replaces another.

::

    DIRECTORY/current            one line: the version in force
    DIRECTORY/v-.../             one version: manifest.json and the files it names
    DIRECTORY/lock               held while a version is written

A version is written beside the one in force, synchronised to disk, and put in force by renaming a new ``current`` over
the old one.  A build that is interrupted leaves ``current`` as it was; the next build removes what is left over.
Processes that hold an older version open keep reading it: its files stay until the last of them lets go.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from corpora.errors import CorpusBusy, CorpusCorrupt, CorpusNotFound, CorpusUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CURRENT: Final = "current"
MANIFEST: Final = "manifest.json"
_LOCK: Final = "lock"
_VERSION_NAME: Final = re.compile(r"v-[0-9]{8}T[0-9]{6}-[0-9a-f]{8}")


def current_version(directory: Path) -> str:
    """
    Return the name of the version in force.

    Raises:
        CorpusNotFound: Nothing was ever built there.
        CorpusCorrupt: ``current`` does not name a version.
    """
    try:
        name = (directory / CURRENT).read_bytes()[:200].decode("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise CorpusNotFound(
            f"no corpus at {directory}; build one with Corpus.build or `echoguard corpus build`"
        ) from None
    except OSError as error:
        raise CorpusNotFound(f"the corpus at {directory} cannot be read ({error.strerror})") from None
    if not _VERSION_NAME.fullmatch(name):
        raise CorpusCorrupt(f"{directory / CURRENT} does not name a version; build the index again")
    return name


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """
    Hold the right to write *directory*, creating it where it is missing.

    Raises:
        CorpusBusy: Another process is writing there.
        CorpusUnwritable: The directory or its lock cannot be created.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _unwritable(directory, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                raise CorpusBusy(f"another process is writing {directory}; wait for it to end") from None
            raise _unwritable(directory, error) from None
        yield
    finally:
        # Closing the descriptor gives the lock up, also when the process is killed.
        os.close(descriptor)


@contextmanager
def new_version(directory: Path) -> Iterator[Path]:
    """
    Yield an empty directory for a new version; put it in force on success, remove it on failure.

    The caller holds :func:`writing`.

    Raises:
        CorpusUnwritable: Disk full, no rights, or a read-only file system.
    """
    name = time.strftime("v-%Y%m%dT%H%M%S-", time.gmtime()) + secrets.token_hex(4)
    target = directory / name
    try:
        _remove_others(directory)
        target.mkdir()
        try:
            yield target
            for file in sorted(target.iterdir()):
                _synchronise(file)
            _synchronise(target)
            _put_in_force(directory, name)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
        _remove_others(directory)
    except OSError as error:
        raise _unwritable(directory, error) from None


def _put_in_force(directory: Path, name: str) -> None:
    temporary = directory / f"{CURRENT}.new"
    with temporary.open("w", encoding="ascii") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(directory / CURRENT)
    _synchronise(directory)


def _remove_others(directory: Path) -> None:
    """Remove every version but the one in force; only names of our own shape are touched."""
    try:
        keep = current_version(directory)
    except (CorpusNotFound, CorpusCorrupt):
        keep = ""
    for entry in directory.iterdir():
        if entry.name != keep and _VERSION_NAME.fullmatch(entry.name):
            shutil.rmtree(entry, ignore_errors=True)
    with suppress(FileNotFoundError):
        (directory / f"{CURRENT}.new").unlink()


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(directory: Path, error: OSError) -> CorpusUnwritable:
    reason = error.strerror or type(error).__name__
    return CorpusUnwritable(f"{directory} cannot be written ({reason}); choose another directory or change its rights")
