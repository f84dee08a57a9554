"""The pictures of a record: recall against edits, and latency against the size of the corpus."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.matching.recall import edits
from bench.matching.report import latest

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "figures"
_RATES = (0, 10, 20, 30, 40, 50)
_LOOK = {"svg.hashsalt": "echoguard", "svg.fonttype": "none", "font.size": 10, "axes.grid": True, "grid.alpha": 0.3}


def draw(record: Path | None = None, folder: Path = FIGURES) -> list[Path]:
    """
    Draw both pictures of *record*, the newest where none is named.

    Raises:
        ImportError: matplotlib is not installed; it is in the group ``bench``.
        FileNotFoundError: There is no record.
    """
    matplotlib = import_module("matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams.update(_LOOK)
    rows = json.loads((record or latest()).read_text(encoding="utf-8"))["rows"]
    folder.mkdir(parents=True, exist_ok=True)
    return [_recall(rows, folder / "recall.svg"), _latency(rows, folder / "latency.svg")]


def _recall(rows: list[dict[str, Any]], path: Path) -> Path:
    figure, axes = import_module("matplotlib.pyplot").subplots(figsize=(7, 4.2))
    smallest = min(row["corpus"] for row in rows)
    ours = _by_rate((row for row in rows if row["group"] == "recall" and row["corpus"] == smallest), "recall")
    axes.plot(*ours, marker="o", linewidth=2.4, color="black", label="echoguard")
    for peer in sorted({row["group"] for row in rows if row["group"].startswith("peer ")}):
        curve = _by_rate((row for row in rows if row["group"] == peer), "peer")
        if curve[0]:
            axes.plot(*curve, marker=".", label=peer.removeprefix("peer "))
    axes.set(
        xlabel="words edited, %",
        ylabel="share of copies found",
        ylim=(0, 1.03),
        title=f"60 copied words in an answer of 300, {smallest} MB corpus,\nequal false positives",
    )
    axes.legend(fontsize=8)
    return _saved(figure, path)


def _latency(rows: list[dict[str, Any]], path: Path) -> Path:
    figure, axes = import_module("matplotlib.pyplot").subplots(figsize=(7, 4.2))
    for name, color in (("nothing copied", "tab:green"), ("with copies", "tab:blue"), ("with one disguise", "tab:red")):
        found = sorted(
            (row["corpus"], row["values"]["p50_ms"], row["values"]["p99_ms"])
            for row in rows
            if row["group"] == "speed" and row["name"] == name
        )
        if found:
            sizes, middle, high = zip(*found, strict=True)
            axes.plot(sizes, middle, marker="o", color=color, label=f"{name}, p50")
            axes.plot(sizes, high, marker="o", color=color, linestyle="--", label=f"{name}, p99")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="corpus, MB",
        ylabel="milliseconds of one core",
        title="An answer of 300 words",
    )
    axes.legend(fontsize=8)
    return _saved(figure, path)


def _by_rate(rows: Iterable[dict[str, Any]], value: str) -> tuple[list[int], list[float]]:
    values = {row["name"]: row["values"][value] for row in rows if value in row["values"]}
    found = [(rate, values[name]) for rate in _RATES if (name := edits(60, rate)) in values]
    return [rate for rate, _ in found], [share for _, share in found]


def _saved(figure: Any, path: Path) -> Path:
    figure.tight_layout()
    # No date in the file: the same record draws the same picture.
    figure.savefig(path, metadata={"Date": None})
    return path
