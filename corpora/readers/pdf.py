"""PDF: the text of every page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from corpora.errors import ReaderError
from corpora.readers.parts import Part, ReadOptions, whole
from corpora.readers.quiet import quiet


def read_pdf(handle: BinaryIO, options: ReadOptions) -> Iterator[Part]:
    """Read the pages in order with an empty line between; a file without a text layer is refused."""
    data = whole(handle, options)
    with quiet("pypdf"):
        part = _extracted(data, options.max_bytes)
    yield part


def _extracted(data: bytes, limit: int) -> Part:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    # Many files are locked against changes only and open with the empty password.
    if reader.is_encrypted and not _opens(reader):
        raise ReaderError("is encrypted: save it without a password")
    pages: list[str] = []
    size = 0
    for page in reader.pages:
        # pypdf gives unpaired surrogates for broken character maps; they stand for no character.
        text = page.extract_text().encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
        size += len(text)
        if size > limit:
            raise ReaderError(f"holds more than {limit:,} characters: split it or raise the limit")
        if text:
            pages.append(text.replace("\0", ""))
    if not pages:
        raise ReaderError("holds no text: it may be a scan; recognise its text first")
    title = reader.metadata.title if reader.metadata is not None else None
    return Part(text="\n\n".join(pages), title=str(title or ""))


def _opens(reader: object) -> bool:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        return isinstance(reader, PdfReader) and bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):
        return False
