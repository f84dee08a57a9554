"""CSV and TSV: one document per file, one line per row, so that neighbouring rows are judged together."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from corpora.errors import ReaderError
from corpora.readers.encoding import decode
from corpora.readers.parts import Part, ReadOptions, whole


def read_csv(handle: BinaryIO, options: ReadOptions) -> Iterator[Part]:
    """Read values divided by commas, or by semicolons where the first line holds more of those."""
    text = decode(whole(handle, options))
    first = text.split("\n", 1)[0]
    yield _table(text, ";" if first.count(";") > first.count(",") else ",")


def read_tsv(handle: BinaryIO, options: ReadOptions) -> Iterator[Part]:
    """Read values divided by tabs."""
    yield _table(decode(whole(handle, options)), "\t")


def _table(text: str, delimiter: str) -> Part:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise ReaderError("is not a table: a quote is left open or a value is too long") from None
    lines = (" | ".join(" ".join(cell.split()) for cell in row).strip(" |") for row in rows)
    return Part(text="\n".join(line for line in lines if line))
