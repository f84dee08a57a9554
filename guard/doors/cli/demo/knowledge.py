"""The knowledge base of one demo: documents read, markers planted, corpus built, settings written."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from corpora.document import DEFAULT_TENANT, Document
from guard.doors.cli.demo.people import READER, Person
from guard.doors.cli.failures import CommandError

if TYPE_CHECKING:
    from corpora.readers import Skipped

CORPUS: Final = "knowledge"
_STATE: Final = "state"
_LEDGER: Final = "ledger.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """
    What the chains answer from.

    Attributes:
        documents: With markers planted.
        settings: The ``echoguard.toml`` that was written.
        markers: How many markers were planted.
        skipped: Files that could not be read.
    """

    documents: tuple[Document, ...]
    settings: Path
    markers: int
    skipped: tuple[Skipped, ...]


def sample_documents(on_skip: Callable[[Skipped], None]) -> list[Document]:
    """Return the documents of the sample knowledge base, placeholders and all."""
    from corpora.readers import read_documents
    from corpora.sample import SAMPLE_TENANT, sample_path

    return list(read_documents([sample_path()], tenant=SAMPLE_TENANT, on_skip=on_skip))


def own_documents(folder: Path, label: str, on_skip: Callable[[Skipped], None]) -> list[Document]:
    """
    Return the documents in *folder*, all with the demo's reader as their one reader.

    Raises:
        CommandError: There is none.
    """
    from corpora.readers import read_documents

    if not folder.exists():
        raise CommandError(f"{folder}: no such folder; name one that holds documents")
    read = read_documents([folder], label=label, tenant=DEFAULT_TENANT, on_skip=on_skip, on_note=lambda _: None)
    # The demo has people of its own, whatever readers the files name.
    readers = frozenset({f"user:{READER}"})
    found = [replace(one, readers=readers, tenant=DEFAULT_TENANT) for one in read if one.text.strip()]
    if not found:
        raise CommandError(f"{folder}: no document in it could be read")
    return found


def prepare(
    folder: Path,
    documents: Sequence[Document],
    people: Iterable[Person],
    skipped: Sequence[Skipped],
    progress: Callable[[int, int], None] | None = None,
) -> Knowledge:
    """
    Build the corpus and write the settings into *folder*, with an empty ledger.

    Raises:
        CorpusError: The corpus cannot be built.
        OSError: The folder cannot be written.
    """
    from corpora import Corpus

    state = folder / _STATE
    state.mkdir(parents=True, exist_ok=True)
    # Every run begins with full budgets: the ledger of the run before is the demo's own file.
    for name in (_LEDGER, f"{_LEDGER}-wal", f"{_LEDGER}-shm"):
        (state / name).unlink(missing_ok=True)
    key = secrets.token_hex(32).encode()
    _write(state / "canary.key", key, mode=0o600)
    planted, markers = _planted(documents, key)
    Corpus.build(state / CORPUS, planted, name=CORPUS, progress=progress).close()
    settings = folder / "echoguard.toml"
    _write(settings, _settings(people).encode())
    return Knowledge(documents=tuple(planted), settings=settings, markers=markers, skipped=tuple(skipped))


def _planted(documents: Iterable[Document], key: bytes) -> tuple[list[Document], int]:
    """Put a marker of its own in the place of every placeholder."""
    from corpora.planting import marker
    from corpora.sample import CANARY_PLACEHOLDER

    planted: list[Document] = []
    markers = 0
    for document in documents:
        text, number = document.text, 0
        while CANARY_PLACEHOLDER in text:
            made = marker(key, CORPUS, document.id, text.index(CANARY_PLACEHOLDER))
            text = text.replace(CANARY_PLACEHOLDER, f"Filed under {made}.", 1)
            number += 1
        markers += number
        planted.append(replace(document, text=text) if number else document)
    return planted, markers


def _settings(people: Iterable[Person]) -> str:
    """Return the settings of a small installation; everything not named keeps its default."""
    lines = [
        "# Written by `echoguard demo`; try it: echoguard check --config this-file --user NAME -",
        "[[corpora]]",
        f'name = "{CORPUS}"',
        f'path = "{_STATE}/{CORPUS}"',
        "[ledger]",
        f'url = "sqlite:///{_STATE}/{_LEDGER}"',
        "[canary]",
        f'key_file = "{_STATE}/canary.key"',
        "[tiers.standard]  # a person's pace",
        "per_minute = 60",
    ]
    for person in people:
        principal = person.principal
        lines += [
            f"[users.{json.dumps(person.name)}]  # {person.about}",
            f"tenant = {json.dumps(principal.tenant)}",
            f"groups = {json.dumps(sorted(principal.groups))}",
        ]
    return "\n".join(lines) + "\n"


def _write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
