"""One file, marked: the same file with markers in the text of its documents, or nothing where that cannot be."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final

from corpora.errors import ReaderError
from corpora.planting.marking import marked, places, planted, unmarked
from corpora.readers.metadata import Metadata, overlaid
from corpora.readers.parts import Fault, Part, ReadOptions
from corpora.readers.registry import family_of, read_parts

Make = Callable[[str, int], str]
"""From the id of a document and an offset in its unmarked text to the marker there."""

OPTIONS: Final = ReadOptions()
_PARAGRAPH_END: Final = re.compile(r"(?=\s*</(?:p|li)\s*>)", re.IGNORECASE)
_DUMMY: Final = "EXDOC-0000-0000-0000-0000"
_BOM: Final = "\ufeff"


class NotMarked(Exception):
    """The file takes no markers; the message says why, and holds none of its text."""


def document_id(part: Part, file_id: str) -> str:
    """
    Return the id of a document of a file, as :func:`corpora.readers.read_documents` does.

    Raises:
        ReaderError: It names one that cannot be an id.
    """
    default = file_id if part.line is None else f"{file_id}#{part.line}"
    return (
        overlaid(Metadata(id=default), {key: part.said[key] for key in ("id",) if key in part.said}, "it").id or default
    )


def mark_whole(path: PurePosixPath, data: bytes, file_id: str, make: Make) -> tuple[bytes, int]:
    """
    Return a file that is one document with markers in it, and how many.

    Guarantee: read again and without markers, the document is what it was.

    Raises:
        NotMarked: Its form takes none, or reading it again would give another text.
        ReaderError: It cannot be read.
    """
    family = family_of(path).name
    if family not in {"text", "html"}:
        raise NotMarked(f"{family} takes no markers")
    try:
        raw = unmarked(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise NotMarked("it is not UTF-8") from None
    before = _only_part(path, raw)
    cuts = _page_places(raw) if family == "html" else _prose_places(raw, before.text)
    name = document_id(before, file_id)
    after = _only_part(path, _spliced(raw, cuts, [_DUMMY] * len(cuts)))
    found = planted(after.text)
    if not cuts or len(found) != len(cuts) or unmarked(after.text) != before.text or after.said != before.said:
        raise NotMarked("no place was found where a marker would leave its text as it is")
    markers = [make(name, offset) for offset, _ in found]
    return _spliced(raw, cuts, markers).encode(), len(cuts)


def mark_lines(handle: BinaryIO, file_id: str, make: Make) -> Iterator[tuple[bytes, int, Mapping[str, Any] | None]]:
    """
    Yield the lines of a file of JSON lines with markers in their texts, how many, and what the line holds.

    A line that cannot be read stays as it is.
    """
    for number, line in enumerate(iter(handle.readline, b""), 1):
        row = _row(line)
        if row is None:
            yield line, 0, None
            continue
        try:
            name = document_id(Part(text="", said=row, line=number), file_id)
        except ReaderError:
            yield line, 0, None
            continue
        text = unmarked(row["text"])
        cuts = places(text)
        ending = line[len(line.rstrip(b"\r\n")) :]
        done = marked(text, lambda offset, name=name: make(name, offset), cuts)  # type: ignore[misc]
        yield json.dumps({**row, "text": done}, ensure_ascii=False).encode() + ending, len(cuts), row


def _row(line: bytes) -> dict[str, Any] | None:
    """Return the object on a line that the reader would take as a document, else None."""
    parts = list(read_parts(PurePosixPath("line.jsonl"), io.BytesIO(line), OPTIONS)) if line.strip() else []
    if not parts or isinstance(parts[0], Fault) or not parts[0].text.strip():
        return None
    row: dict[str, Any] = json.loads(line.decode("utf-8-sig"))
    return row


def _only_part(path: PurePosixPath, raw: str) -> Part:
    [part] = read_parts(path, io.BytesIO(raw.encode()), OPTIONS)
    if isinstance(part, Fault):
        raise ReaderError(part.reason)
    return part


def _prose_places(raw: str, body: str) -> list[int]:
    """Return where markers go into the whole of a file whose document is *body*, its end."""
    start = len(raw) - len(body)
    return [start + at for at in places(body)]


def _page_places(raw: str) -> list[int]:
    from corpora.planting.marking import EVERY

    ends = [found.start() for found in _PARAGRAPH_END.finditer(raw)]
    chosen: list[int] = []
    for end in ends:
        if not chosen or end - chosen[-1] >= EVERY:
            chosen.append(end)
    return chosen


def _spliced(raw: str, cuts: list[int], markers: list[str]) -> str:
    parts = [raw[: cuts[0]]] if cuts else [raw]
    for (begin, end), marker in zip(pairwise([*cuts, len(raw)]), markers, strict=True):
        parts += [f" [{marker}]", raw[begin:end]]
    return "".join(parts)
