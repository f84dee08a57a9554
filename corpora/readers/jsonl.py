"""JSON lines: one document per line, read line by line however large the file is."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from corpora.errors import ReaderError
from corpora.readers.encoding import marked_encoding
from corpora.readers.metadata import KEYS
from corpora.readers.parts import Fault, Part, ReadOptions

_PIECE: Final = 1 << 20


def read_jsonl(handle: BinaryIO, options: ReadOptions) -> Iterator[Part | Fault]:
    """Read one object per line; a line that is none, or has no text, is a fault of its own.  Empty lines are passed."""
    number = 0
    while line := handle.readline(options.max_bytes + 1):
        number += 1
        if number == 1:
            if marked_encoding(line) not in {None, "utf-8-sig"}:
                raise ReaderError("is not UTF-8: JSON lines are read as UTF-8 only")
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > options.max_bytes and not line.endswith(b"\n"):
            while (rest := handle.readline(_PIECE)) and not rest.endswith(b"\n"):
                pass
            yield Fault(number, f"is longer than {options.max_bytes:,} bytes: split it or raise the limit")
        elif line.strip():
            yield _document(line, number, options)


def _document(line: bytes, number: int, options: ReadOptions) -> Part | Fault:
    try:
        row = json.loads(line.decode("utf-8"), object_pairs_hook=_unique)
    except UnicodeDecodeError:
        return Fault(number, "is not UTF-8")
    except _TwiceError:
        return Fault(number, "names a key twice")
    except (ValueError, RecursionError):
        return Fault(number, "is not valid JSON, or is nested too deeply")
    if not isinstance(row, dict):
        return Fault(number, "is not a JSON object")
    text = row.get(options.fields.get("text", "text"))
    if not isinstance(text, str):
        return Fault(number, "has no text: the field is missing or not a string")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return Fault(number, "holds half a surrogate pair: it was cut in the middle of a character")
    said = {key: row[name] for key in KEYS if (name := options.fields.get(key, key)) in row}
    return Part(text=text, said=said, line=number)


class _TwiceError(ValueError):
    """A key stands twice in one object, so it is open which label holds."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise _TwiceError
    return row
