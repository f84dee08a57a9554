"""HTML: the text that a reader of the page would see, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from lxml import etree  # type: ignore[import-untyped]

from corpora.readers.encoding import decode
from corpora.readers.parts import Part, ReadOptions, whole
from corpora.readers.quiet import quiet

_UNSEEN: Final = frozenset({"script", "style"})
_BLOCKS: Final = frozenset(
    """
    address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav noscript ol
    optgroup option p pre search section select summary table tbody textarea tfoot thead title tr ul
    """.split()  # noqa: SIM905  (a table of words reads better than fifty strings)
)
_CELLS: Final = frozenset({"td", "th"})
_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_HEAD: Final = 4096


def read_html(handle: BinaryIO, options: ReadOptions) -> Iterator[Part]:
    """Read a page; scripts, styles and comments are left out, blocks and table rows end lines."""
    data = whole(handle, options)
    declared = _CHARSET.search(data, 0, _HEAD)
    yield html_part(decode(data, declared=declared[1].decode("ascii") if declared else None))


def html_part(markup: str) -> Part:
    """Return the visible text of *markup* and the title it names."""
    page = _Page()
    with quiet("lxml"):
        # Events, not a tree: libxml2's tree drops everything below a certain depth without a word.
        parser = etree.HTMLParser(target=page, encoding="utf-8", huge_tree=True, no_network=True)
        parser.feed(markup.encode("utf-8"))
        parser.close()
    return Part(text=page.text(), title="".join(page.title))


class _Page:
    """Collects text from the events of lxml's parser."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.title: list[str] = []
        self.unseen = 0
        self.kept = 0
        self.in_title = False

    def start(self, tag: str, attributes: Any) -> None:
        del attributes
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag in _BLOCKS:
            self.break_line()
            self.kept += tag == "pre"
            self.in_title = tag == "title" and not self.title
        elif tag in _CELLS and self.line:
            self.line.append(" | ")

    def end(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen -= 1
        elif tag in _BLOCKS:
            self.break_line()
            self.kept -= tag == "pre"
            self.in_title = False

    def data(self, text: str) -> None:
        if self.unseen:
            return
        if self.in_title:
            self.title.append(text)
        self.line.append(text)

    def comment(self, text: str) -> None:
        """Leave comments out."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Leave processing instructions out."""

    def close(self) -> None:
        self.break_line()

    def break_line(self) -> None:
        line = "".join(self.line)
        self.line.clear()
        # Spaces are meant inside <pre> only.
        line = line.strip("\r\n") if self.kept else " ".join(line.split())
        if line and not line.isspace():
            self.lines.append(line)

    def text(self) -> str:
        return "\n".join(self.lines)
