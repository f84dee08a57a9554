"""Where a new segment's families come from: the version in force, and segments of it that are still being written."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.errors import CorpusError
from corpora.index.directory import current_version, read_version
from corpora.index.documents import META_FILE, TABLE_FILE, DocumentTable
from corpora.index.families import FAMILIES_FILE, RUN, Families, joined, read_families, sketched

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from corpora.index.wordspool import WordSpool

    I64 = NDArray[np.int64]

_DAMAGED: Final = (OSError, ValueError, KeyError, TypeError)
"""What reading a damaged or half-written segment raises; building anew is the way out, so it stops no build."""


def write_families(directory: Path, words: WordSpool, starts: I64) -> None:
    """
    Find the family of every text of a segment and write them.

    A text belongs to the family it is given; else to that of a nearly equal text, here or in the corpus that this
    segment becomes part of or takes the place of; else to that of the document there with the same id; else it founds
    one.

    Args:
        directory: Of the segment, inside that of the corpus; its documents are written.
        words: All words of the segment.
        starts: int64, shape ``(t,)``: where each text begins in the text store.
    """
    given, ids = _first_documents(directory, len(starts))
    sizes, sketches = sketched(words.chunks(overlap=RUN - 1), starts)
    in_force = _in_force(directory.parent)
    tables = _tables(in_force)
    own = [name or _founded(document_id, tables) for name, document_id in zip(given, ids, strict=True)]
    joined(sizes, sketches, given=given, own=own, before=_before(directory, in_force)).write(directory)


def _first_documents(directory: Path, texts: int) -> tuple[list[str | None], list[str]]:
    """Return the family that the first document with each text is known to have, None where none is, and its id."""
    given: list[str | None] = []
    ids: list[str] = []
    text_of = np.fromfile(directory / TABLE_FILE, dtype="<i8").reshape(-1, 2)[:, 0].tolist()
    with (directory / META_FILE).open("rb") as lines:
        for text, line in zip(text_of, lines, strict=True):
            if text == len(ids):
                entry = json.loads(line)
                given.append(entry.get("family"))
                ids.append(entry["id"])
    if len(ids) != texts:
        raise CorpusError(f"{directory} was changed while it was written; build the index again")
    return given, ids


def _founded(document_id: str, tables: Sequence[DocumentTable]) -> str:
    """Return the family of the document with this id before, or the id itself."""
    for table in reversed(tables):
        with suppress(*_DAMAGED):
            number = table.number(document_id)
            if number is not None:
                return table.at(number).family
    return document_id


def _tables(paths: Sequence[Path]) -> list[DocumentTable]:
    found = []
    for path in paths:
        with suppress(*_DAMAGED):
            found.append(DocumentTable(path, corpus="", kind=""))
    return found


def _in_force(directory: Path) -> list[Path]:
    """Return the segments of the version in force, the oldest first; none where there is none that can be read."""
    try:
        version = read_version(directory, current_version(directory))
    except (CorpusError, OSError):
        return []
    paths = [directory / segment.name for segment in version.segments]
    return [path for path in paths if (path / FAMILIES_FILE).exists()]


def _before(directory: Path, in_force: Sequence[Path]) -> list[Families]:
    # Those beside it belong to the same change, which has been going on for a while.
    beside = sorted(path.parent for path in directory.parent.glob(f"*/{FAMILIES_FILE}"))
    paths = [*in_force, *(path for path in beside if path != directory and path not in in_force)]
    found = []
    for path in paths:
        with suppress(*_DAMAGED):
            found.append(read_families(path))
    return found
