"""What an index says about itself: format, parameters, counts, and a checksum of every file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from corpora.errors import CorpusCorrupt, CorpusVersion

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 2
"""Raised whenever an index written before can no longer be read as it is."""
MAGIC: Final = "echoguard-corpus"
CHECKED_AT_ONCE: Final = 1 << 20
"""Bytes of one block with a checksum of its own."""
KINDS: Final = frozenset({"retrieval", "training", "public", "prompt"})


@dataclass(frozen=True, slots=True)
class FileRecord:
    """
    One file of an index.

    Attributes:
        size: Bytes.
        blocks: Checksum of every :data:`CHECKED_AT_ONCE` bytes, in order; see :func:`checksum`.
    """

    size: int
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """
    The description of one segment of an index.

    Attributes:
        segment: Name of this segment; different for every one that is written.
        name: Name of the corpus.
        kind: retrieval, training, public or prompt.
        created: UTC time when it was written, ISO 8601.
        parameters: Every number that marks, words and sketches depend on.
        counts: documents, texts (distinct), characters, marks and so on.
        files: Every file by its name.
    """

    segment: str
    name: str
    kind: str
    created: str
    parameters: dict[str, int | str | bool]
    counts: dict[str, int]
    files: dict[str, FileRecord] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the stored form; its first key is the checksum of the rest."""
        return sealed({"magic": MAGIC, **asdict(self)})

    @classmethod
    def from_bytes(cls, raw: bytes, *, where: Path) -> Manifest:
        """
        Read the stored form.

        Raises:
            CorpusVersion: Another version of this program wrote it.
            CorpusCorrupt: It is no manifest, or not as it was written.
        """
        body = unsealed(raw, magic=MAGIC, where=where)
        try:
            files = {name: FileRecord(entry["size"], tuple(entry["blocks"])) for name, entry in body["files"].items()}
            return cls(
                segment=body["segment"],
                name=body["name"],
                kind=body["kind"],
                created=body["created"],
                parameters=body["parameters"],
                counts=body["counts"],
                files=files,
            )
        except (KeyError, TypeError, AttributeError):
            raise CorpusCorrupt(f"{where} is incomplete; restore it from a copy or build the index again") from None


def sealed(body: dict[str, Any]) -> bytes:
    """Return *body* as JSON with the format; its first key is the checksum of the rest."""
    body = {"format": FORMAT, **body}
    return json.dumps({"checksum": digest_of(json.dumps(body, sort_keys=True).encode()), **body}, indent=1).encode()


def unsealed(raw: bytes, *, magic: str, where: Path) -> dict[str, Any]:
    """
    Read what :func:`sealed` returned.

    Args:
        raw: The stored form.
        magic: What its key ``magic`` has to say.
        where: For messages.

    Raises:
        CorpusVersion: Another version of this program wrote it.
        CorpusCorrupt: It is something else, or not as it was written.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise CorpusCorrupt(f"{where} is not a manifest; build the index again") from None
    if not isinstance(body, dict) or body.get("magic") != magic:
        raise CorpusCorrupt(f"{where} is not a manifest of an echoguard corpus; build the index again")
    if body.get("format") != FORMAT:
        raise CorpusVersion(
            f"{where} has index format {body.get('format')!r:.40}; this program reads format {FORMAT}. "
            "Build the index again.",
        )
    if body.pop("checksum", None) != digest_of(json.dumps(body, sort_keys=True).encode()):
        raise CorpusCorrupt(f"{where} does not match its checksum; restore it from a copy or build the index again")
    return body


def digest_of(data: bytes | memoryview) -> str:
    """Return the checksum of *data*, 16 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def checksum(path: Path) -> FileRecord:
    """Return size and block checksums of a file."""
    blocks = []
    size = 0
    with path.open("rb") as file:
        while block := file.read(CHECKED_AT_ONCE):
            size += len(block)
            blocks.append(digest_of(block))
    return FileRecord(size, tuple(blocks))


def check_file(path: Path, record: FileRecord, *, every: int = 1) -> None:
    """
    Compare a file with its record: its size, its first and last block, and one block in *every* of the others.

    Raises:
        CorpusCorrupt: The file is missing, has another size, or a block differs.
    """
    try:
        size = path.stat().st_size
        if size != record.size:
            raise CorpusCorrupt(
                f"{path} has {size} bytes instead of {record.size}; restore it from a copy or build the index again",
            )
        last = len(record.blocks) - 1
        with path.open("rb") as file:
            for number, expected in enumerate(record.blocks):
                if number % every and number != last:
                    continue
                file.seek(number * CHECKED_AT_ONCE)
                if digest_of(file.read(CHECKED_AT_ONCE)) != expected:
                    raise CorpusCorrupt(
                        f"{path} is damaged at block {number}; restore it from a copy or build the index again",
                    )
    except OSError as error:
        raise CorpusCorrupt(
            f"{path} cannot be read ({error.strerror}); restore it from a copy or build the index again",
        ) from None
