"""What a corpus holds and weighs, in figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from corpora.index.compaction import live_characters

if TYPE_CHECKING:
    from corpora.index.snapshot import Snapshot

_HELD: Final = ("documents.table", "documents.ids", "documents.texts", "text.blocks", "sketches.", "words.")
"""Beginnings of the names of the files that are read into memory; the others are memory-mapped."""
_LIVE: Final = frozenset({"documents", "texts", "characters"})
"""Counts of a manifest that removing documents changes."""


def figures(snapshot: Snapshot) -> dict[str, int | str | bool]:
    """Return counts, parameters and sizes; see :meth:`corpora.Corpus.stats`."""
    version = snapshot.version
    counts: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    held = 0
    parameters: dict[str, int | str | bool] = {}
    for segment in snapshot.segments:
        manifest = segment.manifest
        counts.update({name: count for name, count in manifest.counts.items() if name not in _LIVE})
        counts["removed"] += segment.documents.rows - len(segment.documents)
        counts["texts"] += len(segment.documents.live_texts())
        counts["characters"] += live_characters(segment)
        parameters = {**manifest.parameters, **parameters}
        for name, record in manifest.files.items():
            parts[name.partition(".")[0]] += record.size
            held += record.size if name.startswith(_HELD) else 0
    return {
        "name": version.corpus,
        "kind": version.kind,
        "version": version.name,
        "created": version.created,
        "segments": len(snapshot.segments),
        "documents": len(snapshot),
        **{name: counts[name] for name in ("removed", "texts", "characters")},
        **counts,
        **parameters,
        "store_text": version.store_text,
        "bytes": parts.total(),
        "index_bytes": parts.total() - parts["text"],
        **{f"{name}_bytes": size for name, size in sorted(parts.items())},
        "memory_bytes": held,
    }
