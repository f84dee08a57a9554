"""Lists of words that tell names of people and places; read once, when they are first needed."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def listed(name: str) -> frozenset[str]:
    """Return the entries of the list *name*, lower case; entries are set apart by ``|`` or by white space."""
    entries: set[str] = set()
    for line in (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            entries.update(line.split("|") if "|" in line else line.split())
    return frozenset(entries)
