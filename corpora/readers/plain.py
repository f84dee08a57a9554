"""Plain text, Markdown and source code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from corpora.readers.encoding import decode
from corpora.readers.front_matter import split_front_matter
from corpora.readers.parts import Part, ReadOptions, whole

_HEADING: Final = re.compile(r"^#[ \t]+([^\r\n]{1,300})", re.MULTILINE)


def read_prose(handle: BinaryIO, options: ReadOptions) -> Iterator[Part]:
    """Read text or Markdown: front matter says what the document is, the text below it is the document."""
    said, body, remarks = split_front_matter(decode(whole(handle, options)))
    heading = _HEADING.search(body, 0, 4096)
    yield Part(text=body, said=said, title=heading[1].strip(" \t#") if heading else "", remarks=remarks)


def read_source(handle: BinaryIO, options: ReadOptions) -> Iterator[Part]:
    """Read source code, settings and other text as it stands; it has no front matter."""
    yield Part(text=decode(whole(handle, options)))
