"""Which reader a file gets, by its suffix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Final

from corpora.errors import ReaderError
from corpora.readers.docx import read_docx
from corpora.readers.files import cannot
from corpora.readers.html import read_html
from corpora.readers.jsonl import read_jsonl
from corpora.readers.mail import read_mail
from corpora.readers.parts import Fault, Part, Reader, ReadOptions
from corpora.readers.pdf import read_pdf
from corpora.readers.plain import read_prose, read_source
from corpora.readers.tables import read_csv, read_tsv


@dataclass(frozen=True, slots=True)
class Family:
    """
    Suffixes that are read alike.

    Attributes:
        name: For people.
        suffixes: Lower case, with the dot.
        reader: What takes the documents out.
    """

    name: str
    suffixes: tuple[str, ...]
    reader: Reader


_SOURCE: Final = tuple(
    """
    .adoc .bash .bat .c .cc .cfg .clj .conf .cpp .cs .css .dart .env .erl .ex .go .gradle .graphql .groovy .h .hpp
    .hs .ini .java .jl .js .json .jsx .kt .log .lua .m .mjs .ml .php .pl .properties .proto .ps1 .py .pyi .r .rb .rs
    .rst .scala .sh .sql .swift .tex .tf .toml .ts .tsx .vue .xml .yaml .yml .zig
    """.split()  # noqa: SIM905  (a table of words reads better than seventy strings)
)

FAMILIES: Final = (
    Family("text", (".txt", ".text", ".md", ".markdown"), read_prose),
    Family("html", (".html", ".htm", ".xhtml"), read_html),
    Family("pdf", (".pdf",), read_pdf),
    Family("word", (".docx", ".docm"), read_docx),
    Family("mail", (".eml",), read_mail),
    Family("csv", (".csv",), read_csv),
    Family("tsv", (".tsv", ".tab"), read_tsv),
    Family("json lines", (".jsonl", ".ndjson"), read_jsonl),
    Family("source", _SOURCE, read_source),
)
"""Every suffix with a reader of its own.  A file with any other suffix, or none, is read as source if it is UTF-8."""

_BY_SUFFIX: Final = {suffix: family for family in FAMILIES for suffix in family.suffixes}
_SNIFFED: Final = Family("sniffed", (), read_source)


def family_of(path: PurePath) -> Family:
    """Return how the file at *path* is read; the case of its suffix means nothing."""
    return _BY_SUFFIX.get(path.suffix.casefold(), _SNIFFED)


def read_parts(path: PurePath, handle: BinaryIO, options: ReadOptions) -> Iterator[Part | Fault]:
    """
    Yield the documents in the open file *handle*, read as the suffix of *path* says.

    Guarantee: whatever the bytes are, nothing but ReaderError is raised, and its message holds none of them.
    """
    family = family_of(path)
    try:
        yield from family.reader(handle, options)
    except ReaderError:
        raise
    except OSError as error:
        # zipfile and others raise bare OSErrors about contents, which have no number.
        raise ReaderError(cannot(error) if error.errno else _broken(family, error)) from None
    except Exception as error:  # noqa: BLE001  parsers of hostile bytes raise anything; see the guarantee
        raise ReaderError(_broken(family, error)) from None


def _broken(family: Family, error: Exception) -> str:
    # The type only: parsers like to quote what they choked on.
    return f"is broken or not {family.name}: the parser gave up ({type(error).__name__})"
