"""The loader: paths in, labelled documents out, one at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from corpora.document import DEFAULT_TENANT, Document, normal_reader
from corpora.errors import ReaderError
from corpora.identity import normal_identity
from corpora.labels import INTERNAL, known_label
from corpora.readers.files import open_regular
from corpora.readers.folder_labels import LABELS_FILE, FolderLabels, read_folder_labels
from corpora.readers.metadata import Metadata, overlaid
from corpora.readers.parts import DEFAULT_FIELDS, DEFAULT_MAX_BYTES, Fault, Part, ReadOptions, tidy_title
from corpora.readers.registry import read_parts
from corpora.readers.reports import Note, Skipped
from corpora.readers.sidecar import read_sidecar
from corpora.readers.walking import Found, printable, walk

_LOG = logging.getLogger(__name__)


def read_documents(
    paths: Iterable[Path],
    *,
    label: str = INTERNAL,
    readers: frozenset[str] = frozenset(),
    tenant: str = DEFAULT_TENANT,
    on_skip: Callable[[Skipped], None],
    on_note: Callable[[Note], None] | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    fields: Mapping[str, str] | None = None,
) -> Iterator[Document]:
    """
    Read every document at and below *paths*, in order, one at a time; memory is bounded by the largest file.

    What stands in the document itself (front matter, fields of a JSON line) goes before its sidecar file, that before
    the rules of the nearest folder, those before folders further up, and all before the arguments here.

    Args:
        paths: Files and folders.  Ids are paths relative to the folder given; a file given is known by its name.
        label: Of documents that nothing else labels; an unknown one becomes restricted.
        readers: Of documents for which nothing else names readers; empty means nobody.
        tenant: Of documents for which nothing else names one.
        on_skip: Called for every file or line that was not read.  Its text is not protected.
        on_note: Called for documents that were read with a reservation; by default a warning is logged.
        max_bytes: Largest file that is read, or longest line of JSON lines; bytes.
        fields: For JSON lines: ``text``, ``id``, ``label``, ``readers``, ``tenant`` or ``title`` to the field's name.

    Raises:
        ValueError: An argument is malformed; raised here and not at the first document.
    """
    base = Metadata(
        label=known_label(label),
        readers=frozenset(normal_reader(reader) for reader in readers),
        tenant=normal_identity(tenant, what="tenant"),
    )
    if max_bytes < 1:
        raise ValueError("max_bytes must be at least 1")
    if fields is not None and not fields.keys() <= DEFAULT_FIELDS.keys():
        raise ValueError(f"fields can name {', '.join(DEFAULT_FIELDS)}")
    options = ReadOptions(max_bytes, {**DEFAULT_FIELDS, **(fields or {})})
    loader = _Loader(base, options, on_skip, on_note or _log)
    return loader.load([paths] if isinstance(paths, (str, Path)) else paths)


def _log(note: Note) -> None:
    _LOG.warning("%s: %s", note.path, note.remark)


class _Loader:
    """One run over the given paths."""

    def __init__(
        self,
        base: Metadata,
        options: ReadOptions,
        on_skip: Callable[[Skipped], None],
        on_note: Callable[[Note], None],
    ) -> None:
        self._base = base
        self._options = options
        self._on_skip = on_skip
        self._on_note = on_note
        # Digests, not ids: some 80 bytes for each document of a large training corpus.
        self._taken: set[int] = set()
        # The walk goes folder by folder, so few are in use at a time.
        self._labels_in = lru_cache(maxsize=256)(self._read_labels)

    def load(self, paths: Iterable[str | Path]) -> Iterator[Document]:
        for path in paths:
            for found in walk(Path(path)):
                if isinstance(found, Skipped):
                    self._on_skip(found)
                else:
                    yield from self._documents(found)

    def _documents(self, found: Found) -> Iterator[Document]:
        try:
            known = self._known(found)
            with open_regular(found.real) as handle:
                for part in read_parts(found.path, handle, self._options):
                    document = self._document(found, part, known)
                    if document is not None:
                        yield document
        except ReaderError as error:
            self._on_skip(Skipped(printable(found.path), str(error)))

    def _known(self, found: Found) -> Metadata:
        """Return what folders and the sidecar say of a file."""
        known = replace(self._base)
        folder = found.root
        for depth in range(len(found.relative.parts)):
            labels = self._labels_in(folder, found.root)
            if labels is None:
                raise ReaderError(f"was left out: {LABELS_FILE} above it cannot be understood, so its label is unknown")
            said = labels.said_of(PurePosixPath(*found.relative.parts[depth:]))
            known = replace(overlaid(known, said, LABELS_FILE), remarks=())
            folder /= found.relative.parts[depth]
        if found.sidecar is not None:
            try:
                known = overlaid(known, read_sidecar(found.sidecar, found.root), found.sidecar.name)
            except ReaderError as error:
                raise ReaderError(f"was left out because of its file of labels, which {error}") from None
        return known

    def _read_labels(self, folder: Path, root: Path) -> FolderLabels | None:
        """Return the rules of *folder*, None when they cannot be understood; reports each file of rules once."""
        path = folder / LABELS_FILE
        if not path.is_symlink() and not path.exists():
            return FolderLabels()
        try:
            labels = read_folder_labels(path, root)
        except ReaderError as error:
            self._on_skip(Skipped(printable(path), str(error)))
            return None
        for remark in labels.remarks:
            self._on_note(Note(printable(path), remark))
        return labels

    def _document(self, found: Found, part: Part | Fault, known: Metadata) -> Document | None:
        place = "" if part.line is None else f"line {part.line}: "
        if isinstance(part, Fault):
            self._on_skip(Skipped(printable(found.path), place + part.reason))
            return None
        try:
            document, remarks = self._labelled(found, part, known)
        except ReaderError as error:
            self._on_skip(Skipped(printable(found.path), place + str(error)))
            return None
        for remark in remarks:
            self._on_note(Note(printable(found.path), place + remark))
        return document

    def _labelled(self, found: Found, part: Part, known: Metadata) -> tuple[Document, tuple[str, ...]]:
        if not part.text.strip():
            raise ReaderError("holds no text")
        file_id = known.id or str(found.relative)
        default_id = file_id if part.line is None else f"{file_id}#{part.line}"
        about = overlaid(replace(known, id=default_id), part.said, "the document itself")
        identity = about.id or default_id
        try:
            document = Document(
                id=identity,
                text=part.text,
                label=about.label,
                readers=about.readers,
                tenant=about.tenant,
                title=about.title or tidy_title(part.title),
            )
        except ValueError:
            raise ReaderError(
                "has an id or a title that cannot be stored: too long, or half a surrogate pair"
            ) from None
        digest = int.from_bytes(blake2b(identity.encode(), digest_size=8).digest(), "big")
        if digest in self._taken:
            raise ReaderError("was left out: another document that was read before has the same id")
        self._taken.add(digest)
        return document, (*about.remarks, *part.remarks)
