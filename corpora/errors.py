"""
Everything corpora raise.

* CorpusError               base
  + CorpusNotFound          no index at that path: build it first
  + CorpusCorrupt           a checksum or a length is wrong: restore it or build again
  + CorpusVersion           written by another version of the format: build again
  + CorpusBusy              another process is building there: wait for it
  + CorpusUnwritable        the directory cannot be written: change the path or its rights
  + DocumentError           a document is malformed: the message names it and what to change
    + DocumentNotFound      no document of that id is in the corpus: nothing was changed
  + AnswerTooLarge          the text to look at is larger than the limit: it was not checked
  + ReaderError             a file could not be read as its type (skipped and reported by the loaders)

No message holds any document's or answer's text.
"""

from __future__ import annotations

from typing import Final

LONGEST_TEXT: Final = 8_000_000
"""Code points of the longest text that is looked at."""


class CorpusError(Exception):
    """Base of everything a corpus raises."""


class CorpusNotFound(CorpusError):
    """No index at that path; build it with ``Corpus.build`` or ``echoguard corpus build``."""


class CorpusCorrupt(CorpusError):
    """The index does not match its manifest; restore it from a copy or build it again."""


class CorpusVersion(CorpusError):
    """The index was written by another version of the format; build it again."""


class CorpusBusy(CorpusError):
    """Another process is writing this index; wait for it to end."""


class CorpusUnwritable(CorpusError):
    """The directory cannot be written; choose another one or change its rights."""


class DocumentError(CorpusError):
    """A document cannot be indexed as it is; the message names it and what to change."""


class DocumentNotFound(DocumentError):
    """A document that was to be removed is not in the corpus; nothing was changed.  Check the id."""


class AnswerTooLarge(CorpusError):
    """The text is larger than the limit and was not checked; check it in parts or raise the limit."""


class ReaderError(CorpusError):
    """A file could not be read as its type; loaders report it and go on with the next."""
