"""
Short repeats of documents that are known to be near: those of this prompt, and those retrieved lately.

Looking for five equal words in all of a corpus would find chance; in the few documents that the model has just read it
finds a drip.  What is found here is charged to an account; it is too short to be called a copy.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

from corpora.matching.repeats import ALWAYS, RunTable, WordedText, repeats_in, table_of, worded
from corpora.text.normalize import normalize
from corpora.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from corpora.match import Match

MOST_DOCUMENTS: Final = 1_000
"""Documents that one call may name."""
MOST_CHARACTERS: Final = 2_000_000
"""Characters of them that are looked at, in the order given; documents beyond are left to ordinary matching."""
_KEPT_WORDS: Final = 2_000_000
"""Words of prepared documents that are kept, and of tables of them: together about 120 MB at most."""
_SMALLEST: Final = 1_000
"""Words that a kept entry counts as at least, so that there are not too many small ones."""


class ContextReader:
    """
    Finds repeats of named documents; keeps the latest prepared.  Thread-safe.

    Args:
        text_of: Returns a document's text, None where there is none or it is not kept.
    """

    def __init__(self, text_of: Callable[[str], str | None]) -> None:
        self._text_of = text_of
        self._lock = Lock()
        self._texts: OrderedDict[tuple[str, str], WordedText | None] = OrderedDict()
        self._tables: OrderedDict[tuple[str, tuple[str, ...]], RunTable] = OrderedDict()
        self._words = self._runs = 0

    def matches(self, text: str, document_ids: Sequence[str], *, corpus: str, version: str) -> list[Match]:
        """
        Return the repeats in *text* of each document; see :meth:`corpora.Corpus.context_matches`.

        Args:
            text: The text to look at.
            document_ids: At most :data:`MOST_DOCUMENTS`.
            corpus: Name of the corpus, for the matches.
            version: Of the corpus; what was prepared for another version is not used.
        """
        if len(document_ids) > MOST_DOCUMENTS:
            raise ValueError(f"{len(document_ids)} documents are named; at most {MOST_DOCUMENTS} are compared at once")
        ours = worded(text)
        if not len(ours.grams) or not document_ids:
            return []
        table = self._table(version, tuple(dict.fromkeys(document_ids)))
        found = list(repeats_in(ours, table, corpus))
        found.sort(key=lambda match: (match.span, match.document_id))
        return found

    def _table(self, version: str, document_ids: tuple[str, ...]) -> RunTable:
        key = (version, document_ids)
        with self._lock:
            known = self._tables.get(key)
            if known is not None:
                self._tables.move_to_end(key)
                return known
        named, texts, left = [], [], MOST_CHARACTERS
        for document_id in document_ids:
            text = self._text(version, document_id, left)
            if text is not None and len(text.grams):
                named.append(document_id)
                texts.append(text)
                left -= int(text.end[-1])
        table = table_of(tuple(named), tuple(texts))
        with self._lock:
            if key not in self._tables:
                self._tables[key] = table
                self._runs += _SMALLEST + len(table.grams)
            while self._runs > _KEPT_WORDS and len(self._tables) > 1:
                self._runs -= _SMALLEST + len(self._tables.popitem(last=False)[1].grams)
        return table

    def _text(self, version: str, document_id: str, most: int) -> WordedText | None:
        key = (version, document_id)
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
                known = self._texts[key]
                return known if known is None or int(known.end[-1]) <= most else None
        raw = self._text_of(document_id)
        if raw is not None and len(raw) > most:
            return None
        text = None if raw is None else worded(raw)
        if text is not None and not len(text.hashes):
            text = None
        with self._lock:
            if key not in self._texts:
                self._texts[key] = text
                self._words += _size(text)
            while self._words > _KEPT_WORDS and len(self._texts) > 1:
                self._words -= _size(self._texts.popitem(last=False)[1])
        return text


def _size(text: WordedText | None) -> int:
    return _SMALLEST + (0 if text is None else len(text.hashes))


def context_settled(text: str) -> int:
    """
    Return the offset up to which the repeats in this unfinished *text* are final, whatever the documents.

    The last word may still grow, and whether the words before it repeat anything is known :data:`ALWAYS` words later.
    """
    folded = normalize(text)
    words = words_of(folded)
    known = len(words) - ALWAYS
    return int(folded.origin[words.begin[known]]) if known > 0 else 0
