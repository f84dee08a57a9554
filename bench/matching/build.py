"""
Building an index in a process of its own: megabytes per CPU second, and the most memory it ever held.

``python -m bench.matching.build DIRECTORY SPOOL`` is what :func:`build_apart` starts; it prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.matching.report import Report, Row
from corpora import Corpus, Document

BUILD_MB_S = 15.0
"""Megabytes of text per second of one core."""
BUILD_RSS_GB = 3.0
"""Gigabytes that building may hold, whatever the size of the corpus."""
EXACT_BYTES, ALL_BYTES, LONGEST_RUN = 0.45, 1.0, 48
"""Bytes of marks, and of all but the text, per byte of corpus; characters of the run that is found for certain."""
_WARM_UP = 40
"""Documents indexed before the clock starts, so that nothing is compiled under it."""


@dataclass(frozen=True, slots=True)
class Built:
    """
    What a build took.

    Attributes:
        bytes: UTF-8 bytes of text.
        cpu: CPU seconds, reading the documents left out.
        wall: Seconds, reading included.
        rss: Bytes of memory at the most.
    """

    bytes: int
    cpu: float
    wall: float
    rss: int


def spool(path: Path, texts: Iterable[tuple[str, str]]) -> int:
    """Write documents to one file, a line each; return their UTF-8 bytes."""
    size = 0
    with path.open("w", encoding="utf-8") as file:
        for row in texts:
            size += len(row[1].encode())
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return size


def spooled(path: Path) -> Iterator[tuple[str, str]]:
    """Read documents back, one at a time."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            name, text = json.loads(line)
            yield name, text


def build_apart(directory: Path, source: Path) -> Built:
    """Build the index of a spool in another process."""
    command = [sys.executable, "-m", "bench.matching.build", str(directory), str(source)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    return Built(**json.loads(done.stdout.splitlines()[-1]))


def build_rows(built: Built, corpus: Corpus, report: Report, *, megabytes: int) -> None:
    """Report speed and memory of a build, and the size of what it made."""
    speed, gigabytes = built.bytes / 1e6 / built.cpu, built.rss / 1e9
    report.add(
        Row(
            corpus=megabytes,
            group="build",
            name="speed and memory",
            values={
                "mb_per_cpu_s": round(speed, 2),
                "peak_gb": round(gigabytes, 3),
                "mb": round(built.bytes / 1e6, 1),
                "wall_s": round(built.wall, 1),
            },
            target=f">= {BUILD_MB_S:g} MB/s, < {BUILD_RSS_GB:g} GB",
            met=speed >= BUILD_MB_S and gigabytes < BUILD_RSS_GB,
        )
    )
    sizes: dict[str, int] = {}
    for path in corpus.directory.rglob("*"):
        if path.is_file():
            sizes[path.name] = sizes.get(path.name, 0) + path.stat().st_size
    exact = sum(size for name, size in sizes.items() if name.startswith("marks")) / built.bytes
    everything = sum(size for name, size in sizes.items() if not name.startswith("text.")) / built.bytes
    run = corpus.stats().get("reach", 0)
    report.add(
        Row(
            corpus=megabytes,
            group="size",
            name="index bytes per corpus byte, text apart",
            values={"exact": round(exact, 4), "all": round(everything, 4), "guaranteed_run": run},
            target=f"exact <= {EXACT_BYTES:g} (run <= {LONGEST_RUN}), all <= {ALL_BYTES:g}",
            met=exact <= EXACT_BYTES and everything <= ALL_BYTES and 0 < int(run) <= LONGEST_RUN,
        )
    )


def _peak() -> int:
    """Return the most memory of this process, in bytes; what it inherited from its parent does not count."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found.group(1)) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Build, and print what it took."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("directory", type=Path)
    arguments.add_argument("spool", type=Path)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        first = (Document(id=name, text=text) for _, (name, text) in zip(range(_WARM_UP), spooled(options.spool)))  # noqa: B905 - the spool may be longer
        Corpus.build(scratch, first, name="warm").close()
    reading, size = 0.0, 0

    def documents() -> Iterator[Document]:
        nonlocal reading, size
        source = spooled(options.spool)
        while True:
            before = time.process_time()
            row = next(source, None)
            document = None if row is None else Document(id=row[0], text=row[1])
            size += 0 if row is None else len(row[1].encode())
            reading += time.process_time() - before
            if document is None:
                return
            yield document

    wall, cpu = time.perf_counter(), time.process_time()
    Corpus.build(options.directory, documents(), name="bench").close()
    took = time.process_time() - cpu - reading
    print(json.dumps({"bytes": size, "cpu": took, "wall": time.perf_counter() - wall, "rss": _peak()}))


if __name__ == "__main__":
    main()
