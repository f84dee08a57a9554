"""Finding the files below a path, always in the same order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from corpora.errors import ReaderError
from corpora.readers.files import cannot, inside
from corpora.readers.folder_labels import LABELS_FILE
from corpora.readers.reports import Skipped
from corpora.readers.sidecar import SIDECAR_ENDING

_LINK_OUT: Final = "is a link that leaves the folder that was given: copy the file there or give its own path"
_LINK_IN: Final = "is a link to something in the same folder tree, which is read where it stands"


@dataclass(frozen=True, slots=True)
class Found:
    """
    A file that may hold documents.

    Attributes:
        path: As reached from the path that was given; for reports.
        real: Where it is, links followed; for opening.
        relative: Its path below *root*; the id of the document unless it names another.
        root: The folder that was given, or the one that holds the file that was given; links followed.
        sidecar: The file of labels beside it, where there is one.
    """

    path: Path
    real: Path
    relative: PurePosixPath
    root: Path
    sidecar: Path | None


def walk(path: Path) -> Iterator[Found | Skipped]:
    """
    Yield every file at or below *path*, sorted by name within each folder, and a report on each that is passed over.

    Hidden files and folders (a leading dot) are passed over silently, except *path* itself.  Links to folders are not
    followed; a link to a file is only where the file would not be met by itself, so nothing is read twice and a file's
    labels are those of the place where it stands.
    """
    try:
        real = path.resolve(strict=True)
        is_folder = real.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        yield Skipped(printable(path), cannot(error) if isinstance(error, OSError) else "is not a path")
        return
    if is_folder:
        yield from _walk_folder(path, real)
    else:
        sidecar = path.with_name(path.name + SIDECAR_ENDING)
        yield from _judged(path, real, PurePosixPath(path.name), path.parent.resolve(), os.path.lexists(sidecar))


def _walk_folder(path: Path, root: Path) -> Iterator[Found | Skipped]:
    waiting = [(path, PurePosixPath())]
    while waiting:
        folder, relative = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                names = {entry.name: (entry.is_symlink(), entry.is_dir(follow_symlinks=False)) for entry in entries}
        except OSError as error:
            yield Skipped(printable(folder), cannot(error))
            continue
        folders: list[tuple[Path, PurePosixPath]] = []
        for name in sorted(names):
            link, directory = names[name]
            below = relative / name
            if name.startswith("."):
                continue
            if link:
                yield from _linked(folder / name, below, root, beside=names)
            elif directory:
                folders.append((folder / name, below))
            else:
                real = root.joinpath(*below.parts)
                yield from _judged(folder / name, real, below, root, name + SIDECAR_ENDING in names, beside=names)
        waiting.extend(reversed(folders))


def _linked(
    path: Path, relative: PurePosixPath, root: Path, *, beside: dict[str, tuple[bool, bool]]
) -> Iterator[Found | Skipped]:
    real = inside(path, root)
    if real is None:
        yield Skipped(printable(path), _LINK_OUT)
    elif real.is_dir() or not any(part.startswith(".") for part in real.relative_to(root).parts):
        yield Skipped(printable(path), _LINK_IN)
    else:
        # The target is hidden, as in the mounted volumes of a container platform: nobody would read it otherwise.
        yield from _judged(path, real, relative, root, path.name + SIDECAR_ENDING in beside, beside=beside)


def _judged(
    path: Path,
    real: Path,
    relative: PurePosixPath,
    root: Path,
    has_sidecar: bool,  # noqa: FBT001  (private)
    *,
    beside: dict[str, tuple[bool, bool]] | None = None,
) -> Iterator[Found | Skipped]:
    name = path.name
    if name == LABELS_FILE:
        if beside is None:
            yield Skipped(printable(path), "is a file of labels and not a document")
        return
    if name.endswith(SIDECAR_ENDING):
        if beside is None or name.removesuffix(SIDECAR_ENDING) not in beside:
            yield Skipped(printable(path), "is a file of labels, and the document it is named after is not beside it")
        return
    try:
        checked_name(relative)
    except ReaderError as error:
        yield Skipped(printable(path), str(error))
        return
    yield Found(path, real, relative, root, path.with_name(name + SIDECAR_ENDING) if has_sidecar else None)


def checked_name(relative: PurePosixPath) -> None:
    """Raise ReaderError when the path cannot serve as an id: it is not text, or could steer a terminal."""
    name = str(relative)
    if not name.isprintable():
        raise ReaderError("has a name with control characters or bytes that are not UTF-8: rename it")


def printable(path: Path) -> Path:
    """Return *path* with bytes that are no UTF-8 and control characters written as escapes, so that it can be shown."""
    text = str(path)
    if text.isprintable():
        return path
    return Path("".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text))
