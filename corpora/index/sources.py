"""Where documents come from fails in its own words: not as a directory that cannot be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpora.document import Document


class SourceFailed(Exception):
    """
    The iterable that documents come from raised an ``OSError``; never seen outside :class:`corpora.Corpus`.

    Attributes:
        error: What it raised.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


def from_source(documents: Iterable[Document]) -> Iterator[Document]:
    """
    Yield *documents*.

    Raises:
        SourceFailed: In place of an ``OSError`` that is not about the index.
    """
    try:
        yield from documents
    except OSError as error:
        raise SourceFailed(error) from error
