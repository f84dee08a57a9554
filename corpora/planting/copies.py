"""Marked copies of a folder of documents, with decoys among them: what a retrieval pipeline ingests."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from corpora.errors import CorpusUnwritable, DocumentError, ReaderError
from corpora.identity import valid_corpus_name
from corpora.planting.decoys import decoy_id, is_decoy
from corpora.planting.files import OPTIONS, NotMarked, mark_lines, mark_whole
from corpora.planting.listing import RECORD_FILE, corpus_of, documents_of
from corpora.planting.markers import marker, valid_key
from corpora.planting.marking import marked
from corpora.planting.prose import Paper, chance, write
from corpora.planting.vocabulary import Vocabulary
from corpora.readers.files import open_regular
from corpora.readers.folder_labels import LABELS_FILE
from corpora.readers.parts import whole
from corpora.readers.registry import family_of
from corpora.readers.reports import Note, Skipped
from corpora.readers.sidecar import read_sidecar
from corpora.readers.walking import Found, printable, walk

MOST_DECOYS: Final = 10_000
_LINES: Final = "json lines"
_TRIES: Final = 20


@dataclass(slots=True)
class Planting:
    """
    What was planted.

    Attributes:
        documents: Documents with markers, decoys not counted.
        markers: Markers in them.
        decoys: Ids of the decoys.
        copied: Files that were copied as they are, and why.
    """

    documents: int = 0
    markers: int = 0
    decoys: list[str] = field(default_factory=list)
    copied: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a decoy may stand: beside this file, looking like it."""

    relative: PurePosixPath
    family: str
    said: dict[str, Any]


