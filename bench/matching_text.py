"""Real text to measure on: Debian's documentation packages, fetched by package and cached outside the repository."""

from __future__ import annotations

import gzip
import html
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np

from corpora.text.normalize import normalize
from corpora.text.words import words_of

PACKAGES = ("linux-doc-6.1", "postgresql-doc-15", "perl-doc")
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "echoguard-bench"
SHORTEST = 300
"""Characters of the shortest document."""


def documents() -> list[tuple[str, str]]:
    """Return (id, text) of every document of :data:`PACKAGES`, in the order of their paths; about 44 MB."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted(_unpacked(package).rglob("*")):
            if not re.search(r"\.(rst|txt|pod|html)(\.gz)?$", path.name) or not path.is_file():
                continue
            raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            text = raw.decode("utf-8", "replace")
            if ".html" in path.name:
                # The kernel's pages stand in the same package as their sources.
                if package.startswith("linux"):
                    continue
                text = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"(?is)<(script|style|head).*?</\1>", " ", text)))
            if len(text) >= SHORTEST:
                found.setdefault(text, f"{package}/{path.relative_to(CACHE)}")
    return [(name, text) for text, name in found.items()]


def _unpacked(package: str) -> Path:
    target = CACHE / package
    if not target.exists():
        if not shutil.which("apt-get"):
            raise SystemExit("bench: needs apt-get and dpkg-deb, which fetch the text to measure on")
        part = CACHE / f"{package}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        subprocess.run(["apt-get", "download", "-q", package], cwd=part, check=True, capture_output=True)
        [archive] = part.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", str(archive), str(part)], check=True)
        archive.unlink()
        part.rename(target)
    return target


def split(texts: list[tuple[str, str]], seed: int = 5) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return four fifths to index and one fifth to take clean answers from."""
    shuffled = list(texts)
    random.Random(seed).shuffle(shuffled)
    border = len(shuffled) * 4 // 5
    return shuffled[:border], shuffled[border:]


def _eights(text: str) -> np.ndarray:
    hashes = words_of(normalize(text)).hashes
    if len(hashes) < 8:
        return hashes[:0]
    runs = hashes[:-7].copy()
    for step in range(1, 8):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + hashes[step : len(hashes) - 7 + step]
    return runs


def clean_answers(indexed: list[tuple[str, str]], held: list[tuple[str, str]], count: int, seed: int = 1) -> list[str]:
    """Return windows of 300 words of documents that are not indexed and share no run of eight words with the index."""
    known = np.unique(np.concatenate([_eights(text) for _, text in indexed]))
    rnd = random.Random(seed)
    pools = [words for _, text in held if len(words := re.findall(r"\S+\s*", text)) >= 300]
    answers: list[str] = []
    for _ in range(count * 60):
        words = rnd.choice(pools)
        start = rnd.randrange(len(words) - 299)
        answer = "".join(words[start : start + 300])
        asked = _eights(answer)
        if not (known[np.searchsorted(known, asked).clip(max=len(known) - 1)] == asked).any():
            answers.append(answer)
            if len(answers) == count:
                break
    return answers
