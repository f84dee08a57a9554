"""Exposures as rows: names and lengths of documents put beside the cells that were seen."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from guard.doors.cli.failures import one_line
from guard.doors.cli.strips import strip
from guard.doors.cli.terminal import console, print_table, speaks_utf8, table_room
from guard.policy import CELL
from guard.rights import family_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpora import Corpus, DocumentInfo
    from guard.access.ledger import Exposure

_PICTURE: Final = 40
"""Widest picture of a document, in characters."""
_NARROWEST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    What one user, or one organisation together, has been shown of one document.

    Attributes:
        user: None for the organisation.
        document: Its id; ids of near-duplicates that share the account are joined by commas.
        label: None where the corpus does not hold the document any more.
        length: In characters; None likewise.
        cells: Cells of :data:`CELL` characters that were seen.
    """

    tenant: str
    user: str | None
    corpus: str
    document: str
    label: str | None
    length: int | None
    cells: frozenset[int]

    @property
    def characters(self) -> int:
        """Characters seen, whole cells counted; never more than the document has."""
        seen = len(self.cells) * CELL
        return seen if self.length is None else min(seen, self.length)

    @property
    def share(self) -> float | None:
        """Part of the document that was seen, in ``[0, 1]``; None where its length is not known."""
        return self.characters / self.length if self.length else None

    def picture(self, width: int, *, blocks: bool) -> str:
        """Return the strip of the document, or nothing where its length is not known."""
        return strip(self.cells, -(-self.length // CELL), width=width, blocks=blocks) if self.length else ""

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON-ready values; ``cells`` as ``[first, last]`` ranges, both included."""
        return {
            "scope": "tenant" if self.user is None else "user",
            "tenant": self.tenant,
            "user": self.user,
            "corpus": self.corpus,
            "document": self.document,
            "label": self.label,
            "length": self.length,
            "characters": self.characters,
            "share": None if self.share is None else round(self.share, 6),
            "cell": CELL,
            "cells": _runs(self.cells),
        }


def rows(exposures: Iterable[Exposure], corpora: Mapping[str, Corpus]) -> list[Row]:
    """Return one row per exposure, ordered by organisation, user (organisations last) and document."""
    families: dict[str, list[DocumentInfo]] = {}
    for corpus in corpora.values():
        for info in corpus.documents():
            families.setdefault(family_key(info.corpus, info.family), []).append(info)
    found = [_row(exposure, families.get(exposure.family, ())) for exposure in exposures if exposure.cells]
    return sorted(found, key=lambda row: (row.tenant, row.user is None, row.user or "", row.corpus, row.document))


def _row(exposure: Exposure, infos: Sequence[DocumentInfo]) -> Row:
    corpus, _, family = exposure.family.partition("\x1f")
    return Row(
        tenant=exposure.tenant,
        user=exposure.user,
        corpus=corpus,
        document=", ".join(sorted(info.id for info in infos)) or family,
        label=infos[0].label if infos else None,
        length=max((info.length for info in infos), default=None),
        cells=exposure.cells,
    )


def show_rows(found: Sequence[Row]) -> None:
    """Print one table of users and one of organisations."""
    if not found:
        console().print("Nothing has been shown yet.")
        return
    people = [row for row in found if row.user is not None]
    if people:
        _table("user", people)
    if len(people) < len(found):
        _table("everybody in", [row for row in found if row.user is None])


def _table(who: str, found: Sequence[Row]) -> None:
    names = (who, "document", "label", "characters", "share")
    lines = [_cells(row) for row in found]
    # The picture gives way first: it can be drawn in any width.
    width = max(_NARROWEST, min(_PICTURE, table_room([names, *lines]) - 1))
    blocks = speaks_utf8(sys.stdout)
    pictures = [row.picture(width, blocks=blocks) for row in found]
    filled = [(*line, picture) for line, picture in zip(lines, pictures, strict=True)]
    print_table((*names, "seen"), filled, right={"characters", "share"})


def _cells(row: Row) -> tuple[str, ...]:
    name = row.tenant if row.user is None else f"{row.user} ({row.tenant})"
    of = "?" if row.length is None else f"{row.length:,}"
    share = "?" if row.share is None else f"{row.share:.1%}"
    texts = (name, f"{row.corpus}/{row.document}", row.label or "gone", f"{row.characters:,} of {of}", share)
    return tuple(one_line(text) for text in texts)


def _runs(cells: frozenset[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for cell in sorted(cells):
        if runs and cell == runs[-1][1] + 1:
            runs[-1][1] = cell
        else:
            runs.append([cell, cell])
    return runs
