"""
The directory of a corpus on disk, and how one version replaces another.

::

    DIRECTORY/current            one line: the version in force
    DIRECTORY/v-....json         a version: its segments, and which documents of them are removed
    DIRECTORY/s-.../             a segment: manifest.json and the files it names
    DIRECTORY/lock               held while a version is written

Segments and versions are written beside those in force, synchronised to disk, and put in force by renaming a new
``current`` over the old one.  A change that is interrupted leaves ``current`` as it was; the next one removes what is
left over.  Processes that hold an older version open keep reading it: its files stay until the last of them lets go.
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

from corpora.errors import CorpusBusy, CorpusCorrupt, CorpusError, CorpusNotFound, CorpusUnwritable
from corpora.index.checkpoint import CHECKPOINT_FILE
from corpora.index.manifest import MAGIC, unsealed
from corpora.index.segments import Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CURRENT: Final = "current"
MANIFEST: Final = "manifest.json"
_LOCK: Final = "lock"
_NAME: Final = re.compile(r"([vs])-[0-9]{8}T[0-9]{6}-[0-9a-f]{8}")


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
    if not is_name(name, "v"):
        raise CorpusCorrupt(f"{directory / CURRENT} does not name a version; build the index again")
    return name


def is_name(name: object, kind: str) -> bool:
    """Say whether *name* is one that :func:`new_name` makes for this kind."""
    found = _NAME.fullmatch(name) if isinstance(name, str) else None
    return found is not None and found[1] == kind


def new_name(kind: str) -> str:
    """Return a new name for a version (``v``) or a segment (``s``)."""
    return time.strftime(f"{kind}-%Y%m%dT%H%M%S-", time.gmtime()) + secrets.token_hex(4)


def read_version(directory: Path, name: str) -> Version:
    """
    Read the version of this name.

    Raises:
        CorpusVersion: Another version of this program wrote it.
        CorpusCorrupt: It is missing, or not as it was written.
    """
    path = directory / f"{name}.json"
    before = directory / name / MANIFEST
    try:
        if not path.exists() and before.exists():
            # In format 1 a version was a folder; this says which format is read now.
            unsealed(before.read_bytes(), magic=MAGIC, where=before)
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusCorrupt(f"{path} cannot be read ({error.strerror}); build the index again") from None
    version = Version.from_bytes(raw, where=path)
    if version.name != name or not all(is_name(segment.name, "s") for segment in version.segments):
        raise CorpusCorrupt(f"{path} belongs to another version; build the index again")
    return version


def stamp_of(directory: Path) -> tuple[int, ...] | None:
    """
    Return what changes with every version that is put in force; None where none is.

    Raises:
        CorpusNotFound: It cannot be looked up.
    """
    try:
        # Asked before every call: a path of strings takes a tenth of the time of one of objects.
        found = os.stat(f"{directory}/{CURRENT}")  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CorpusNotFound(f"the corpus at {directory} cannot be read ({error.strerror})") from None
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)


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
def changing(directory: Path, *, resume: bool = False) -> Iterator[None]:
    """
    Hold the right to write *directory*, and remove what is not in force before and after.

    A segment under way that has a checkpoint stays where this change ends early, and with *resume* also before it.

    Raises:
        CorpusBusy: Another process is writing there.
        CorpusUnwritable: Disk full, no rights, or a read-only file system.
    """
    with writing(directory):
        try:
            remove_unused(directory, checkpoints=not resume)
            try:
                yield
            except BaseException:
                remove_unused(directory, checkpoints=False)
                raise
            remove_unused(directory)
        except OSError as error:
            raise _unwritable(directory, error) from None


def under_way(directory: Path) -> Path | None:
    """Return the directory of the segment with the latest checkpoint; None where there is none."""
    found = [entry for entry in directory.iterdir() if is_name(entry.name, "s") and (entry / CHECKPOINT_FILE).is_file()]
    return max(found, key=lambda entry: (entry / CHECKPOINT_FILE).stat().st_mtime_ns, default=None)


@contextmanager
def new_segment(directory: Path, target: Path | None = None) -> Iterator[Path]:
    """
    Yield a directory for a segment; synchronise it to disk on success, remove it on failure unless it can go on.

    The caller holds :func:`changing`.

    Args:
        directory: Of the corpus.
        target: What :func:`under_way` returned; None for a new one.
    """
    if target is None:
        target = directory / new_name("s")
        target.mkdir()
    try:
        yield target
        for file in sorted(target.iterdir()):
            _synchronise(file)
        _synchronise(target)
    except BaseException:
        if (target / CHECKPOINT_FILE).is_file():
            raise
        shutil.rmtree(target, ignore_errors=True)
        raise


def put_in_force(directory: Path, version: Version) -> None:
    """Write *version*, whose segments are on disk, and make it the one that is read.  The caller holds the lock."""
    _write_whole(directory / f"{version.name}.json", version.to_bytes())
    _synchronise(directory)
    temporary = directory / f"{CURRENT}.new"
    _write_whole(temporary, f"{version.name}\n".encode())
    # Readers tell versions by this time; a clock that stands still or runs back must not make two of them look alike.
    last = stamp_of(directory)
    now = temporary.stat().st_mtime_ns
    if last is not None and now <= last[0]:
        os.utime(temporary, ns=(last[0] + 1, last[0] + 1))
    temporary.replace(directory / CURRENT)
    _synchronise(directory)


def remove_unused(directory: Path, *, checkpoints: bool = True) -> None:
    """
    Remove every version and segment but those in force; only names of our own shape are touched.

    Args:
        directory: Of the corpus; the caller holds the lock.
        checkpoints: Also segments under way that could go on.
    """
    keep: set[str] = set()
    unknown = False
    try:
        name = current_version(directory)
        keep = {name, f"{name}.json"}
        keep.update(segment.name for segment in read_version(directory, name).segments)
    except CorpusNotFound:
        pass
    except CorpusError:
        # What belongs to a version that cannot be read is not known: it stays until another one is in force.
        unknown = True
    for entry in directory.iterdir():
        name = entry.name.removesuffix(".json")
        if entry.name in keep or (unknown and is_name(name, "s")):
            continue
        if not checkpoints and (entry / CHECKPOINT_FILE).is_file():
            continue
        if is_name(name, "v") or is_name(name, "s"):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        (directory / f"{CURRENT}.new").unlink()


def _write_whole(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(directory: Path, error: OSError) -> CorpusUnwritable:
    reason = error.strerror or type(error).__name__
    return CorpusUnwritable(f"{directory} cannot be written ({reason}); choose another directory or change its rights")
