"""Rows of figures with their targets: as JSON lines, as a table, and as a dated record."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

Value = float | int | str | bool | list[float]

_UNTOLD = {"interval", "peer_interval", "trials"}
"""Figures that stand in the lines of JSON only: they would make the table wider than a screen."""
RECORDS = Path(__file__).resolve().parents[1] / "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One line of the table.

    Attributes:
        corpus: Megabytes of the corpus, as asked for.
        group: What it belongs to: recall, disguise, false flags, speed, size, build, stream, peers.
        name: What was measured.
        values: Figures by name; the name says the unit.
        target: What they should be; empty where the row is only for comparison.
        met: Whether they are; None without a target.
    """

    corpus: int
    group: str
    name: str
    values: Mapping[str, Value]
    target: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, str, str, str]:
        """Return name, figures, target and verdict for a reader."""
        told = {
            name: value for name, value in self.values.items() if name not in _UNTOLD and (name != "withheld" or value)
        }
        figures = "  ".join(f"{name} {_short(value)}" for name, value in told.items())
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return f"{self.group}: {self.name}", figures, self.target, verdict


class Report:
    """Collects rows; prints each as a line of JSON the moment it is known."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.rows: list[Row] = []
        self.notes: list[str] = []

    def add(self, row: Row) -> None:
        """Take a row."""
        self.rows.append(row)
        print(json.dumps({"bench": "matching", **asdict(row)}, ensure_ascii=False), flush=True)

    def note(self, text: str) -> None:
        """Take a sentence on how something was measured, or why it was not."""
        if text not in self.notes:
            self.notes.append(text)
            print(json.dumps({"bench": "matching", "note": text}, ensure_ascii=False), flush=True)

    def table(self) -> str:
        """Return all rows, one table for each corpus."""
        lines: list[str] = []
        for corpus in sorted({row.corpus for row in self.rows}):
            cells = [("", "figures", "target", ""), *(row.cells() for row in self.rows if row.corpus == corpus)]
            widths = [max(len(line[column]) for line in cells) for column in range(4)]
            lines += [f"\ncorpus of {corpus} MB"]
            lines += ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
        counted = [row.met for row in self.rows if row.met is not None]
        lines += ["", f"{sum(counted)} of {len(counted)} targets met", *(f"note: {text}" for text in self.notes)]
        return "\n".join(line.rstrip() for line in lines)

    def save(self, folder: Path = RECORDS) -> Path:
        """Write today's record; rows of other corpora measured today stay in it."""
        now = datetime.now(UTC)
        path = folder / f"{now:%Y-%m-%d}.json"
        where = {"commit": _commit(), "time": f"{now:%Y-%m-%dT%H:%M:%SZ}", "quick": self.quick}
        mine = [{**asdict(row), **where} for row in self.rows]
        measured = {(row["corpus"], row["group"], row["name"]) for row in mine}
        notes = list(self.notes)
        if path.exists():
            before = json.loads(path.read_text(encoding="utf-8"))
            mine = [r for r in before["rows"] if (r["corpus"], r["group"], r["name"]) not in measured] + mine
            notes = [text for text in before["notes"] if text not in notes] + notes
        rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in sorted(mine, key=lambda row: row["corpus"]))
        head = json.dumps({"bench": "matching", "machine": machine(), "notes": notes}, ensure_ascii=False, indent=1)
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{head[:-2]},\n "rows": [\n  {rows}\n ]\n}}\n', encoding="utf-8")
        return path


def latest(folder: Path = RECORDS) -> Path:
    """
    Return the newest record.

    Raises:
        FileNotFoundError: There is none.
    """
    records = sorted(folder.glob("????-??-??.json"))
    if not records:
        raise FileNotFoundError(f"no record in {folder}; run the bench without --quick first")
    return records[-1]


def machine() -> dict[str, str | int]:
    """Return what figures of different records must agree in to be compared."""
    libraries = {}
    for library in ("numpy", "numba", "rapidfuzz", "faiss-cpu"):
        try:
            libraries[library] = version(library)
        except PackageNotFoundError:
            libraries[library] = "absent"
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count() or 0,
        "system": platform.system(),
        "python": platform.python_version(),
        **libraries,
    }


def _commit() -> str:
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        print("bench: no git here; the record names no commit", file=sys.stderr)
        return ""
    return done.stdout.strip()


def _short(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return "[" + ", ".join(f"{part:.3g}" for part in value) + "]"
    return str(value)
