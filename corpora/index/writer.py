"""Writes one version of an index from a stream of documents, in bounded memory."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from corpora.document import Document
from corpora.errors import DocumentError
from corpora.index.directory import MANIFEST
from corpora.index.documents import DocumentWriter
from corpora.index.manifest import Manifest, checksum
from corpora.index.marks import GRAM, REACH, WINDOW
from corpora.index.pairs import CONTENT_BITS, PLACE_SHIFT, SAMPLED, STORED, STORED_APART
from corpora.index.postings import MARKS, PAIRS, PLACE_LIMIT, PostingWriter
from corpora.index.sketches import BITS, SKETCHED
from corpora.index.textstore import TextWriter
from corpora.index.vectors import write_sketches
from corpora.index.weights import WordCounter, WordWeights
from corpora.index.wordspool import WordSpool
from corpora.kernels.hashing import gram_hashes, winnow
from corpora.kernels.pairing import near_pairs, sketches
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
MOST_PLACES: Final = 64
"""Places kept of one hash, and so documents named for one passage."""
_PER_RIGHTS: Final = 2
"""Places kept of one hash beyond those for each combination of label, readers and tenant."""


class IndexWriter:
    """Writes the files of one version into an empty directory."""

    def __init__(self, directory: Path, *, store_text: bool) -> None:
        self._directory = directory
        self._store_text = store_text
        self._documents = DocumentWriter(directory)
        self._texts = TextWriter(directory)
        self._marks = PostingWriter(directory, MARKS)
        self._pairs = PostingWriter(directory, PAIRS)
        self._words = WordSpool(directory)
        self._position = 0
        self._folded = 0

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
        for document in documents:
            if not isinstance(document, Document):
                raise DocumentError(f"a corpus is built from Document objects, not from {type(document).__name__}")
            read += len(document.text)
            if self._position + len(document.text) >= PLACE_LIMIT:
                raise DocumentError("one corpus holds at most 4,294,967,295 characters; split it into several")
            if self._documents.add(document, self._position):
                self._add_text(code_points(document.text))
            if progress is not None:
                progress(len(self._documents), read)

    def finish(self, *, name: str, kind: str, version: str) -> Manifest:
        """
        Write what is left, and the manifest last.

        Raises:
            DocumentError: There was no document.
        """
        if not len(self._documents):
            raise DocumentError("a corpus needs at least one document; none was given")
        self._documents.close()
        self._texts.close()
        marks = self._marks.finish(self._thin)
        weights = self._count_words()
        self._pair_words(weights)
        kind_of_sketches, sketched = self._sketch_words(weights)
        pairs = self._pairs.finish(lambda hashes, places: self._thin(hashes, places << np.uint32(PLACE_SHIFT)))
        self._words.abandon()
        manifest = Manifest(
            version=version,
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

    def abandon(self) -> None:
        """Close every file; the directory is useless."""
        self._documents.abandon()
        self._texts.abandon()
        self._marks.abandon()
        self._pairs.abandon()
        self._words.abandon()

    def _count_words(self) -> WordWeights:
        counter = WordCounter()
        for hashes, _ in self._words.chunks():
            counter.add(hashes)
        return counter.write(self._directory)

    def _pair_words(self, weights: WordWeights) -> None:
        """Store the pairs of content words; needs to know first which words are common."""
        starts = np.array(self._documents.text_starts, dtype=np.int64)
        for hashes, places in self._words.chunks(overlap=STORED_APART):
            content = np.flatnonzero(weights.of(hashes) >= CONTENT_BITS)
            first, second, pairs = near_pairs(content, hashes[content], STORED, STORED_APART, SAMPLED)
            text = np.searchsorted(starts, places[content], side="right")
            whole = np.flatnonzero(text[first] == text[second])
            self._pairs.add(pairs[whole], places[content[first[whole]]] >> PLACE_SHIFT)

    def _sketch_words(self, weights: WordWeights) -> tuple[str, int]:
        """Store a sketch of every run of content words of a text; return the type of the index and how many."""
        starts = np.array(self._documents.text_starts, dtype=np.int64)
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
            codes.append(sketches(hashes[content], begins, SKETCHED))
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

    def _thin(self, hashes: U64, places: U32) -> NDArray[np.bool_]:
        """Keep the first :data:`MOST_PLACES` places of a hash, and some of every combination of rights beyond."""
        count = len(hashes)
        if count == 0:
            return np.zeros(0, dtype=np.bool_)
        begins = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(hashes[1:] != hashes[:-1]) + 1))
        sizes = np.diff(begins, append=count)
        rank = np.arange(count) - np.repeat(begins, sizes)
        keep = rank < MOST_PLACES
        heavy = np.repeat(sizes > MOST_PLACES, sizes)
        if heavy.any():
            starts = np.array(self._documents.text_starts, dtype=np.int64)
            classes = np.array(self._documents.text_class, dtype=np.int64)
            rows = np.flatnonzero(heavy)
            rights = classes[np.searchsorted(starts, places[rows].astype(np.int64), side="right") - 1]
            order = np.lexsort((rows, rights, hashes[rows]))
            same = (hashes[rows][order][1:] == hashes[rows][order][:-1]) & (rights[order][1:] == rights[order][:-1])
            group = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(~same) + 1))
            within = np.arange(len(rows)) - np.repeat(group, np.diff(group, append=len(rows)))
            keep[rows[order[within < _PER_RIGHTS]]] = True
        return keep
