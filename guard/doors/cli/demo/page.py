"""The session as one HTML file: self-contained, readable in dark and light, nothing fetched from anywhere."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guard.doors.cli.demo.facts import Fact
from guard.doors.cli.demo.marked import bare_stretches, guarded_stretches, reasons
from guard.doors.cli.demo.session import Turn

if TYPE_CHECKING:
    from guard.doors.cli.demo.campaign import Campaign
    from guard.doors.cli.ledger_view import Row

_BARS = 48
"""Bars of the picture of a document."""


def write_page(
    path: Path,
    *,
    turns: Sequence[Turn],
    found: Sequence[Fact],
    rows: Sequence[Row],
    notice: str,
    about: str,
    campaign: Campaign | None = None,
) -> None:
    """
    Write the report to *path*, whole or not at all.

    Args:
        path: The file to write.
        turns: The session.
        found: The facts; empty for the user's own documents.
        rows: What the ledger holds.
        notice: What the guard puts in the place of a blocked answer's rest.
        about: One line on the documents and the model.
        campaign: The extraction campaign, where there was one.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    pages = Environment(
        loader=PackageLoader("guard.doors.cli.demo", "."),
        autoescape=select_autoescape(["html", "jinja"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = pages.get_template("report.html.jinja").render(
        turns=[_turn(turn, notice) for turn in turns],
        facts=found,
        rows=[_row(row) for row in rows],
        about=about,
        campaign=campaign,
        tries=[] if campaign is None else list(zip(campaign.tries, campaign.work, strict=True)),
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", errors="backslashreplace")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _turn(turn: Turn, notice: str) -> dict[str, Any]:
    return {
        "person": turn.question.person,
        "question": turn.question.text,
        "attack": turn.question.attack,
        "bare": bare_stretches(turn),
        "guarded": guarded_stretches(turn, notice),
        "action": turn.guarded.action,
        "judged": turn.judged.action.word if turn.judged is not None else "allow",
        "through": turn.judged.text if turn.judged is not None and turn.judged.action.word != "allow" else "",
        "bare_documents": turn.bare.documents,
        "guarded_documents": turn.guarded.documents,
        "reasons": reasons(turn),
    }


def _row(row: Row) -> dict[str, Any]:
    from guard.policy import CELL

    count = max(1, -(-(row.length or 1) // CELL))
    bars = min(_BARS, count)
    filled = [0] * bars
    for cell in row.cells:
        if cell < count:
            filled[cell * bars // count] = 1
    return {
        "who": row.user or f"everybody in {row.tenant}",
        "document": row.document,
        "label": row.label or "gone",
        "characters": row.characters,
        "length": row.length or 0,
        "share": row.share or 0.0,
        "bars": filled,
    }
