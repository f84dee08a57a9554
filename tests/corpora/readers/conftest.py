from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from corpora import Document
from corpora.readers import Note, Skipped, read_documents


class Loaded(NamedTuple):
    documents: list[Document]
    skipped: list[Skipped]
    notes: list[Note]

    @property
    def only(self) -> Document:
        assert len(self.documents) == 1, self.skipped
        return self.documents[0]

    @property
    def reason(self) -> str:
        assert not self.documents
        assert len(self.skipped) == 1, self.skipped
        return self.skipped[0].reason


@pytest.fixture
def load() -> Callable[..., Loaded]:
    def run(*paths: Path, **options: Any) -> Loaded:
        skipped: list[Skipped] = []
        notes: list[Note] = []
        documents = list(read_documents(paths, on_skip=skipped.append, on_note=notes.append, **options))
        return Loaded(documents, skipped, notes)

    return run


def pdf_bytes(*pages: str, title: str = "", password: str = "") -> bytes:
    """A hand-written PDF with one line of text on each page, then encrypted by pypdf when a password is given."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, line in enumerate(pages):
        content = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream")
    objects.append(f"<< /Title ({title}) >>".encode())
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    out += b"startxref\n%d\n%%%%EOF\n" % start
    if not password:
        return bytes(out)
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(bytes(out)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    encrypted = io.BytesIO()
    writer.write(encrypted)
    return encrypted.getvalue()


def docx_bytes(fill: Callable[[Any], None]) -> bytes:
    import docx

    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    return pdf_bytes


@pytest.fixture
def word() -> Callable[..., bytes]:
    return docx_bytes
