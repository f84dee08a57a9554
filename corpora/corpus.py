"""A corpus: documents to protect, indexed on disk, and the passages of a text that reproduce them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from corpora.errors import AnswerTooLarge, CorpusError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from corpora.document import Document, DocumentInfo
    from corpora.index.reader import IndexReader
    from corpora.match import Match
    from corpora.matching.context import ContextReader
    from corpora.matching.matcher import Matcher

LONGEST_TEXT = 8_000_000
"""Code points of the longest text that is looked at."""


class Corpus:
    """
    An index on disk, open for reading.

    Read-only and safe to use from several threads and processes; make one with :meth:`build` or :meth:`open`.
    """

    def __init__(self, directory: Path, index: IndexReader) -> None:
        from corpora.matching.context import ContextReader
        from corpora.matching.matcher import Matcher

        self._context: ContextReader = ContextReader(self.text)
        self._directory = directory
        self._index: IndexReader | None = index
        self._matcher: Matcher | None = Matcher(index)
        self._name = index.manifest.name
        self._kind = index.manifest.kind
        self._version = index.manifest.version

    @classmethod
    def build(
        cls,
        directory: str | os.PathLike[str],
        documents: Iterable[Document],
        *,
        name: str,
        kind: str = "retrieval",
        store_text: bool = True,
        progress: Callable[[int, int], None] | None = None,
    ) -> Self:
        """
        Index *documents* and return the corpus, open.

        An older version in the same directory stays in force until the new one is whole; an interrupted build changes
        nothing.

        Args:
            directory: Where the index lives; created where it is missing.
            documents: Consumed once, one at a time; memory stays bounded.
            name: Name of the corpus in findings and references.
            kind: retrieval, training, public or prompt.
            store_text: Keep the texts, which alignment needs; without them similarities are estimated from marks.
            progress: Called with the number of documents and of code points read so far.

        Raises:
            DocumentError: A document cannot be indexed, or there is none.
            CorpusBusy: Another process is building there.
            CorpusUnwritable: The directory cannot be written.
            ValueError: The name is empty or the kind unknown.
        """
        from corpora.index.directory import new_version, writing
        from corpora.index.manifest import KINDS
        from corpora.index.writer import IndexWriter

        if not name.strip():
            raise ValueError("a corpus needs a name")
        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(sorted(KINDS))}")
        path = Path(directory)
        with writing(path), new_version(path) as version:
            writer = IndexWriter(version, store_text=store_text)
            try:
                writer.add_all(documents, progress)
                writer.finish(name=name, kind=kind, version=version.name)
            finally:
                writer.abandon()
        return cls.open(path)

    @classmethod
    def open(cls, directory: str | os.PathLike[str]) -> Self:
        """
        Open the index in *directory*: checked, memory-mapped, read-only.

        Raises:
            CorpusNotFound: Nothing was built there.
            CorpusVersion: Another version of this program wrote it.
            CorpusCorrupt: It is truncated or altered.
        """
        from corpora.index.reader import open_index

        path = Path(directory)
        return cls(path, open_index(path))

    @property
    def name(self) -> str:
        """Name of the corpus."""
        return self._name

    @property
    def kind(self) -> str:
        """retrieval, training, public or prompt."""
        return self._kind

    @property
    def directory(self) -> Path:
        """Where the index lives."""
        return self._directory

    @property
    def version(self) -> str:
        """Name of the version that is open; every build makes a new one."""
        return self._version

    def __len__(self) -> int:
        return len(self._open_index().documents)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def matches(self, text: str) -> list[Match]:
        """
        Return every passage of *text* that reproduces a document nearly verbatim, in the order of the text.

        Raises:
            AnswerTooLarge: The text has more than :data:`LONGEST_TEXT` code points and was not looked at.
            CorpusError: The corpus is closed.
        """
        return self._matching(text).matches(text)

    def settled(self, text: str) -> int:
        """
        Return the offset up to which the matches of this unfinished *text* are final.

        Guarantee: for every continuation and every position below it, the matches that cover the position begin at the
        same place and name the same documents with the same source position; only their ends may still grow.

        Raises:
            AnswerTooLarge: The text has more than :data:`LONGEST_TEXT` code points.
            CorpusError: The corpus is closed.
        """
        return self._matching(text).settled(text)

    def context_matches(self, text: str, document_ids: Sequence[str]) -> list[Match]:
        """
        Return every passage of *text* that repeats one of the named documents, however short, in the order of the text.

        A repeat is five equal words in a row of which two say something, or ten equal words.  Far too little to call
        a copy in a whole corpus; in documents that the model has just read it is how a text drips out.  Final up to
        :func:`corpora.matching.context.context_settled`.

        Args:
            text: The text to look at.
            document_ids: Documents that are known to be near.  Those that are not there are passed over, and so is what
                exceeds two million characters, in the order given.

        Returns:
            Matches; none where the corpus keeps no texts.

        Raises:
            ValueError: More than a thousand documents are named.
            AnswerTooLarge: The text has more than :data:`LONGEST_TEXT` code points.
            CorpusError: The corpus is closed.
        """
        self._matching(text)
        return self._context.matches(text, document_ids, corpus=self._name, version=self.version)

    def info(self, document_id: str) -> DocumentInfo | None:
        """Return what is known of a document, None where there is none of that id."""
        table = self._open_index().documents
        number = table.number(document_id)
        return None if number is None else table.at(number)

    def documents(self) -> Iterator[DocumentInfo]:
        """Go through all documents, in the order in which they were added."""
        return iter(self._open_index().documents)

    def text(self, document_id: str) -> str | None:
        """Return the text of a document; None where there is none of that id, or no text is kept."""
        index = self._open_index()
        number = index.documents.number(document_id)
        if number is None or index.texts is None:
            return None
        text = index.documents.text_of(number)
        start = int(index.documents.starts[text])
        codes = index.texts.codes(start, start + int(index.documents.lengths[text]))
        return codes.astype("<u4").tobytes().decode("utf-32-le")

    def verify(self) -> None:
        """
        Compare every byte of the index with its checksums.

        Raises:
            CorpusCorrupt: Something differs; the message names the file.
        """
        from corpora.index.reader import verify_index

        self._open_index()
        verify_index(self._directory, self._version)

    def stats(self) -> dict[str, int | str | bool]:
        """Return counts, parameters and sizes in bytes."""
        manifest = self._open_index().manifest
        sizes = {name: record.size for name, record in manifest.files.items()}
        return {
            "name": manifest.name,
            "kind": manifest.kind,
            "version": manifest.version,
            "created": manifest.created,
            **manifest.counts,
            **manifest.parameters,
            "bytes": sum(sizes.values()),
            "index_bytes": sum(size for name, size in sizes.items() if not name.startswith("text.")),
        }

    def close(self) -> None:
        """Let go of the files; closing twice does nothing."""
        self._index = None
        self._matcher = None

    def _open_index(self) -> IndexReader:
        if self._index is None:
            raise CorpusError("the corpus is closed")
        return self._index

    def _matching(self, text: str) -> Matcher:
        if self._matcher is None:
            raise CorpusError("the corpus is closed")
        if len(text) > LONGEST_TEXT:
            raise AnswerTooLarge(f"the text has {len(text)} characters; at most {LONGEST_TEXT} are looked at")
        return self._matcher
