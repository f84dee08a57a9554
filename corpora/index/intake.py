"""Writes the table of documents; :mod:`corpora.index.documents` reads it."""

from __future__ import annotations

import json
from array import array
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from corpora.errors import DocumentError
from corpora.index.checkpoint import continued, settled_size
from corpora.index.documents import (
    DIGEST_BYTES,
    DIGESTS_FILE,
    IDS_FILE,
    META_FILE,
    TABLE_FILE,
    TEXTS_FILE,
    id_hash,
    text_digest,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from corpora.document import Document

JOURNAL_FILE: Final = "documents.journal"
"""What a build that goes on reads back; not part of a finished segment."""
_JOURNAL: Final = np.dtype(
    [
        *((name, "<u8") for name in ("key", "text", "offset", "start", "length")),
        ("digest", f"S{DIGEST_BYTES}"),
    ]
)


class DocumentWriter:
    """
    Collects documents; a text is known by its digest, so equal texts are told before they are indexed twice.

    Attributes:
        stale: Numbers of documents that were replaced; see :meth:`taken`.
        text_class: One number per text: equal where label, readers and tenant of its first document are.
    """

    def __init__(self, directory: Path, state: dict[str, Any] | None = None) -> None:
        self._directory = directory
        self._meta = continued(directory / META_FILE, state["meta"] if state else None)
        self._journal = continued(directory / JOURNAL_FILE, state["documents"] * _JOURNAL.itemsize if state else None)
        self._offset = 0
        self.stale: list[int] = []
        self._known: dict[int, int] = {}
        self._ids: dict[int, int] = {}
        self._texts: dict[bytes, int] = {}
        self._rows: list[tuple[int, int]] = []
        self._starts = array("q")
        self._lengths = array("q")
        self._classes: dict[tuple[str, frozenset[str], str], int] = {}
        self.text_class = array("q")
        if state is not None:
            try:
                self._restore()
            except BaseException:
                self.release()
                raise

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def texts(self) -> int:
        """How many different texts there are."""
        return len(self._starts)

    @property
    def text_starts(self) -> NDArray[np.int64]:
        """Where each text begins in the text store, int64."""
        return np.array(self._starts, dtype=np.int64)

    def add(self, document: Document, position: int, *, family: str | None = None) -> bool:
        """
        Add *document*, whose text would begin at *position* of the text store.

        Args:
            document: What to add.
            position: Code points stored before it.
            family: Key of the account it shares with others; None for that of the first document with its text.

        Returns:
            Whether its text is new and has to be stored.

        Raises:
            DocumentError: The id was used before.
        """
        key = id_hash(document.id)
        replaced = self._known.pop(key, None)
        if replaced is not None:
            self.stale.append(replaced)
            del self._ids[key]
        if key in self._ids:
            raise DocumentError(f"the document id {document.id[:200]!r} is used twice; ids are unique in a corpus")
        self._ids[key] = len(self._rows)
        digest = text_digest(document.text)
        text = self._texts.get(digest)
        new = text is None
        if text is None:
            text = len(self._starts)
            self._texts[digest] = text
            self._starts.append(position)
            self._lengths.append(len(document.text))
            self._class_of(document.label, document.readers, document.tenant)
        self._rows.append((text, self._offset))
        row = (key, text, self._offset, self._starts[text], self._lengths[text], digest)
        self._journal.write(np.array(row, dtype=_JOURNAL).tobytes())
        self._offset += self._meta.write(_entry_of(document, family))
        return new

    def taken(self, document: Document) -> bool:
        """
        Say whether a build that goes on has *document* already, exactly so; ask once for each.

        One that is there otherwise will be stale once it is added; so is all that was not asked for, at the end.
        """
        key = id_hash(document.id)
        number = self._known.get(key)
        if number is None:
            return False
        text, start = self._rows[number]
        end = self._rows[number + 1][1] if number + 1 < len(self._rows) else self._offset
        if self._texts.get(text_digest(document.text)) != text:
            return False
        self._meta.flush()
        at = self._meta.tell()
        self._meta.seek(start)
        same = self._meta.read(end - start) == _entry_of(document, None)
        self._meta.seek(at)
        if same:
            del self._known[key]
        return same

    def checkpoint(self) -> dict[str, Any]:
        """Write everything to disk and return what is needed to go on from here."""
        settled_size(self._journal)
        return {"documents": len(self._rows), "meta": settled_size(self._meta)}

    def end_of_documents(self) -> None:
        """Count what a build that goes on had and did not get again as stale."""
        self.stale.extend(self._known.values())
        for key in self._known:
            del self._ids[key]
        self._known = {}

    def _class_of(self, label: str, readers: frozenset[str], tenant: str) -> None:
        self.text_class.append(self._classes.setdefault((label, readers, tenant), len(self._classes)))

    def _restore(self) -> None:
        """Read back what was added before the checkpoint."""
        self._journal.seek(0)
        rows = np.frombuffer(self._journal.read(), dtype=_JOURNAL)
        self._meta.seek(0)
        for number, (row, line) in enumerate(zip(rows.tolist(), self._meta, strict=True)):
            key, text, offset, start, length, digest = row
            # Of documents with one id the last counts; the ones before were stale already.
            if key in self._known:
                self.stale.append(self._known[key])
            self._known[key] = self._ids[key] = number
            self._rows.append((text, offset))
            if text == len(self._starts):
                self._starts.append(start)
                self._lengths.append(length)
                self._texts[digest.ljust(DIGEST_BYTES, b"\0")] = text
                entry = json.loads(line)
                self._class_of(entry["label"], frozenset(entry["readers"]), entry["tenant"])
            self._offset = offset + len(line)
        self._meta.seek(self._offset)

    def close(self) -> None:
        """Write the tables."""
        self.release()
        rows = np.array(self._rows, dtype="<i8").reshape(-1, 2)
        rows.tofile(self._directory / TABLE_FILE)
        keys = np.fromiter(self._ids, dtype="<u8", count=len(self._ids))
        numbers = np.fromiter(self._ids.values(), dtype="<u8", count=len(self._ids))
        order = np.argsort(keys)
        np.stack((keys[order], numbers[order])).astype("<u8").tofile(self._directory / IDS_FILE)
        np.array([self._starts, self._lengths], dtype="<i8").tofile(self._directory / TEXTS_FILE)
        (self._directory / DIGESTS_FILE).write_bytes(b"".join(self._texts))

    def release(self) -> None:
        """Close the files as they are."""
        self._meta.close()
        self._journal.close()


def _entry_of(document: Document, family: str | None) -> bytes:
    """Return the line that is kept of *document*."""
    entry: dict[str, object] = {
        "id": document.id,
        "label": document.label,
        "readers": sorted(document.readers),
        "tenant": document.tenant,
        "title": document.title,
    }
    if family is not None:
        entry["family"] = family
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"
