"""What is planted in a folder of copies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from corpora.planting.files import OPTIONS, document_id
from corpora.planting.marking import planted
from corpora.readers.files import open_regular
from corpora.readers.parts import Fault
from corpora.readers.registry import read_parts
from corpora.readers.reports import Skipped
from corpora.readers.sidecar import read_sidecar
from corpora.readers.walking import walk

RECORD_FILE: Final = ".echoguard-canaries.json"
"""Says that a folder was written by :func:`plant`, and for which corpus; hidden, so that it is no document."""


def planted_in(folder: Path) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """
    Yield every document below *folder* by its id, with the markers in it: offset in the unmarked text, and marker.

    Raises:
        ReaderError: A file cannot be read.
    """
    for found in walk(folder):
        if isinstance(found, Skipped):
            continue
        said = {} if found.sidecar is None else read_sidecar(found.sidecar, found.root)
        for name, text, _ in documents_of(found.real, found.relative, str(said.get("id") or found.relative)):
            yield name, planted(text)


def corpus_of(folder: Path) -> str | None:
    """Return the corpus that copies in *folder* were written for; None where :func:`plant` wrote none."""
    try:
        record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or record.get("echoguard") != "canaries":
        return None
    return str(record.get("corpus"))


def documents_of(path: Path, relative: PurePosixPath, file_id: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the documents of one file: id, text, and what the file says of it."""
    with open_regular(path) as handle:
        for part in read_parts(relative, handle, OPTIONS):
            if not isinstance(part, Fault) and part.text.strip():
                yield document_id(part, file_id), part.text, dict(part.said)
