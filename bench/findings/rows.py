"""Labelled rows, and when a label counts as found."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Row = dict[str, Any]
Place = tuple[int, int]
"""A half-open range of code points."""


def rows(path: str) -> Iterator[Row]:
    """Yield the rows of a file of JSON lines, compressed or not."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def covered(span: Row, found: Iterable[Place]) -> bool:
    """Say whether at least half of *span* is covered."""
    places: set[int] = set()
    for start, end in found:
        places.update(range(max(start, span["start"]), min(end, span["end"])))
    return 2 * len(places) >= span["end"] - span["start"]


def overlaps(found: Place, spans: Sequence[Row]) -> bool:
    """Say whether *found* touches any of *spans*."""
    return any(found[0] < span["end"] and span["start"] < found[1] for span in spans)
