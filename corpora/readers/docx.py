"""Word documents: paragraphs and tables in order, then notes, comments, page heads and feet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from corpora.errors import ReaderError
from corpora.readers.parts import Part, ReadOptions, whole
from corpora.readers.quiet import quiet

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GAPS: Final = frozenset({_W + "tab", _W + "br", _W + "cr"})
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BESIDE: Final = re.compile(r"/word/(?:footnotes|endnotes|comments|header\d*|footer\d*)\.xml")
_MAX_GROWTH: Final = 20
"""Unpacked bytes per byte of the limit: Word's XML packs well, a bomb packs a thousandfold."""


def read_docx(handle: BinaryIO, options: ReadOptions) -> Iterator[Part]:
    """Read everything a person could read in Word; a row of a table is a line, its cells divided by ``|``."""
    data = whole(handle, options)
    with quiet("docx"):
        part = _extracted(data, options.max_bytes)
    yield part


def _extracted(data: bytes, limit: int) -> Part:
    import docx
    from docx.oxml import parse_xml

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if sum(entry.file_size for entry in package.infolist()) > min(_MAX_GROWTH * limit, 1 << 30):
            raise ReaderError("unpacks to far more than its size: it was not opened")
    document = docx.Document(io.BytesIO(data))
    pieces = [_text(document.element.body)]
    beside = (part for part in document.part.package.iter_parts() if _BESIDE.fullmatch(str(part.partname)))
    pieces.extend(_text(parse_xml(part.blob)) for part in sorted(beside, key=lambda part: str(part.partname)))
    return Part(text="\n".join(piece for piece in pieces if piece), title=str(document.core_properties.title or ""))


def _text(root: Any) -> str:
    """Return the text below *root*; text boxes, links, content controls and insertions included, deletions not."""
    from lxml import etree  # type: ignore[import-untyped]

    page = _Lines()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            page.end(element.tag)
        elif element.tag == _FALLBACK:
            walk.skip_subtree()  # the same text box once more, for old programs
        else:
            page.start(element.tag, element.text or "")
    page.break_line()
    return "\n".join(page.lines)


class _Lines:
    """Lines of text out of the events of a walk."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._cells = 0

    def start(self, tag: object, text: str) -> None:
        if tag == _W + "tc":
            self._cells += 1
        elif tag == _W + "t":
            self._line.append(text)
        elif tag in _GAPS:
            self._line.append(" ")
        elif tag == _W + "noBreakHyphen":
            self._line.append("-")

    def end(self, tag: object) -> None:
        if tag == _W + "tc":
            self._cells -= 1
            self._line.append(" | ")
        elif tag == _W + "p" and self._cells:
            self._line.append(" ")
        elif tag == _W + "p" or (tag == _W + "tr" and not self._cells):
            self.break_line()

    def break_line(self) -> None:
        line = re.sub(r"[ \t]+", " ", "".join(self._line)).strip().removesuffix("|").strip()
        self._line.clear()
        if line:
            self.lines.append(line)
