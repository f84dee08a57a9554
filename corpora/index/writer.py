"""Writes one version of an index from a stream of documents, in bounded memory."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from corpora.document import Document
from corpora.errors import DocumentError
from corpora.index.checkpoint import CHECKPOINT_FILE, read_checkpoint, write_checkpoint
from corpora.index.directory import MANIFEST
from corpora.index.intake import JOURNAL_FILE, DocumentWriter
from corpora.index.kinship import write_families
from corpora.index.manifest import Manifest, checksum
from corpora.index.marks import GRAM, REACH, WINDOW
from corpora.index.pairs import CONTENT_BITS, PLACE_SHIFT, SAMPLED, STORED, STORED_APART
from corpora.index.postings import MARKS, PAIRS, PLACE_LIMIT, PostingWriter
from corpora.index.sketches import BITS
from corpora.index.textstore import TextWriter
from corpora.index.thinning import thinned
from corpora.index.vectors import write_sketches
from corpora.index.weights import WordCounter, WordWeights, inherited
from corpora.index.wordspool import WordSpool
from corpora.kernels.hashing import gram_hashes, winnow
from corpora.kernels.pairing import SKETCHED, near_pairs, sketches
from corpora.text.normalize import code_points, normalize_codes
from corpora.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from corpora.text.normalize import NormalizedText
    from corpora.text.words import Words

    U32 = NDArray[np.uint32]
    U64 = NDArray[np.uint64]
    I64 = NDArray[np.int64]

_PIECE: Final = 1 << 20
"""Code points indexed at once: bounds the memory that a long text takes."""


def resumable(directory: Path, *, store_text: bool) -> dict[str, Any] | None:
    """Return where a build in *directory* goes on; None where there is nothing to go on from."""
    state = read_checkpoint(directory)
    same = state is not None and all(state.get(key) == value for key, value in _kind_of(store_text=store_text).items())
    return state if same else None


def _kind_of(*, store_text: bool) -> dict[str, int | bool]:
    """Return what a checkpoint must have been written with."""
    return {"gram": GRAM, "window": WINDOW, "store_text": store_text}


class IndexWriter:
    """
    Writes the files of one segment into an empty directory.

    Args:
        directory: Where they go; its name is the name of the segment.
        store_text: Keep the texts.
        every: Code points from one checkpoint to the next; None for no checkpoints.
        state: Where a build in this directory goes on; see :func:`resumable`.
    """

    def __init__(
        self, directory: Path, *, store_text: bool, every: int | None = None, state: dict[str, Any] | None = None
    ) -> None:
        self._directory = directory
        self._store_text = store_text
        self._inherited: Path | None = None
        self._every = every
        part: dict[str, Any] = state or {}
        self._documents = DocumentWriter(directory, part.get("documents"))
        self._texts = TextWriter(directory, part.get("texts"))
        self._marks = PostingWriter(directory, MARKS, part.get("marks"))
        self._pairs = PostingWriter(directory, PAIRS)
        self._words = WordSpool(directory, part.get("words"))
        self._position: int = part.get("position", 0)
        self._checkpointed = self._position
        self._folded: int = part.get("folded", 0)

    def add_all(self, documents: Iterable[Document], progress: Callable[[int, int], None] | None) -> None:
        """
        Add every document.

        Args:
            documents: Consumed once, one at a time.
            progress: Called now and then with the documents and code points read so far.

        Raises:
            DocumentError: Something other than a document came, an id came twice, or the corpus is too large.
        """
        read = 0
        for number, document in enumerate(documents, start=1):
            self.add(document)
            read += len(document.text)
            if progress is not None:
                progress(number, read)
            if self._every is not None and self._position - self._checkpointed >= self._every:
                self._checkpoint()
        self._documents.end_of_documents()

    def add(self, document: Document, *, family: str | None = None) -> None:
        """
        Add one document.

        Args:
            document: What to add.
            family: Key of the account it shares with others; None for that of the first document with its text.

        Raises:
            DocumentError: It is something else, its id came before, or the segment is too large.
        """
        if not isinstance(document, Document):
            raise DocumentError(f"a corpus is built from Document objects, not from {type(document).__name__}")
        if self._position + len(document.text) >= PLACE_LIMIT:
            raise DocumentError("one corpus holds at most 4,294,967,295 characters; split it into several")
        if self._documents.taken(document):
            return
        if self._documents.add(document, self._position, family=family):
            self._add_text(code_points(document.text))

    def _checkpoint(self) -> None:
        state = {
            **_kind_of(store_text=self._store_text),
            "documents": self._documents.checkpoint(),
            "texts": self._texts.checkpoint(),
            "marks": self._marks.checkpoint(),
            "words": self._words.checkpoint(),
            "position": self._position,
            "folded": self._folded,
        }
        write_checkpoint(self._directory, state)
        self._checkpointed = self._position

    @property
    def stale(self) -> list[int]:
        """Numbers of documents that a build had from before and that are not to be in the corpus."""
        return self._documents.stale

    @property
    def characters(self) -> int:
        """Code points of the different texts taken in so far."""
        return self._position

    def inherit(self, weights: Path | None) -> None:
        """Take the word weights from the segment in that directory; None to judge by the words of this one."""
        self._inherited = weights

    def finish(self, *, name: str, kind: str) -> Manifest:
        """
        Write what is left, and the manifest last.

        Raises:
            DocumentError: There was no document.
        """
        if len(self._documents) == len(self.stale):
            raise DocumentError("a corpus needs at least one document; none was given")
        self._documents.close()
        self._texts.close()
        write_families(self._directory, self._words, self._documents.text_starts)
        thin = thinned(self._documents.text_starts, np.array(self._documents.text_class, dtype=np.int64))
        marks = self._marks.finish(thin)
        weights = self._count_words() if self._inherited is None else inherited(self._inherited, self._directory)
        self._pair_words(weights)
        kind_of_sketches, sketched = self._sketch_words(weights)
        pairs = self._pairs.finish(lambda hashes, places: thin(hashes, places << np.uint32(PLACE_SHIFT)))
        self._discard()
        manifest = Manifest(
            segment=self._directory.name,
            name=name,
            kind=kind,
            created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            parameters={
                "gram": GRAM,
                "window": WINDOW,
                "reach": REACH,
                "store_text": self._store_text,
                "sketch_index": kind_of_sketches,
            },
            counts={
                "documents": len(self._documents),
                "texts": self._documents.texts,
                "characters": self._position,
                "folded": self._folded,
                "words": self._words.total,
                "marks": marks,
                "pairs": pairs,
                "sketches": sketched,
            },
            files={file.name: checksum(file) for file in sorted(self._directory.iterdir())},
        )
        (self._directory / MANIFEST).write_bytes(manifest.to_bytes())
        return manifest

    def release(self) -> None:
        """Close every file as it is."""
        for part in (self._documents, self._texts, self._marks, self._pairs, self._words):
            part.release()

    def _discard(self) -> None:
        """Remove what only the writing needed."""
        for part in (self._marks, self._pairs, self._words):
            part.abandon()
        for name in (CHECKPOINT_FILE, JOURNAL_FILE):
            (self._directory / name).unlink(missing_ok=True)

    def _count_words(self) -> WordWeights:
        counter = WordCounter()
        for hashes, _ in self._words.chunks():
            counter.add(hashes)
        return counter.write(self._directory)

    def _pair_words(self, weights: WordWeights) -> None:
        """Store the pairs of content words; needs to know first which words are common."""
        starts = self._documents.text_starts
        for hashes, places in self._words.chunks(overlap=STORED_APART):
            content = np.flatnonzero(weights.of(hashes) >= CONTENT_BITS)
            first, second, pairs = near_pairs(content, hashes[content], STORED, STORED_APART, SAMPLED)
            text = np.searchsorted(starts, places[content], side="right")
            whole = np.flatnonzero(text[first] == text[second])
            self._pairs.add(pairs[whole], places[content[first[whole]]] >> PLACE_SHIFT)

    def _sketch_words(self, weights: WordWeights) -> tuple[str, int]:
        """Store a sketch of every run of content words of a text; return the type of the index and how many."""
        starts = self._documents.text_starts
        codes, at = [np.zeros((0, BITS // 8), dtype=np.uint8)], [np.zeros(0, dtype=np.int64)]
        for hashes, places in self._words.chunks():
            content = np.flatnonzero(weights.of(hashes) >= CONTENT_BITS)
            if len(content) < SKETCHED:
                continue
            text = np.searchsorted(starts, places[content], side="right")
            new = np.flatnonzero(np.concatenate(([True], text[1:] != text[:-1])))
            rank = np.arange(len(content)) - np.repeat(new, np.diff(new, append=len(content)))
            begins = np.flatnonzero(rank[: len(rank) - SKETCHED + 1] % SKETCHED == 0)
            begins = begins[text[begins] == text[begins + SKETCHED - 1]]
            codes.append(sketches(hashes[content], begins))
            at.append(places[content[begins]])
        return write_sketches(self._directory, np.concatenate(codes), np.concatenate(at)), sum(map(len, at))

    def _add_text(self, codes: U32) -> None:
        if self._store_text:
            self._texts.append(codes)
        if len(codes) <= _PIECE:
            folded = normalize_codes(codes)
            self._index(folded, words_of(folded), self._position)
        else:
            self._index_long(codes)
        self._position += len(codes)

    def _index_long(self, codes: U32) -> None:
        """Index a long text in overlapping pieces, so that no run of :data:`REACH` characters is cut."""
        start = 0
        while True:
            folded = normalize_codes(codes[start : start + _PIECE])
            words = words_of(folded)
            last = start + _PIECE >= len(codes)
            border, back = len(words), _PIECE
            if not last and len(words) and int(words.begin[-1]) > 2 * REACH:
                # The next piece begins with the word that holds the last run that may go on; words before it are done.
                border = int(np.searchsorted(words.begin, len(folded.codes) - REACH, side="right")) - 1
                back = int(folded.origin[words.begin[border]])
                self._folded -= len(folded.codes) - int(words.begin[border])
            self._index(folded, words, self._position + start, border)
            if last:
                return
            start += back

    def _index(self, folded: NormalizedText, words: Words, position: int, border: int | None = None) -> None:
        """Store the marks of a text that begins at *position* of the store, and its words before *border*."""
        self._folded += len(folded.codes)
        self._words.add(words.hashes[:border], folded.origin[words.begin[:border]] + position)
        hashes = gram_hashes(folded.codes, GRAM)
        chosen = winnow(hashes, WINDOW)
        self._marks.add(hashes[chosen], folded.origin[chosen] + position)
