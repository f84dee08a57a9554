"""The table of the newest record, written where readers look: the Figures section of docs/matching.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.matching.recall import edits
from bench.matching.report import latest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "matching.md"
PICTURES = {"Recall against edits": "recall.svg", "Latency against the size of the corpus": "latency.svg"}
"""Drawn by :mod:`bench.matching.plot`, beside the page."""
BEGIN, END = "<!-- written by python -m bench.matching --show -->", "<!-- end -->"


def write(record: Path | None = None, page: Path = PAGE) -> Path:
    """
    Put the table of *record*, the newest where none is named, between the two marks of *page*.

    Raises:
        FileNotFoundError: There is no record.
        ValueError: The page has no such marks.
    """
    path = record or latest()
    before, found, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"{page} has no lines {BEGIN!r} and {END!r} for the table to stand between")
    page.write_text(f"{before}{BEGIN}\n\n{table(path)}\n\n{END}{after}", encoding="utf-8")
    return page


def table(record: Path) -> str:
    """Return the rows with targets as one table in Markdown, and one of the peers."""
    kept = json.loads(record.read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = kept["rows"]
    sizes = sorted({row["corpus"] for row in rows})
    machine = kept["machine"]
    where = f"{machine['cores']} shared cores ({machine['processor']}, Python {machine['python']})"
    lines = [
        f"Measured {record.stem} on {where}, one thread, CPU time. **Bold**: target missed.",
        "",
        f"| | target | {' | '.join(f'{size} MB' for size in sizes)} |",
        f"|---|---|{'---|' * len(sizes)}",
    ]
    named = list(dict.fromkeys((row["group"], row["name"]) for row in rows if not row["group"].startswith("peer ")))
    by_key = {(row["group"], row["name"], row["corpus"]): row for row in rows}
    for group, name in named:
        here = [by_key.get((group, name, size)) for size in sizes]
        target = " · ".join(dict.fromkeys(row["target"] for row in here if row))
        label = name if group == "recall" else f"{group}: {name}"
        lines.append(f"| {label} | {target} | {' | '.join(_cell(row) for row in here)} |")
    pictures = [f"![{title}](figures/{name})" for title, name in PICTURES.items()]
    return "\n".join([*lines, *_peers(rows), "", *pictures])


def _peers(rows: list[dict[str, Any]]) -> list[str]:
    peers = list(dict.fromkeys(row["group"] for row in rows if row["group"].startswith("peer ")))
    if not peers:
        return []
    found = {(row["group"], row["name"]): row["values"] for row in rows}
    asked = [name for name in (edits(60, rate) for rate in range(0, 60, 10)) if (peers[0], name) in found]
    asked += [name for name in (edits(25, rate) for rate in (10, 20, 30)) if (peers[0], name) in found]
    speed = "milliseconds of an answer without copies, mean"
    told = "Peers, set so that they flag no more clean answers than ours (ours on the same answers in brackets):"
    lines = ["", told, ""]
    lines += [f"| | {' | '.join(peer.removeprefix('peer ') for peer in peers)} |", f"|---|{'---|' * len(peers)}"]
    for name in [*asked, speed]:
        cells = [found.get((peer, name)) for peer in peers]
        shown = [f"{cell['peer']:.3g} ({cell['ours']:.3g})" if cell else "" for cell in cells]
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return lines


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    values = row["values"]
    if "recall" in values:
        shown = f"{values['recall']:.3f}"
    else:
        told = {name.replace("_", " "): value for name, value in values.items() if _tells(name)}
        shown = ", ".join(f"{name} {_number(value)}" for name, value in told.items())
    return f"**{shown}**" if row["met"] is False else shown


def _tells(name: str) -> bool:
    return name not in {"interval", "trials", "answers", "wall_s", "withheld"} and not name.endswith("_answers")


def _number(value: float | str) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
