"""``echoguard corpus list`` and ``verify``: what an index holds and weighs, and whether it is intact."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guard.doors.cli.exits import Exit
from guard.doors.cli.failures import one_line
from guard.doors.cli.terminal import console, print_json, print_table

if TYPE_CHECKING:
    from corpora import Corpus

_COLUMNS = (
    *("corpus", "kind", "documents", "characters", "labels"),
    *("segments", "removed", "bytes on disk", "bytes in memory", "directory"),
)
_FLUSH_RIGHT = set(_COLUMNS) - {"corpus", "kind", "labels", "directory"}
_PART = "_bytes"


def list_command(
    *,
    directories: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Indexes to describe.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every document.")] = False,
) -> int:
    """Tell what indexes hold and weigh: documents, labels, segments, sizes."""
    from corpora import Corpus

    described = []
    for directory in directories:
        with Corpus.open(directory) as corpus:
            described.append(_described(corpus))
    if as_json:
        print_json({"corpora": described})
        return Exit.OK
    print_table(_COLUMNS, [_line(one) for one in described], right=_FLUSH_RIGHT)
    return Exit.OK


def verify_command(*, directory: Annotated[Path, typer.Argument(metavar="DIR", help="Index to verify.")]) -> int:
    """Read the whole index and compare it with its checksums; exit 1 when it does not agree."""
    from corpora import Corpus

    with Corpus.open(directory) as corpus:
        corpus.verify()
        stats = corpus.stats()
        describe(f"{corpus.name}: {count(len(corpus), 'document')}, intact")
        parts = ", ".join(f"{part} {size:,}" for part, size in _parts(stats).items())
        describe(f"{count(int(stats['segments']), 'segment')}, removed and still on disk: {stats['removed']:,}")
        describe(f"{stats['bytes']:,} bytes on disk ({parts}), about {stats['memory_bytes']:,} of them in memory")
    return Exit.OK


def describe(line: str) -> None:
    """Print one line on standard output, as it is."""
    console().print(line, markup=False, soft_wrap=True)


def count(number: int, noun: str) -> str:
    """Return *number* and *noun*, in the plural where there is not exactly one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _line(one: dict[str, Any]) -> list[str]:
    labels = ", ".join(f"{number} {label}" for label, number in one["labels"].items())
    counts = f"{len(one['documents']):,}", f"{one['characters']:,}"
    sizes = [f"{one[name]:,}" for name in ("segments", "removed", "bytes", "memory_bytes")]
    return [one_line(cell) for cell in (one["name"], one["kind"], *counts, labels, *sizes, one["directory"])]


def _described(corpus: Corpus) -> dict[str, Any]:
    infos = list(corpus.documents())
    stats = corpus.stats()
    return {
        "name": corpus.name,
        "kind": corpus.kind,
        "directory": str(corpus.directory),
        "version": corpus.version,
        "store_text": stats["store_text"],
        "segments": stats["segments"],
        "removed": stats["removed"],
        "bytes": stats["bytes"],
        "bytes_of": _parts(stats),
        "memory_bytes": stats["memory_bytes"],
        "characters": sum(info.length for info in infos),
        "labels": dict(sorted(Counter(info.label for info in infos).items())),
        "documents": [
            {
                "id": info.id,
                "label": info.label,
                "readers": sorted(info.readers),
                "tenant": info.tenant,
                "characters": info.length,
                "title": info.title,
            }
            for info in infos
        ],
    }


def _parts(stats: dict[str, int | str | bool]) -> dict[str, int]:
    """Return the bytes on disk of each part of an index."""
    return {
        name.removesuffix(_PART): int(size)
        for name, size in stats.items()
        if name.endswith(_PART) and name not in {"index_bytes", "memory_bytes"}
    }
