"""A corpus: documents to protect, indexed on disk, and the passages of a text that reproduce them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from corpora.errors import LONGEST_TEXT, AnswerTooLarge, CorpusError
from corpora.identity import valid_corpus_name

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from corpora.document import Document, DocumentInfo
    from corpora.following import Following, Opened
    from corpora.index.change import Change
    from corpora.match import Match
    from corpora.matching.context import ContextReader
    from corpora.matching.follower import Follower


class Corpus:
    """
    An index on disk, open for reading.

    Every call looks at the version that is in force at that moment, whoever put it there: what another process adds
    or removes counts from the next call on.  Safe to use from several threads and processes; make one with
    :meth:`build` or :meth:`open`.
    """

    def __init__(self, directory: Path) -> None:
        from corpora.following import Following
        from corpora.matching.context import ContextReader

        self._directory = directory
        self._following: Following = Following(directory)
        version = self._following.now().snapshot.version
        self._name, self._kind = version.corpus, version.kind
        self._context: ContextReader = ContextReader(self.text)

    @classmethod
    def build(
        cls,
        directory: str | os.PathLike[str],
        documents: Iterable[Document],
        *,
        name: str,
        kind: str = "retrieval",
        store_text: bool = True,
        resume: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Self:
        """
        Index *documents* and return the corpus, open.

        An older version in the same directory stays in force until the new one is whole; an interrupted build changes
        nothing.

        Args:
            directory: Where the index lives; created where it is missing.
            documents: Consumed once, one at a time; memory stays bounded.  Canaries planted in them are taken out:
                what is indexed, and every offset, is the text as it was.
            name: Name of the corpus in findings and references.
            kind: retrieval, training, public or prompt.
            store_text: Keep the texts, which alignment needs; without them similarities are estimated from marks.
            resume: Go on where an earlier build in the directory was stopped, if one was.  What it had taken in and
                *documents* yields again, exactly so, is not indexed again; the result is that of a build in one go.
            progress: Called with the number of documents and of code points read so far.

        Raises:
            DocumentError: A document cannot be indexed, or there is none.
            CorpusBusy: Another process is building there.
            CorpusUnwritable: The directory cannot be written.
            ValueError: The name is not one that settings take, or the kind is unknown.
        """
        from corpora.index.building import build
        from corpora.index.manifest import KINDS
        from corpora.index.sources import SourceFailed, from_source
        from corpora.planting.marking import unmarked_documents

        valid_corpus_name(name)
        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(sorted(KINDS))}")
        path = Path(directory)
        source = from_source(unmarked_documents(documents))
        try:
            build(path, source, name=name, kind=kind, store_text=store_text, resume=resume, progress=progress)
        except SourceFailed as failed:
            raise failed.error from None
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
        return cls(Path(directory))

    def update(
        self,
        *,
        add: Iterable[Document] = (),
        remove: Iterable[str] = (),
        compact: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Change:
        """
        Add, replace and remove documents, all at once: every reader sees the corpus before or after.

        A document with an id that is there already takes the place of the old one; one that is there exactly so is
        left as it is.  What is removed stops matching at once, in every process; its text leaves the disk when the
        part of the index that holds it is next written anew, or now with *compact*.

        Args:
            add: Consumed once, one at a time; memory stays bounded.
            remove: Ids.
            compact: Write everything anew, as one segment, without what was removed.
            progress: Called with the number of documents and of code points read so far.

        Raises:
            DocumentNotFound: An id to remove is not there; nothing was changed.
            DocumentError: A document cannot be indexed, or an id comes twice; nothing was changed.
            CorpusBusy: Another process is changing the corpus.
            CorpusUnwritable: The directory cannot be written.
            CorpusError: The corpus is closed, or keeps no texts and so cannot be compacted.
        """
        from corpora.index.change import update
        from corpora.index.sources import SourceFailed, from_source
        from corpora.planting.marking import unmarked_documents

        known = self._now().snapshot
        source = from_source(unmarked_documents(add))
        try:
            change = update(self._directory, known, add=source, remove=remove, compact=compact, progress=progress)
        except SourceFailed as failed:
            raise failed.error from None
        self._now()
        return change

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
        """Name of the version in force; every change makes a new one."""
        return self._now().snapshot.version.name

    def __len__(self) -> int:
        return len(self._now().snapshot)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def matches(self, text: str) -> list[Match]:
        """
        Return every passage of *text* that reproduces a document nearly verbatim, in the order of the text.

        Raises:
            AnswerTooLarge: More than :data:`corpora.errors.LONGEST_TEXT` code points: it was not looked at.
            CorpusError: The corpus is closed.
        """
        from corpora.matching.follower import together

        opened = self._matching(text)
        parts = [matcher.matches(text) for matcher in opened.matchers]
        return together(parts, estimated=not opened.snapshot.version.store_text)

    def settled(self, text: str) -> int:
        """
        Return the offset up to which the matches of this unfinished *text* are final.

        Guarantee: for every continuation and every position below it, the matches that cover the position begin at the
        same place and name the same documents with the same source position; only their ends may still grow.  It holds
        as long as the corpus is not changed.

        Raises:
            AnswerTooLarge: The text has more than :data:`corpora.errors.LONGEST_TEXT` code points.
            CorpusError: The corpus is closed.
        """
        return min((matcher.settled(text) for matcher in self._matching(text).matchers), default=len(text))

    def warm(self) -> None:
        """
        Look at the beginning of a document, so that no first answer waits until the inner loops are compiled.

        Takes some twenty seconds once per machine, and half a second in each process.
        """
        first = next(self.documents(), None)
        text = None if first is None else self.text(first.id)
        self.matches((text or "")[:2000])

    def follow(self) -> Follower:
        """
        Return a follower of one text that grows: it says what :meth:`matches` and :meth:`settled` say, for less work.

        It stays with the version that is in force now.

        Raises:
            CorpusError: The corpus is closed.
        """
        from corpora.matching.follower import Follower

        opened = self._now()
        return Follower(opened.matchers, estimated=not opened.snapshot.version.store_text)

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
            AnswerTooLarge: The text has more than :data:`corpora.errors.LONGEST_TEXT` code points.
            CorpusError: The corpus is closed.
        """
        self._matching(text)
        return self._context.matches(text, document_ids, corpus=self._name, version=self.version)

    def info(self, document_id: str) -> DocumentInfo | None:
        """Return what is known of a document, None where there is none of that id."""
        return self._now().snapshot.info(document_id)

    def documents(self) -> Iterator[DocumentInfo]:
        """Go through all documents of the version in force now, oldest part first."""
        return self._now().snapshot.documents()

    def text(self, document_id: str) -> str | None:
        """Return the text of a document; None where there is none of that id, or no text is kept."""
        return self._now().snapshot.text(document_id)

    def verify(self) -> None:
        """
        Compare every byte of the index with its checksums.

        Raises:
            CorpusCorrupt: Something differs; the message names the file.
        """
        while True:
            snapshot = self._now().snapshot
            try:
                snapshot.verify(self._directory)
            except CorpusError:
                # A version that was put in force meanwhile has taken the files of this one away.
                if self._now().snapshot is snapshot:
                    raise
            else:
                return

    def stats(self) -> dict[str, int | str | bool]:
        """
        Return counts, parameters and sizes in bytes.

        ``bytes`` is all of it on disk, ``index_bytes`` what is not text, ``PART_bytes`` one part; ``memory_bytes`` is
        about what one process holds beside the memory-mapped rest.
        """
        from corpora.index.figures import figures

        return figures(self._now().snapshot)

    def close(self) -> None:
        """Let go of the files; closing twice does nothing."""
        self._following.close()

    def _now(self) -> Opened:
        return self._following.now()

    def _matching(self, text: str) -> Opened:
        opened = self._now()
        if len(text) > LONGEST_TEXT:
            raise AnswerTooLarge(f"the text has {len(text)} characters; at most {LONGEST_TEXT} are looked at")
        return opened