def plant(
    source: Path,
    target: Path,
    *,
    key: bytes,
    corpus: str,
    decoys: int = 0,
    on_skip: Callable[[Skipped], None],
    progress: Callable[[int], None] | None = None,
) -> Planting:
    """
    Write copies of the documents at *source* to the folder *target*, with markers, and decoys among them.

    Text, Markdown, HTML (at the end of paragraphs and list items) and JSON lines take markers; every other file is
    copied as it is.  The same arguments give the same copies.  *target* appears as a whole or not at all; one that was
    written before is replaced.

    Args:
        source: A file or a folder; never changed.
        target: A folder that is not there, or that was written by this function.
        key: Key of the markers and decoys.
        corpus: Name of the corpus that the documents are in.
        decoys: How many.
        on_skip: Called for every file that is not copied: links out of the folder, names that cannot be ids.
        progress: Called with the number of files copied so far.

    Raises:
        ValueError: The key is too short, the name cannot be a corpus's, or the number of decoys is not possible.
        DocumentError: There is nothing at *source*, one of the two lies inside the other, or *target* is something
            else.
        CorpusUnwritable: *target* cannot be written.
    """
    valid_key(key)
    valid_corpus_name(corpus)
    if not 0 <= decoys <= MOST_DECOYS:
        raise ValueError(f"the number of decoys is 0 to {MOST_DECOYS:,}")
    _check_places(source, target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            draft.chmod(0o755)
            job = _Job(draft, key, corpus, on_skip, progress)
            job.copy(source)
            job.add_decoys(decoys)
            record = {"echoguard": "canaries", "corpus": corpus, "decoys": len(job.done.decoys)}
            (draft / RECORD_FILE).write_text(json.dumps(record) + "\n", encoding="utf-8")
            _put_in_place(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise CorpusUnwritable(f"{target} cannot be written: {error.strerror or type(error).__name__}") from None
    return job.done


class _Job:
    """One run: copies into a draft."""

    def __init__(
        self,
        draft: Path,
        key: bytes,
        corpus: str,
        on_skip: Callable[[Skipped], None],
        progress: Callable[[int], None] | None,
    ) -> None:
        self._draft = draft
        self._key = key
        self._corpus = corpus
        self._on_skip = on_skip
        self._progress = progress
        self._places: list[_Place] = []
        self._vocabulary = Vocabulary()
        self._folders: set[PurePosixPath] = set()
        self._files = 0
        self.done = Planting()

    def copy(self, source: Path) -> None:
        for found in walk(source):
            if isinstance(found, Skipped):
                self._on_skip(found)
                continue
            try:
                self._copy_file(found)
            except ReaderError as error:
                self._on_skip(Skipped(printable(found.path), str(error)))
            self._files += 1
            if self._progress is not None:
                self._progress(self._files)
        if not self._files:
            raise DocumentError(f"{source}: no file in it can be copied")

    def _copy_file(self, found: Found) -> None:
        target = self._draft.joinpath(*found.relative.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._copy_labels(found)
        said = {} if found.sidecar is None else read_sidecar(found.sidecar, found.root)
        file_id = str(said.get("id") or found.relative)
        family = family_of(found.relative).name
        if family == _LINES:
            self._copy_lines(found, target, file_id)
            return
        try:
            with open_regular(found.real) as handle:
                data = whole(handle, OPTIONS)
            data, count = mark_whole(found.relative, data, file_id, self._make)
        except (NotMarked, ReaderError) as error:
            with open_regular(found.real) as handle, target.open("wb") as out:
                shutil.copyfileobj(handle, out)
            self.done.copied.append(Note(printable(found.path), str(error)))
            return
        target.write_bytes(data)
        self._count(count)
        for _, text, own in documents_of(target, found.relative, file_id):
            self._vocabulary.add(text)
            said = {**said, **{name: own[name] for name in own if name in {"label", "readers", "tenant"}}}
        self._places.append(_Place(found.relative, family, said))

    def _copy_lines(self, found: Found, target: Path, file_id: str) -> None:
        said: dict[str, Any] | None = None
        with open_regular(found.real) as handle, target.open("wb") as out:
            for line, count, row in mark_lines(handle, file_id, self._make):
                out.write(line)
                if row is not None:
                    self._count(count)
                    self._vocabulary.add(row["text"])
                    said = {name: row[name] for name in row if name in {"label", "readers", "tenant", "title"}}
        if said is not None:
            self._places.append(_Place(found.relative, _LINES, said))

    def _copy_labels(self, found: Found) -> None:
        """Copy what labels the file: its sidecar, and the rules of the folders above it."""
        if found.sidecar is not None:
            name = found.relative.with_name(found.sidecar.name)
            shutil.copyfile(found.sidecar, self._draft.joinpath(*name.parts))
        for folder in found.relative.parents:
            if folder in self._folders:
                continue
            self._folders.add(folder)
            rules = found.root.joinpath(*folder.parts, LABELS_FILE)
            if rules.is_file():
                shutil.copyfile(rules, self._draft.joinpath(*folder.parts, LABELS_FILE))

    def _make(self, document: str, offset: int) -> str:
        # A copy may be copied again, decoys and all.
        decoy = is_decoy(self._key, self._corpus, document)
        return marker(self._key, self._corpus, document, offset, decoy=decoy)

    def _count(self, markers: int) -> None:
        self.done.documents += markers > 0
        self.done.markers += markers

    def add_decoys(self, number: int) -> None:
        if number and not self._places:
            raise DocumentError("decoys stand beside text, Markdown, HTML or JSON lines, and there are none")
        phrases = self._vocabulary.phrases() if number else ()
        taken: set[str] = set()
        for one in range(number):
            for turn in range(_TRIES):
                dice = chance(self._key, self._corpus, one, turn)
                place = dice.choice(self._places)
                paper = write(dice, phrases)
                suffix = "" if place.family == _LINES else _suffix(place)
                folder = "" if place.family == _LINES else _folder(place)
                name = decoy_id(self._key, self._corpus, f"{folder}{paper.slug}-", suffix)
                if name not in taken:
                    break
            taken.add(name)
            self._write_decoy(place, name, paper)
            self.done.decoys.append(name)

    def _write_decoy(self, place: _Place, name: str, paper: Paper) -> None:
        if place.family == _LINES:
            row = {"id": name, **place.said, "text": self._marked_decoy(name, paper.text)}
            if "title" in row:
                row["title"] = paper.title
            path = self._draft.joinpath(*place.relative.parts)
            with path.open("rb+") as file:
                file.seek(-1, os.SEEK_END)
                gap = b"" if file.read(1) == b"\n" else b"\n"
                file.write(gap + json.dumps(row, ensure_ascii=False).encode() + b"\n")
            return
        heading = paper.title if name.endswith((".txt", ".text")) else f"# {paper.title}"
        body = self._marked_decoy(name, f"{heading}\n\n{paper.text}\n")
        # JSON is YAML, quoted so that nothing is taken for something else.
        lines = "".join(f"{word}: {json.dumps(value)}\n" for word, value in place.said.items() if word != "id")
        front = f"---\n{lines}---\n" if lines else ""
        self._draft.joinpath(*PurePosixPath(name).parts).write_text(front + body, encoding="utf-8")

    def _marked_decoy(self, name: str, text: str) -> str:
        return marked(text, lambda offset: self._make(name, offset))


def _suffix(place: _Place) -> str:
    return place.relative.suffix if place.family == "text" else ".md"


def _folder(place: _Place) -> str:
    return "" if place.relative.parent == PurePosixPath() else f"{place.relative.parent}/"


def _check_places(source: Path, target: Path) -> None:
    if not source.exists():
        raise DocumentError(f"{source}: no such file or folder")
    here, there = source.resolve(), target.resolve()
    if here == there or here in there.parents or there in here.parents or (here.is_file() and here.parent == there):
        raise DocumentError(f"of {target} and {source} one lies inside the other; name a folder elsewhere")
    if target.exists() and corpus_of(target) is None and not (target.is_dir() and not any(target.iterdir())):
        raise DocumentError(f"{target} is there and was not written by `echoguard canary plant`; name another folder")


def _put_in_place(draft: Path, target: Path) -> None:
    """Let the draft take the place of an older copy; what goes wrong leaves one of the two."""
    old = draft.with_name(f"{draft.name}.old")
    if target.exists():
        target.rename(old)
        try:
            draft.rename(target)
        except OSError:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    else:
        draft.rename(target)
